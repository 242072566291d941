from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="PresenceProof")


@_attrs_define
class PresenceProof:
    """A proof of presence.

    Attributes:
        method (str | Unset):  Default: 'pwd'.
        password (str | Unset):
    """

    method: str | Unset = "pwd"
    password: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        method = self.method

        password = self.password

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if method is not UNSET:
            field_dict["method"] = method
        if password is not UNSET:
            field_dict["password"] = password

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        method = d.pop("method", UNSET)

        password = d.pop("password", UNSET)

        presence_proof = cls(
            method=method,
            password=password,
        )

        return presence_proof
