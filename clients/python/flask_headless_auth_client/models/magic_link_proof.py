from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="MagicLinkProof")


@_attrs_define
class MagicLinkProof:
    """The link's `token`, or the `challenge` of the request and the `code` from its mail.

    Attributes:
        token (str | Unset): From the link.
        challenge (str | Unset): From `POST /magic-link`.
        code (str | Unset): From the mail.
        remember (bool | Unset): Stay signed in when the browser closes. Default: True.
    """

    token: str | Unset = UNSET
    challenge: str | Unset = UNSET
    code: str | Unset = UNSET
    remember: bool | Unset = True

    def to_dict(self) -> dict[str, Any]:
        token = self.token

        challenge = self.challenge

        code = self.code

        remember = self.remember

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if token is not UNSET:
            field_dict["token"] = token
        if challenge is not UNSET:
            field_dict["challenge"] = challenge
        if code is not UNSET:
            field_dict["code"] = code
        if remember is not UNSET:
            field_dict["remember"] = remember

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        token = d.pop("token", UNSET)

        challenge = d.pop("challenge", UNSET)

        code = d.pop("code", UNSET)

        remember = d.pop("remember", UNSET)

        magic_link_proof = cls(
            token=token,
            challenge=challenge,
            code=code,
            remember=remember,
        )

        return magic_link_proof
