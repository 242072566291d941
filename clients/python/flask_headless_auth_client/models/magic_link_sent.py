from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="MagicLinkSent")


@_attrs_define
class MagicLinkSent:
    """What to send along with the code, whether the address has an account or not.

    Attributes:
        challenge (str): Opaque; keep it for the code.
        expires_in (int): Seconds link and code work.
        message (str):
    """

    challenge: str
    expires_in: int
    message: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        challenge = self.challenge

        expires_in = self.expires_in

        message = self.message

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "challenge": challenge,
                "expires_in": expires_in,
                "message": message,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        challenge = d.pop("challenge")

        expires_in = d.pop("expires_in")

        message = d.pop("message")

        magic_link_sent = cls(
            challenge=challenge,
            expires_in=expires_in,
            message=message,
        )

        magic_link_sent.additional_properties = d
        return magic_link_sent

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
