from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Passkey")


@_attrs_define
class Passkey:
    """One of my passkeys.

    Attributes:
        id (str):
        name (str):
        maker (str): What keeps it, as far as it says so.
        created_at (datetime.datetime):
        last_used_at (datetime.datetime | None):
        is_backed_up (bool): Whether it is synchronised.
        verifies_user (bool): Whether it counts as two factors when it checks who you are.
    """

    id: str
    name: str
    maker: str
    created_at: datetime.datetime
    last_used_at: datetime.datetime | None
    is_backed_up: bool
    verifies_user: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        maker = self.maker

        created_at = self.created_at.isoformat()

        last_used_at: None | str
        if isinstance(self.last_used_at, datetime.datetime):
            last_used_at = self.last_used_at.isoformat()
        else:
            last_used_at = self.last_used_at

        is_backed_up = self.is_backed_up

        verifies_user = self.verifies_user

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "maker": maker,
                "created_at": created_at,
                "last_used_at": last_used_at,
                "is_backed_up": is_backed_up,
                "verifies_user": verifies_user,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        maker = d.pop("maker")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_last_used_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_used_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_used_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_used_at = _parse_last_used_at(d.pop("last_used_at"))

        is_backed_up = d.pop("is_backed_up")

        verifies_user = d.pop("verifies_user")

        passkey = cls(
            id=id,
            name=name,
            maker=maker,
            created_at=created_at,
            last_used_at=last_used_at,
            is_backed_up=is_backed_up,
            verifies_user=verifies_user,
        )

        passkey.additional_properties = d
        return passkey

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
