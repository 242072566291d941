from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.new_credential import NewCredential


T = TypeVar("T", bound="PasskeySignUpAnswer")


@_attrs_define
class PasskeySignUpAnswer:
    """The passkey of a new account.

    Attributes:
        credential (NewCredential): A new passkey: `toJSON()` of what `navigator.credentials.create` gave.
    """

    credential: NewCredential

    def to_dict(self) -> dict[str, Any]:
        credential = self.credential.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "credential": credential,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.new_credential import NewCredential  # noqa: PLC0415

        d = dict(src_dict)
        credential = NewCredential.from_dict(d.pop("credential"))

        passkey_sign_up_answer = cls(
            credential=credential,
        )

        return passkey_sign_up_answer
