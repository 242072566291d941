from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.request_options_options import RequestOptionsOptions


T = TypeVar("T", bound="RequestOptions")


@_attrs_define
class RequestOptions:
    """Options to use a passkey.

    Attributes:
        options (RequestOptionsOptions): For `PublicKeyCredential.parseRequestOptionsFromJSON`, and then
            `navigator.credentials.get({publicKey})`.
        expires_in (int): Seconds they can be answered.
    """

    options: RequestOptionsOptions
    expires_in: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        options = self.options.to_dict()

        expires_in = self.expires_in

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "options": options,
                "expires_in": expires_in,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.request_options_options import RequestOptionsOptions  # noqa: PLC0415

        d = dict(src_dict)
        options = RequestOptionsOptions.from_dict(d.pop("options"))

        expires_in = d.pop("expires_in")

        request_options = cls(
            options=options,
            expires_in=expires_in,
        )

        request_options.additional_properties = d
        return request_options

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
