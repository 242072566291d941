from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.error_code import ErrorCode, check_error_code
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.problem_errors import ProblemErrors


T = TypeVar("T", bound="Problem")


@_attrs_define
class Problem:
    """A refusal (RFC 9457).

    Attributes:
        type_ (str): A page that explains it.
        title (str):
        status (int):
        detail (str): A sentence for a person.
        code (ErrorCode): What was refused; stable for ever.
        error (str): The same as `detail`.
        errors (ProblemErrors | Unset): Field → what is wrong with it.
        retry_after (int | Unset): Seconds to wait.
        max_age (int | Unset): How fresh the sign-in must be, in seconds.
        methods (list[str] | Unset): Ways to prove presence again.
    """

    type_: str
    title: str
    status: int
    detail: str
    code: ErrorCode
    error: str
    errors: ProblemErrors | Unset = UNSET
    retry_after: int | Unset = UNSET
    max_age: int | Unset = UNSET
    methods: list[str] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        type_ = self.type_

        title = self.title

        status = self.status

        detail = self.detail

        code: str = self.code

        error = self.error

        errors: dict[str, Any] | Unset = UNSET
        if not isinstance(self.errors, Unset):
            errors = self.errors.to_dict()

        retry_after = self.retry_after

        max_age = self.max_age

        methods: list[str] | Unset = UNSET
        if not isinstance(self.methods, Unset):
            methods = self.methods

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "type": type_,
                "title": title,
                "status": status,
                "detail": detail,
                "code": code,
                "error": error,
            }
        )
        if errors is not UNSET:
            field_dict["errors"] = errors
        if retry_after is not UNSET:
            field_dict["retry_after"] = retry_after
        if max_age is not UNSET:
            field_dict["max_age"] = max_age
        if methods is not UNSET:
            field_dict["methods"] = methods

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.problem_errors import ProblemErrors  # noqa: PLC0415

        d = dict(src_dict)
        type_ = d.pop("type")

        title = d.pop("title")

        status = d.pop("status")

        detail = d.pop("detail")

        code = check_error_code(d.pop("code"))

        error = d.pop("error")

        _errors = d.pop("errors", UNSET)
        errors: ProblemErrors | Unset
        if isinstance(_errors, Unset):
            errors = UNSET
        else:
            errors = ProblemErrors.from_dict(_errors)

        retry_after = d.pop("retry_after", UNSET)

        max_age = d.pop("max_age", UNSET)

        methods = cast(list[str], d.pop("methods", UNSET))

        problem = cls(
            type_=type_,
            title=title,
            status=status,
            detail=detail,
            code=code,
            error=error,
            errors=errors,
            retry_after=retry_after,
            max_age=max_age,
            methods=methods,
        )

        problem.additional_properties = d
        return problem

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
