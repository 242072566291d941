"""Signing in at an OpenID Connect issuer, from the button to the account."""

from tests.oauth.browsers import Traveller
from tests.support.issuer import Issuer


def test_somebody_new_gets_an_account_and_is_signed_in(guest: Traveller, issuer: Issuer) -> None:
    # given somebody who has no account, and an issuer that vouches for their address
    assert guest.me().status_code == 401

    # when they go there and come back
    query = guest.travel(issuer)

    # then the front end is opened with nothing in its address, and they are signed in
    assert query == {}
    user = guest.me().json["user"]
    assert user["email"] == "ada@example.com"
    assert (user["first_name"], user["last_name"]) == ("Ada", "Lovelace")
    assert (user["is_verified"], user["provider"]) == (True, "acme")
