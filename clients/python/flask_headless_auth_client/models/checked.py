from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.current_session import CurrentSession
    from ..models.user import User


T = TypeVar("T", bound="Checked")


@_attrs_define
class Checked:
    """Somebody is signed in.

    Attributes:
        authenticated (bool):
        user (User): The user as the API shows it.
        session (CurrentSession): The session of the request's access token.
    """

    authenticated: bool
    user: User
    session: CurrentSession
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        authenticated = self.authenticated

        user = self.user.to_dict()

        session = self.session.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "authenticated": authenticated,
                "user": user,
                "session": session,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.current_session import CurrentSession  # noqa: PLC0415
        from ..models.user import User  # noqa: PLC0415

        d = dict(src_dict)
        authenticated = d.pop("authenticated")

        user = User.from_dict(d.pop("user"))

        session = CurrentSession.from_dict(d.pop("session"))

        checked = cls(
            authenticated=authenticated,
            user=user,
            session=session,
        )

        checked.additional_properties = d
        return checked

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
