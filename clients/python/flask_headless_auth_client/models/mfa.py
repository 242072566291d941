from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Mfa")


@_attrs_define
class Mfa:
    """My second factors.

    Attributes:
        is_enabled (bool): Whether sign-in asks for one.
        is_required (bool): Whether I must have one.
        methods (list[str]): What I can answer with.
        recovery_codes_left (int):
    """

    is_enabled: bool
    is_required: bool
    methods: list[str]
    recovery_codes_left: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        is_enabled = self.is_enabled

        is_required = self.is_required

        methods = self.methods

        recovery_codes_left = self.recovery_codes_left

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "is_enabled": is_enabled,
                "is_required": is_required,
                "methods": methods,
                "recovery_codes_left": recovery_codes_left,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        is_enabled = d.pop("is_enabled")

        is_required = d.pop("is_required")

        methods = cast(list[str], d.pop("methods"))

        recovery_codes_left = d.pop("recovery_codes_left")

        mfa = cls(
            is_enabled=is_enabled,
            is_required=is_required,
            methods=methods,
            recovery_codes_left=recovery_codes_left,
        )

        mfa.additional_properties = d
        return mfa

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
