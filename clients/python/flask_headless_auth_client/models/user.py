from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="User")


@_attrs_define
class User:
    """The user as the API shows it.

    Attributes:
        id (str): Opaque.
        email (str):
        first_name (None | str):
        last_name (None | str):
        phone_number (None | str):
        locale (None | str):
        timezone (None | str):
        is_verified (bool):
        is_active (bool):
        mfa_enabled (bool):
        provider (str):
        created_at (datetime.datetime | None):
        updated_at (datetime.datetime | None):
        role (None | str): The first of `roles`.
        roles (list[str]):
        permissions (list[str]):
    """

    id: str
    email: str
    first_name: None | str
    last_name: None | str
    phone_number: None | str
    locale: None | str
    timezone: None | str
    is_verified: bool
    is_active: bool
    mfa_enabled: bool
    provider: str
    created_at: datetime.datetime | None
    updated_at: datetime.datetime | None
    role: None | str
    roles: list[str]
    permissions: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        email = self.email

        first_name: None | str
        first_name = self.first_name

        last_name: None | str
        last_name = self.last_name

        phone_number: None | str
        phone_number = self.phone_number

        locale: None | str
        locale = self.locale

        timezone: None | str
        timezone = self.timezone

        is_verified = self.is_verified

        is_active = self.is_active

        mfa_enabled = self.mfa_enabled

        provider = self.provider

        created_at: None | str
        if isinstance(self.created_at, datetime.datetime):
            created_at = self.created_at.isoformat()
        else:
            created_at = self.created_at

        updated_at: None | str
        if isinstance(self.updated_at, datetime.datetime):
            updated_at = self.updated_at.isoformat()
        else:
            updated_at = self.updated_at

        role: None | str
        role = self.role

        roles = self.roles

        permissions = self.permissions

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "email": email,
                "first_name": first_name,
                "last_name": last_name,
                "phone_number": phone_number,
                "locale": locale,
                "timezone": timezone,
                "is_verified": is_verified,
                "is_active": is_active,
                "mfa_enabled": mfa_enabled,
                "provider": provider,
                "created_at": created_at,
                "updated_at": updated_at,
                "role": role,
                "roles": roles,
                "permissions": permissions,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        email = d.pop("email")

        def _parse_first_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        first_name = _parse_first_name(d.pop("first_name"))

        def _parse_last_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        last_name = _parse_last_name(d.pop("last_name"))

        def _parse_phone_number(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        phone_number = _parse_phone_number(d.pop("phone_number"))

        def _parse_locale(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        locale = _parse_locale(d.pop("locale"))

        def _parse_timezone(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        timezone = _parse_timezone(d.pop("timezone"))

        is_verified = d.pop("is_verified")

        is_active = d.pop("is_active")

        mfa_enabled = d.pop("mfa_enabled")

        provider = d.pop("provider")

        def _parse_created_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                created_at_type_0 = datetime.datetime.fromisoformat(data)

                return created_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        created_at = _parse_created_at(d.pop("created_at"))

        def _parse_updated_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                updated_at_type_0 = datetime.datetime.fromisoformat(data)

                return updated_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        updated_at = _parse_updated_at(d.pop("updated_at"))

        def _parse_role(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        role = _parse_role(d.pop("role"))

        roles = cast(list[str], d.pop("roles"))

        permissions = cast(list[str], d.pop("permissions"))

        user = cls(
            id=id,
            email=email,
            first_name=first_name,
            last_name=last_name,
            phone_number=phone_number,
            locale=locale,
            timezone=timezone,
            is_verified=is_verified,
            is_active=is_active,
            mfa_enabled=mfa_enabled,
            provider=provider,
            created_at=created_at,
            updated_at=updated_at,
            role=role,
            roles=roles,
            permissions=permissions,
        )

        user.additional_properties = d
        return user

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
