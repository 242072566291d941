from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="PasskeyRequest")


@_attrs_define
class PasskeyRequest:
    """Who adds one: nothing for somebody signed in, else the `enrolment` of the sign-in that asks for it.

    Attributes:
        enrolment (str | Unset): `enrolment` of the sign-in that asked for it.
    """

    enrolment: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        enrolment = self.enrolment

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if enrolment is not UNSET:
            field_dict["enrolment"] = enrolment

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        enrolment = d.pop("enrolment", UNSET)

        passkey_request = cls(
            enrolment=enrolment,
        )

        return passkey_request
