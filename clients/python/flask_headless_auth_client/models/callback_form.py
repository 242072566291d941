from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="CallbackForm")


@_attrs_define
class CallbackForm:
    """What a provider sends back as a form.

    Attributes:
        state (str): As it was sent there.
        code (str | Unset): For the provider's tokens.
        error (str | Unset): Why there is no code.
        iss (str | Unset): Who answers (RFC 9207), where told.
        user (str | Unset): Apple's JSON with the name, the first time only.
    """

    state: str
    code: str | Unset = UNSET
    error: str | Unset = UNSET
    iss: str | Unset = UNSET
    user: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        state = self.state

        code = self.code

        error = self.error

        iss = self.iss

        user = self.user

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "state": state,
            }
        )
        if code is not UNSET:
            field_dict["code"] = code
        if error is not UNSET:
            field_dict["error"] = error
        if iss is not UNSET:
            field_dict["iss"] = iss
        if user is not UNSET:
            field_dict["user"] = user

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        state = d.pop("state")

        code = d.pop("code", UNSET)

        error = d.pop("error", UNSET)

        iss = d.pop("iss", UNSET)

        user = d.pop("user", UNSET)

        callback_form = cls(
            state=state,
            code=code,
            error=error,
            iss=iss,
            user=user,
        )

        callback_form.additional_properties = d
        return callback_form

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
