from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.presence_options_options import PresenceOptionsOptions


T = TypeVar("T", bound="PresenceOptions")


@_attrs_define
class PresenceOptions:
    """What the chosen way needs.

    Attributes:
        method (str):
        max_age (int): Seconds a proof stays fresh.
        challenge (str | Unset): For an e-mailed code: send it back with the code.
        options (PresenceOptionsOptions | Unset): For a passkey: what `navigator.credentials.get` takes.
        authorization_url (str | Unset): Where to send the browser, for `provider`.
    """

    method: str
    max_age: int
    challenge: str | Unset = UNSET
    options: PresenceOptionsOptions | Unset = UNSET
    authorization_url: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        method = self.method

        max_age = self.max_age

        challenge = self.challenge

        options: dict[str, Any] | Unset = UNSET
        if not isinstance(self.options, Unset):
            options = self.options.to_dict()

        authorization_url = self.authorization_url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "method": method,
                "max_age": max_age,
            }
        )
        if challenge is not UNSET:
            field_dict["challenge"] = challenge
        if options is not UNSET:
            field_dict["options"] = options
        if authorization_url is not UNSET:
            field_dict["authorization_url"] = authorization_url

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.presence_options_options import PresenceOptionsOptions  # noqa: PLC0415

        d = dict(src_dict)
        method = d.pop("method")

        max_age = d.pop("max_age")

        challenge = d.pop("challenge", UNSET)

        _options = d.pop("options", UNSET)
        options: PresenceOptionsOptions | Unset
        if isinstance(_options, Unset):
            options = UNSET
        else:
            options = PresenceOptionsOptions.from_dict(_options)

        authorization_url = d.pop("authorization_url", UNSET)

        presence_options = cls(
            method=method,
            max_age=max_age,
            challenge=challenge,
            options=options,
            authorization_url=authorization_url,
        )

        presence_options.additional_properties = d
        return presence_options

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
