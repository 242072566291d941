"""The providers' tokens: not kept unless asked for, sealed then, and refreshed when they are over."""

from collections.abc import Callable
from typing import Any

import flask
import pytest
import sqlalchemy as sa

from flask_headless_auth.errors import ProviderFailed
from tests.oauth.browsers import FRONT, Traveller
from tests.support.apps import Clock
from tests.support.issuer import Issuer, custom


@pytest.fixture
def keeping(build: Callable[..., flask.Flask], issuer: Issuer) -> flask.Flask:
    """An application that keeps tokens."""
    return build(**custom(issuer), FRONTEND_URL=FRONT, AUTHSVC_OAUTH_STORE_TOKENS=True)


def token_of(app: flask.Flask) -> str | None:
    """The access token of the only user."""
    with app.app_context():
        (user,) = app.extensions["sqlalchemy"].session.query(app.auth.user_model).all()  # type: ignore[attr-defined]
        found: str | None = app.auth.provider_token(user, "acme")  # type: ignore[attr-defined]
        return found


def rows(app: flask.Flask) -> list[Any]:
    """What stands in the column."""
    with app.app_context():
        found = app.extensions["sqlalchemy"].session.execute(sa.text("SELECT tokens FROM auth_identities"))
        return [one.tokens for one in found]


def test_tokens_are_not_kept_by_default(guest: Traveller, issuer: Issuer, acme: flask.Flask) -> None:
    # given somebody who signed in
    assert guest.travel(issuer) == {}

    # then nothing of the provider's is kept, and it was not asked for more than a sign-in needs
    assert rows(acme) == [None]
    assert token_of(acme) is None


def test_a_kept_token_is_sealed_and_handed_to_the_host(
    keeping: flask.Flask, issuer: Issuer, clock: Clock
) -> None:
    # given somebody who signed in where tokens are kept
    away = Traveller(keeping).leave()
    assert "offline_access" in away
    assert Traveller(keeping).travel(issuer) == {}

    # then the host gets it, and the database shows nothing
    assert token_of(keeping) == "access-of-ada"
    assert "access-of-ada" not in str(rows(keeping))
    assert "refresh-of-ada" not in str(rows(keeping))


def test_a_token_that_is_over_is_refreshed_once(keeping: flask.Flask, issuer: Issuer, clock: Clock) -> None:
    # given a token that is over
    assert Traveller(keeping).travel(issuer) == {}
    _age(keeping)

    # when the host asks for it, twice
    found = [token_of(keeping), token_of(keeping)]

    # then there is a new one, kept for the second time, with the refresh token that still holds
    assert found == ["fresh-access", "fresh-access"]
    asked = [form for path, form in issuer.asked if form.get("grant_type") == "refresh_token"]
    assert [form["refresh_token"] for form in asked] == ["refresh-of-ada"]
    _age(keeping)
    assert token_of(keeping) == "fresh-access"


def test_a_provider_that_gives_no_new_token_is_a_failure_and_the_old_one_stays(
    keeping: flask.Flask, issuer: Issuer, clock: Clock
) -> None:
    # given a token that is over, and a provider that is down
    assert Traveller(keeping).travel(issuer) == {}
    _age(keeping)
    before = rows(keeping)
    issuer.instead["/token"] = (503, "text/html", b"<h1>down</h1>")

    # when the host asks for it
    # then it hears that, and nothing is lost
    with pytest.raises(ProviderFailed):
        token_of(keeping)
    assert rows(keeping) == before


def test_a_later_sign_in_keeps_the_refresh_token_of_the_first(
    keeping: flask.Flask, issuer: Issuer, clock: Clock
) -> None:
    # given a provider that gives a refresh token the first time only, as Google does
    assert Traveller(keeping).travel(issuer) == {}
    issuer.spoil["token"] = {"refresh_token": None, "access_token": "second-access"}
    assert Traveller(keeping).travel(issuer) == {}
    assert token_of(keeping) == "second-access"

    # when the second token is over
    _age(keeping)

    # then the first refresh token gets another one
    issuer.spoil.clear()
    assert token_of(keeping) == "fresh-access"


def _age(app: flask.Flask) -> None:
    """Let the kept token be over: Authlib reckons its end in the machine's own time."""
    from flask_headless_auth.features.oauth import linking, models
    from flask_headless_auth.state import part, state, table
    from flask_headless_auth.vault import Vault

    with app.app_context():
        session = state().db.session
        (row,) = session.query(table(models.Identity)).all()
        tokens = part(Vault).open(linking.SEALED, row.tokens)
        row.tokens = part(Vault).seal(linking.SEALED, {**tokens, "expires_at": 1})
        session.commit()
