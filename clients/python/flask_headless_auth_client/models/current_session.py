from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="CurrentSession")


@_attrs_define
class CurrentSession:
    """The session of the request's access token.

    Attributes:
        id (str):
        auth_time (datetime.datetime): Last proof of presence.
        methods (list[str]): Proofs given (`amr`).
        expires_at (datetime.datetime): End of the access token.
    """

    id: str
    auth_time: datetime.datetime
    methods: list[str]
    expires_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        auth_time = self.auth_time.isoformat()

        methods = self.methods

        expires_at = self.expires_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "auth_time": auth_time,
                "methods": methods,
                "expires_at": expires_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        auth_time = datetime.datetime.fromisoformat(d.pop("auth_time"))

        methods = cast(list[str], d.pop("methods"))

        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))

        current_session = cls(
            id=id,
            auth_time=auth_time,
            methods=methods,
            expires_at=expires_at,
        )

        current_session.additional_properties = d
        return current_session

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
