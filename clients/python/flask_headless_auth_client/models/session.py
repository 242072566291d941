from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Session")


@_attrs_define
class Session:
    """One of my devices: a sign-in that still stands.

    Attributes:
        id (str):
        created_at (datetime.datetime): When the sign-in was.
        last_seen_at (datetime.datetime): Last refresh.
        expires_at (datetime.datetime): When it ends whatever happens.
        address (str):
        user_agent (str):
        methods (list[str]): Proofs given (`amr`).
        is_current (bool):
    """

    id: str
    created_at: datetime.datetime
    last_seen_at: datetime.datetime
    expires_at: datetime.datetime
    address: str
    user_agent: str
    methods: list[str]
    is_current: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        created_at = self.created_at.isoformat()

        last_seen_at = self.last_seen_at.isoformat()

        expires_at = self.expires_at.isoformat()

        address = self.address

        user_agent = self.user_agent

        methods = self.methods

        is_current = self.is_current

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "created_at": created_at,
                "last_seen_at": last_seen_at,
                "expires_at": expires_at,
                "address": address,
                "user_agent": user_agent,
                "methods": methods,
                "is_current": is_current,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        last_seen_at = datetime.datetime.fromisoformat(d.pop("last_seen_at"))

        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))

        address = d.pop("address")

        user_agent = d.pop("user_agent")

        methods = cast(list[str], d.pop("methods"))

        is_current = d.pop("is_current")

        session = cls(
            id=id,
            created_at=created_at,
            last_seen_at=last_seen_at,
            expires_at=expires_at,
            address=address,
            user_agent=user_agent,
            methods=methods,
            is_current=is_current,
        )

        session.additional_properties = d
        return session

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
