from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.passkey_added_status import PasskeyAddedStatus, check_passkey_added_status

if TYPE_CHECKING:
    from ..models.passkey import Passkey


T = TypeVar("T", bound="PasskeyAdded")


@_attrs_define
class PasskeyAdded:
    """The passkey is mine now.

    Attributes:
        status (PasskeyAddedStatus):
        passkey (Passkey): One of my passkeys.
    """

    status: PasskeyAddedStatus
    passkey: Passkey
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        status: str = self.status

        passkey = self.passkey.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "status": status,
                "passkey": passkey,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.passkey import Passkey  # noqa: PLC0415

        d = dict(src_dict)
        status = check_passkey_added_status(d.pop("status"))

        passkey = Passkey.from_dict(d.pop("passkey"))

        passkey_added = cls(
            status=status,
            passkey=passkey,
        )

        passkey_added.additional_properties = d
        return passkey_added

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
