from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="LoginRequest")


@_attrs_define
class LoginRequest:
    """E-mail, or user name where the model has one, and password.

    Attributes:
        password (str):
        email (str | Unset):
        username (str | Unset):
        remember (bool | Unset): Stay signed in when the browser closes. Default: True.
    """

    password: str
    email: str | Unset = UNSET
    username: str | Unset = UNSET
    remember: bool | Unset = True

    def to_dict(self) -> dict[str, Any]:
        password = self.password

        email = self.email

        username = self.username

        remember = self.remember

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "password": password,
            }
        )
        if email is not UNSET:
            field_dict["email"] = email
        if username is not UNSET:
            field_dict["username"] = username
        if remember is not UNSET:
            field_dict["remember"] = remember

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        password = d.pop("password")

        email = d.pop("email", UNSET)

        username = d.pop("username", UNSET)

        remember = d.pop("remember", UNSET)

        login_request = cls(
            password=password,
            email=email,
            username=username,
            remember=remember,
        )

        return login_request
