from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.config_sign_up import ConfigSignUp
    from ..models.password_rules import PasswordRules
    from ..models.provider import Provider


T = TypeVar("T", bound="Config")


@_attrs_define
class Config:
    """What a front end needs to draw its screens.

    Attributes:
        features (list[str]):
        providers (list[Provider]):
        mfa_methods (list[str]):
        delivery (list[str]): Ways tokens travel.
        password (PasswordRules | Unset): What is asked of a password.
        sign_up (ConfigSignUp | Unset): JSON Schema of the sign-up form.
    """

    features: list[str]
    providers: list[Provider]
    mfa_methods: list[str]
    delivery: list[str]
    password: PasswordRules | Unset = UNSET
    sign_up: ConfigSignUp | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        features = self.features

        providers = []
        for providers_item_data in self.providers:
            providers_item = providers_item_data.to_dict()
            providers.append(providers_item)

        mfa_methods = self.mfa_methods

        delivery = self.delivery

        password: dict[str, Any] | Unset = UNSET
        if not isinstance(self.password, Unset):
            password = self.password.to_dict()

        sign_up: dict[str, Any] | Unset = UNSET
        if not isinstance(self.sign_up, Unset):
            sign_up = self.sign_up.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "features": features,
                "providers": providers,
                "mfa_methods": mfa_methods,
                "delivery": delivery,
            }
        )
        if password is not UNSET:
            field_dict["password"] = password
        if sign_up is not UNSET:
            field_dict["sign_up"] = sign_up

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.config_sign_up import ConfigSignUp  # noqa: PLC0415
        from ..models.password_rules import PasswordRules  # noqa: PLC0415
        from ..models.provider import Provider  # noqa: PLC0415

        d = dict(src_dict)
        features = cast(list[str], d.pop("features"))

        providers = []
        _providers = d.pop("providers")
        for providers_item_data in _providers:
            providers_item = Provider.from_dict(providers_item_data)

            providers.append(providers_item)

        mfa_methods = cast(list[str], d.pop("mfa_methods"))

        delivery = cast(list[str], d.pop("delivery"))

        _password = d.pop("password", UNSET)
        password: PasswordRules | Unset
        if isinstance(_password, Unset):
            password = UNSET
        else:
            password = PasswordRules.from_dict(_password)

        _sign_up = d.pop("sign_up", UNSET)
        sign_up: ConfigSignUp | Unset
        if isinstance(_sign_up, Unset):
            sign_up = UNSET
        else:
            sign_up = ConfigSignUp.from_dict(_sign_up)

        config = cls(
            features=features,
            providers=providers,
            mfa_methods=mfa_methods,
            delivery=delivery,
            password=password,
            sign_up=sign_up,
        )

        config.additional_properties = d
        return config

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
