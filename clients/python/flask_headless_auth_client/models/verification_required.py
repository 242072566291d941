from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.verification_required_status import (
    VerificationRequiredStatus,
    check_verification_required_status,
)

T = TypeVar("T", bound="VerificationRequired")


@_attrs_define
class VerificationRequired:
    """The address has to be confirmed first; a mail with a link is on its way. Nobody is signed in.

    Attributes:
        status (VerificationRequiredStatus):
        email (str):
    """

    status: VerificationRequiredStatus
    email: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        status: str = self.status

        email = self.email

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "status": status,
                "email": email,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        status = check_verification_required_status(d.pop("status"))

        email = d.pop("email")

        verification_required = cls(
            status=status,
            email=email,
        )

        verification_required.additional_properties = d
        return verification_required

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
