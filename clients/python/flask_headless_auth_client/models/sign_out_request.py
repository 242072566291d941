from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.sign_out_scope import SignOutScope, check_sign_out_scope
from ..types import UNSET, Unset

T = TypeVar("T", bound="SignOutRequest")


@_attrs_define
class SignOutRequest:
    """What to sign out of.

    Attributes:
        scope (SignOutScope | Unset): This session, all others, or all.
    """

    scope: SignOutScope | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        scope: str | Unset = UNSET
        if not isinstance(self.scope, Unset):
            scope = self.scope

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if scope is not UNSET:
            field_dict["scope"] = scope

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        _scope = d.pop("scope", UNSET)
        scope: SignOutScope | Unset
        if isinstance(_scope, Unset):
            scope = UNSET
        else:
            scope = check_sign_out_scope(_scope)

        sign_out_request = cls(
            scope=scope,
        )

        return sign_out_request
