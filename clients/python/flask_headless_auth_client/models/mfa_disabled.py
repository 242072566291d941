from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.mfa_disabled_status import MfaDisabledStatus, check_mfa_disabled_status

T = TypeVar("T", bound="MfaDisabled")


@_attrs_define
class MfaDisabled:
    """Second factors are off.

    Attributes:
        status (MfaDisabledStatus):
        methods (list[str]): Ways to prove presence that stay.
    """

    status: MfaDisabledStatus
    methods: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        status: str = self.status

        methods = self.methods

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "status": status,
                "methods": methods,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        status = check_mfa_disabled_status(d.pop("status"))

        methods = cast(list[str], d.pop("methods"))

        mfa_disabled = cls(
            status=status,
            methods=methods,
        )

        mfa_disabled.additional_properties = d
        return mfa_disabled

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
