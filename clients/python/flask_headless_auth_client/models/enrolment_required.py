from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.enrolment_required_status import (
    EnrolmentRequiredStatus,
    check_enrolment_required_status,
)

T = TypeVar("T", bound="EnrolmentRequired")


@_attrs_define
class EnrolmentRequired:
    """A second factor has to be enrolled first; nobody is signed in yet.

    Attributes:
        status (EnrolmentRequiredStatus):
        enrolment (str): Opaque; in the place of an access token where a factor is enrolled.
        methods (list[str]): What can be enrolled.
        expires_in (int): Seconds it works.
    """

    status: EnrolmentRequiredStatus
    enrolment: str
    methods: list[str]
    expires_in: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        status: str = self.status

        enrolment = self.enrolment

        methods = self.methods

        expires_in = self.expires_in

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "status": status,
                "enrolment": enrolment,
                "methods": methods,
                "expires_in": expires_in,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        status = check_enrolment_required_status(d.pop("status"))

        enrolment = d.pop("enrolment")

        methods = cast(list[str], d.pop("methods"))

        expires_in = d.pop("expires_in")

        enrolment_required = cls(
            status=status,
            enrolment=enrolment,
            methods=methods,
            expires_in=expires_in,
        )

        enrolment_required.additional_properties = d
        return enrolment_required

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
