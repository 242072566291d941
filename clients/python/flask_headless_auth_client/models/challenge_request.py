from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="ChallengeRequest")


@_attrs_define
class ChallengeRequest:
    """Which second question of a sign-in is wanted.

    Attributes:
        challenge (str): `challenge` of the sign-in.
        method (str):
    """

    challenge: str
    method: str

    def to_dict(self) -> dict[str, Any]:
        challenge = self.challenge

        method = self.method

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "challenge": challenge,
                "method": method,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        challenge = d.pop("challenge")

        method = d.pop("method")

        challenge_request = cls(
            challenge=challenge,
            method=method,
        )

        return challenge_request
