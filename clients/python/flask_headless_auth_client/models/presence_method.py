from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="PresenceMethod")


@_attrs_define
class PresenceMethod:
    """A way to prove presence again.

    Attributes:
        method (str | Unset):  Default: 'pwd'.
    """

    method: str | Unset = "pwd"

    def to_dict(self) -> dict[str, Any]:
        method = self.method

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if method is not UNSET:
            field_dict["method"] = method

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        method = d.pop("method", UNSET)

        presence_method = cls(
            method=method,
        )

        return presence_method
