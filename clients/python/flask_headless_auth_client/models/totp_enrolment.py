from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="TotpEnrolment")


@_attrs_define
class TotpEnrolment:
    """What an authenticator app needs, shown once. It is on when `POST /mfa/verify` has its first code.

    Attributes:
        secret (str): To type in, base 32.
        otpauth_url (str): To open on the phone itself.
        qr_svg (str): To scan: an SVG picture, no script.
        expires_in (int): Seconds the first code may take.
    """

    secret: str
    otpauth_url: str
    qr_svg: str
    expires_in: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        secret = self.secret

        otpauth_url = self.otpauth_url

        qr_svg = self.qr_svg

        expires_in = self.expires_in

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "secret": secret,
                "otpauth_url": otpauth_url,
                "qr_svg": qr_svg,
                "expires_in": expires_in,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        secret = d.pop("secret")

        otpauth_url = d.pop("otpauth_url")

        qr_svg = d.pop("qr_svg")

        expires_in = d.pop("expires_in")

        totp_enrolment = cls(
            secret=secret,
            otpauth_url=otpauth_url,
            qr_svg=qr_svg,
            expires_in=expires_in,
        )

        totp_enrolment.additional_properties = d
        return totp_enrolment

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
