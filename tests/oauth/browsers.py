"""A browser that goes to a provider and comes back."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import flask
import sqlalchemy as sa
from werkzeug.test import TestResponse

from flask_headless_auth.database import create_tables, transaction
from flask_headless_auth.features.signup import logic as signup
from flask_headless_auth.state import state
from tests.support.apps import API, Person
from tests.support.issuer import Issuer

FRONT = "https://app.example.com"
"""The front end of test applications."""


class Traveller(Person):
    """Somebody whose client goes to providers."""

    def __init__(self, app: flask.Flask, kind: str = "cookie", email: str | None = None) -> None:
        super().__init__(app, kind, email)
        self.verifier = "v" * 43

    def leave(self, provider: str = "acme", **query: str) -> str:
        """Begin to sign in; answers the provider's address."""
        answer = self.http.get(f"{API}/login/{provider}?{urlencode(query)}")
        assert answer.status_code == 302, answer.get_data(as_text=True)
        return answer.headers["Location"]

    def come_back(self, answer: dict[str, str], provider: str = "acme") -> TestResponse:
        """Come back from the provider with its answer."""
        return self.http.get(f"{API}/callback/{provider}?{urlencode(answer)}")

    def travel(self, issuer: Issuer, provider: str = "acme", **query: str) -> dict[str, str]:
        """There and back; answers the query with which the front end is opened."""
        return query_of(self.come_back(issuer.sign_in(self.leave(provider, **query)), provider))

    def travel_with(self, issuer: Issuer, provider: str = "acme", **more: str) -> dict[str, str]:
        """There and back, with more in the provider's answer; answers the query of the front end."""
        return query_of(self.come_back(issuer.sign_in(self.leave(provider), **more), provider))

    def exchange(self, code: str, **more: Any) -> TestResponse:
        """Exchange the code of the redirect, and keep the tokens."""
        return self._keep(self.post("/oauth/exchange", {"code": code, **more}))

    def link(self, issuer: Issuer, provider: str = "acme") -> dict[str, str]:
        """Link an identity to the account; answers the query with which the front end is opened."""
        begun = self.post(f"/identities/{provider}")
        assert begun.status_code == 200, begun.get_data(as_text=True)
        return query_of(self.come_back(issuer.sign_in(begun.json["authorization_url"]), provider))


def challenge_of(verifier: str) -> str:
    """The `code_challenge` of a `code_verifier` (RFC 7636 §4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def confirm(app: flask.Flask, email: str, **columns: Any) -> Any:
    """An account with a confirmed address, made at this moment. Answers its key."""
    with app.test_request_context():
        create_tables(state())
    with app.test_request_context(), transaction():
        user = signup.add(email=email, **{"is_verified": True, **columns})
        return user.id


def query_of(response: TestResponse) -> dict[str, str]:
    """The query of a redirect to the front end."""
    assert response.status_code == 302, response.get_data(as_text=True)
    assert response.headers["Location"].startswith(FRONT), response.headers["Location"]
    return dict(parse_qsl(urlsplit(response.headers["Location"]).query))


def go_to_providers(app: flask.Flask, issuer: Issuer) -> None:
    """Do everything that can be done with a provider, by each way back, rightly and wrongly."""
    for number, way in enumerate(("query", "form", "id_token")):
        # given an issuer that vouches for an address that has a confirmed account
        known, new = f"known{number}@example.com", f"new{number}@example.com"
        confirm(app, known)

        def arrive(sub: str, email: str, denied: bool = False, way: str = way) -> TestResponse:
            issuer.person = {"sub": sub, "email": email, "email_verified": not denied}
            someone = Traveller(app)
            if way == "id_token":
                nonce = someone.post("/login/acme/nonce").json["nonce"]
                token = {"id_token": issuer.id_token(nonce=nonce)}
                return someone.post("/login/acme/token", token)
            answer = issuer.sign_in(someone.leave())
            answer = {"state": answer["state"], "error": "access_denied"} if denied else answer
            if way == "query":
                return someone.come_back(answer)
            return someone.http.post(f"{API}/callback/acme", data=answer)

        # when somebody new, its owner, and somebody who is refused come from there
        arrive(f"{way}-new", new)
        arrive(f"{way}-known", known)
        arrive(f"{way}-other", known, denied=True)

    issuer.person = {"sub": "somebody", "email": "somebody@example.com", "email_verified": True}
    someone = Traveller(app)
    assert someone.exchange("x").status_code == 400
    code = someone.travel(issuer, code_challenge=challenge_of(someone.verifier))["code"]
    assert someone.exchange(code, code_verifier=someone.verifier).status_code == 200
    assert someone.link(issuer) == {}
    issuer.person = {"sub": "somebody else", "email": None}
    assert someone.link(issuer) == {}
    listed = someone.get("/identities").json["items"]
    assert someone.call("DELETE", f"/identities/{listed[0]['id']}").status_code == 200


def change(app: flask.Flask, key: Any, **columns: Any) -> None:
    """Change a user's row, as a host does."""
    with app.app_context():
        db = app.extensions["sqlalchemy"]
        user = db.session.get(app.auth.user_model, key)  # type: ignore[attr-defined]
        for name, value in columns.items():
            setattr(user, name, value)
        db.session.commit()


def identities_of(app: flask.Flask) -> list[str]:
    """The ids of all identities in the database."""
    with app.app_context():
        rows = app.extensions["sqlalchemy"].session.execute(sa.text("SELECT id FROM auth_identities"))
        return [one.id for one in rows]
