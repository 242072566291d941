from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="EnrolmentAnswer")


@_attrs_define
class EnrolmentAnswer:
    """The first code of a factor that a sign-in asked to enrol.

    Attributes:
        enrolment (str): `enrolment` of the sign-in that asked for it.
        code (str):
    """

    enrolment: str
    code: str

    def to_dict(self) -> dict[str, Any]:
        enrolment = self.enrolment

        code = self.code

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "enrolment": enrolment,
                "code": code,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        enrolment = d.pop("enrolment")

        code = d.pop("code")

        enrolment_answer = cls(
            enrolment=enrolment,
            code=code,
        )

        return enrolment_answer
