from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.challenge_answer_credential import ChallengeAnswerCredential


T = TypeVar("T", bound="ChallengeAnswer")


@_attrs_define
class ChallengeAnswer:
    """The answer to the challenge of a sign-in.

    Attributes:
        challenge (str): `challenge` of the sign-in.
        method (str): One of `methods`.
        code (str | Unset): For every method but a passkey.
        credential (ChallengeAnswerCredential | Unset): The passkey's answer, as its `toJSON()` gives it.
        remember_device (bool | Unset): Ask no second factor on this device from now on. Default: False.
    """

    challenge: str
    method: str
    code: str | Unset = UNSET
    credential: ChallengeAnswerCredential | Unset = UNSET
    remember_device: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        challenge = self.challenge

        method = self.method

        code = self.code

        credential: dict[str, Any] | Unset = UNSET
        if not isinstance(self.credential, Unset):
            credential = self.credential.to_dict()

        remember_device = self.remember_device

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "challenge": challenge,
                "method": method,
            }
        )
        if code is not UNSET:
            field_dict["code"] = code
        if credential is not UNSET:
            field_dict["credential"] = credential
        if remember_device is not UNSET:
            field_dict["remember_device"] = remember_device

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.challenge_answer_credential import ChallengeAnswerCredential  # noqa: PLC0415

        d = dict(src_dict)
        challenge = d.pop("challenge")

        method = d.pop("method")

        code = d.pop("code", UNSET)

        _credential = d.pop("credential", UNSET)
        credential: ChallengeAnswerCredential | Unset
        if isinstance(_credential, Unset):
            credential = UNSET
        else:
            credential = ChallengeAnswerCredential.from_dict(_credential)

        remember_device = d.pop("remember_device", UNSET)

        challenge_answer = cls(
            challenge=challenge,
            method=method,
            code=code,
            credential=credential,
            remember_device=remember_device,
        )

        return challenge_answer
