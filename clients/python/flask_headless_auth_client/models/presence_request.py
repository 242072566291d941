from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="PresenceRequest")


@_attrs_define
class PresenceRequest:
    """A way to prove presence again, and what it has to know to begin.

    Attributes:
        method (str | Unset):  Default: 'pwd'.
        provider (str | Unset): One of my identities, for `provider`.
        redirect_uri (str | Unset): Where `provider` returns to.
    """

    method: str | Unset = "pwd"
    provider: str | Unset = UNSET
    redirect_uri: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        method = self.method

        provider = self.provider

        redirect_uri = self.redirect_uri

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if method is not UNSET:
            field_dict["method"] = method
        if provider is not UNSET:
            field_dict["provider"] = provider
        if redirect_uri is not UNSET:
            field_dict["redirect_uri"] = redirect_uri

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        method = d.pop("method", UNSET)

        provider = d.pop("provider", UNSET)

        redirect_uri = d.pop("redirect_uri", UNSET)

        presence_request = cls(
            method=method,
            provider=provider,
            redirect_uri=redirect_uri,
        )

        return presence_request
