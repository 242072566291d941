from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.presence_proof_credential import PresenceProofCredential


T = TypeVar("T", bound="PresenceProof")


@_attrs_define
class PresenceProof:
    """A proof of presence.

    Attributes:
        method (str | Unset):  Default: 'pwd'.
        password (str | Unset):
        code (str | Unset): Of an app, a mail or the recovery codes, or what `provider` returned.
        challenge (str | Unset): For an e-mailed code: that of the options.
        credential (PresenceProofCredential | Unset): The passkey's answer, as its `toJSON()` gives it.
    """

    method: str | Unset = "pwd"
    password: str | Unset = UNSET
    code: str | Unset = UNSET
    challenge: str | Unset = UNSET
    credential: PresenceProofCredential | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        method = self.method

        password = self.password

        code = self.code

        challenge = self.challenge

        credential: dict[str, Any] | Unset = UNSET
        if not isinstance(self.credential, Unset):
            credential = self.credential.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if method is not UNSET:
            field_dict["method"] = method
        if password is not UNSET:
            field_dict["password"] = password
        if code is not UNSET:
            field_dict["code"] = code
        if challenge is not UNSET:
            field_dict["challenge"] = challenge
        if credential is not UNSET:
            field_dict["credential"] = credential

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.presence_proof_credential import PresenceProofCredential  # noqa: PLC0415

        d = dict(src_dict)
        method = d.pop("method", UNSET)

        password = d.pop("password", UNSET)

        code = d.pop("code", UNSET)

        challenge = d.pop("challenge", UNSET)

        _credential = d.pop("credential", UNSET)
        credential: PresenceProofCredential | Unset
        if isinstance(_credential, Unset):
            credential = UNSET
        else:
            credential = PresenceProofCredential.from_dict(_credential)

        presence_proof = cls(
            method=method,
            password=password,
            code=code,
            challenge=challenge,
            credential=credential,
        )

        return presence_proof
