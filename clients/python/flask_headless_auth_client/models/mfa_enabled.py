from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.mfa_enabled_status import MfaEnabledStatus, check_mfa_enabled_status

T = TypeVar("T", bound="MfaEnabled")


@_attrs_define
class MfaEnabled:
    """The factor is on. Show the recovery codes once; there are none where I had some already.

    Attributes:
        status (MfaEnabledStatus):
        recovery_codes (list[str]):
    """

    status: MfaEnabledStatus
    recovery_codes: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        status: str = self.status

        recovery_codes = self.recovery_codes

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "status": status,
                "recovery_codes": recovery_codes,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        status = check_mfa_enabled_status(d.pop("status"))

        recovery_codes = cast(list[str], d.pop("recovery_codes"))

        mfa_enabled = cls(
            status=status,
            recovery_codes=recovery_codes,
        )

        mfa_enabled.additional_properties = d
        return mfa_enabled

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
