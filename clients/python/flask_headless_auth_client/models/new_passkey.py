from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.new_credential import NewCredential


T = TypeVar("T", bound="NewPasskey")


@_attrs_define
class NewPasskey:
    """A passkey to add, and what to call it.

    Attributes:
        credential (NewCredential): A new passkey: `toJSON()` of what `navigator.credentials.create` gave.
        enrolment (str | Unset): `enrolment` of the sign-in that asked for it.
        name (str | Unset): What keeps it, by default.
    """

    credential: NewCredential
    enrolment: str | Unset = UNSET
    name: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        credential = self.credential.to_dict()

        enrolment = self.enrolment

        name = self.name

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "credential": credential,
            }
        )
        if enrolment is not UNSET:
            field_dict["enrolment"] = enrolment
        if name is not UNSET:
            field_dict["name"] = name

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.new_credential import NewCredential  # noqa: PLC0415

        d = dict(src_dict)
        credential = NewCredential.from_dict(d.pop("credential"))

        enrolment = d.pop("enrolment", UNSET)

        name = d.pop("name", UNSET)

        new_passkey = cls(
            credential=credential,
            enrolment=enrolment,
            name=name,
        )

        return new_passkey
