from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="IdToken")


@_attrs_define
class IdToken:
    """An ID token from the provider's native sign-in.

    Attributes:
        id_token (str):
        remember (bool | Unset): Stay signed in when the app closes. Default: True.
    """

    id_token: str
    remember: bool | Unset = True

    def to_dict(self) -> dict[str, Any]:
        id_token = self.id_token

        remember = self.remember

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id_token": id_token,
            }
        )
        if remember is not UNSET:
            field_dict["remember"] = remember

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id_token = d.pop("id_token")

        remember = d.pop("remember", UNSET)

        id_token = cls(
            id_token=id_token,
            remember=remember,
        )

        return id_token
