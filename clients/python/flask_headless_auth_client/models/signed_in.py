from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.signed_in_status import SignedInStatus, check_signed_in_status
from ..models.token_type import TokenType, check_token_type
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.user import User


T = TypeVar("T", bound="SignedIn")


@_attrs_define
class SignedIn:
    """Signed in. Tokens are in the body unless only cookies were asked for.

    Attributes:
        status (SignedInStatus):
        user (User): The user as the API shows it.
        session_id (str):
        expires_in (int): Seconds the access token lives.
        recovery_codes (list[str] | Unset): Only where this finished an enrolment. Shown once; each opens the account
            once.
        trusted_device (str | Unset): Only where `remember_device` asked for it, in the body channel. Send it as
            `X-Trusted-Device` with later sign-ins.
        access_token (str | Unset):
        refresh_token (str | Unset):
        token_type (TokenType | Unset): How to send the access token (RFC 6750).
    """

    status: SignedInStatus
    user: User
    session_id: str
    expires_in: int
    recovery_codes: list[str] | Unset = UNSET
    trusted_device: str | Unset = UNSET
    access_token: str | Unset = UNSET
    refresh_token: str | Unset = UNSET
    token_type: TokenType | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        status: str = self.status

        user = self.user.to_dict()

        session_id = self.session_id

        expires_in = self.expires_in

        recovery_codes: list[str] | Unset = UNSET
        if not isinstance(self.recovery_codes, Unset):
            recovery_codes = self.recovery_codes

        trusted_device = self.trusted_device

        access_token = self.access_token

        refresh_token = self.refresh_token

        token_type: str | Unset = UNSET
        if not isinstance(self.token_type, Unset):
            token_type = self.token_type

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "status": status,
                "user": user,
                "session_id": session_id,
                "expires_in": expires_in,
            }
        )
        if recovery_codes is not UNSET:
            field_dict["recovery_codes"] = recovery_codes
        if trusted_device is not UNSET:
            field_dict["trusted_device"] = trusted_device
        if access_token is not UNSET:
            field_dict["access_token"] = access_token
        if refresh_token is not UNSET:
            field_dict["refresh_token"] = refresh_token
        if token_type is not UNSET:
            field_dict["token_type"] = token_type

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.user import User  # noqa: PLC0415

        d = dict(src_dict)
        status = check_signed_in_status(d.pop("status"))

        user = User.from_dict(d.pop("user"))

        session_id = d.pop("session_id")

        expires_in = d.pop("expires_in")

        recovery_codes = cast(list[str], d.pop("recovery_codes", UNSET))

        trusted_device = d.pop("trusted_device", UNSET)

        access_token = d.pop("access_token", UNSET)

        refresh_token = d.pop("refresh_token", UNSET)

        _token_type = d.pop("token_type", UNSET)
        token_type: TokenType | Unset
        if isinstance(_token_type, Unset):
            token_type = UNSET
        else:
            token_type = check_token_type(_token_type)

        signed_in = cls(
            status=status,
            user=user,
            session_id=session_id,
            expires_in=expires_in,
            recovery_codes=recovery_codes,
            trusted_device=trusted_device,
            access_token=access_token,
            refresh_token=refresh_token,
            token_type=token_type,
        )

        signed_in.additional_properties = d
        return signed_in

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
