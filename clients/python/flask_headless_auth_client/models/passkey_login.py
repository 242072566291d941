from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.credential import Credential


T = TypeVar("T", bound="PasskeyLogin")


@_attrs_define
class PasskeyLogin:
    """A passkey's answer.

    Attributes:
        credential (Credential): A passkey's answer: `toJSON()` of what `navigator.credentials.get` gave.
        remember (bool | Unset): Stay signed in when the browser closes. Default: True.
    """

    credential: Credential
    remember: bool | Unset = True

    def to_dict(self) -> dict[str, Any]:
        credential = self.credential.to_dict()

        remember = self.remember

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "credential": credential,
            }
        )
        if remember is not UNSET:
            field_dict["remember"] = remember

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.credential import Credential  # noqa: PLC0415

        d = dict(src_dict)
        credential = Credential.from_dict(d.pop("credential"))

        remember = d.pop("remember", UNSET)

        passkey_login = cls(
            credential=credential,
            remember=remember,
        )

        return passkey_login
