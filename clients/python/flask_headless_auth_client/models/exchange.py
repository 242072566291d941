from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Exchange")


@_attrs_define
class Exchange:
    """The code of the redirect, and what belongs to it.

    Attributes:
        code (str):
        code_verifier (str | Unset): Where a `code_challenge` began the sign-in (RFC 7636).
        remember (bool | Unset): Stay signed in when the browser closes. Default: True.
    """

    code: str
    code_verifier: str | Unset = UNSET
    remember: bool | Unset = True

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        code_verifier = self.code_verifier

        remember = self.remember

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "code": code,
            }
        )
        if code_verifier is not UNSET:
            field_dict["code_verifier"] = code_verifier
        if remember is not UNSET:
            field_dict["remember"] = remember

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        code = d.pop("code")

        code_verifier = d.pop("code_verifier", UNSET)

        remember = d.pop("remember", UNSET)

        exchange = cls(
            code=code,
            code_verifier=code_verifier,
            remember=remember,
        )

        return exchange
