"""A browser that goes to a provider and comes back."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import flask
from werkzeug.test import TestResponse

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

    def exchange(self, code: str, **more: Any) -> TestResponse:
        """Exchange the code of the redirect, and keep the tokens."""
        return self._keep(self.post("/oauth/exchange", {"code": code, **more}))

    def link(self, issuer: Issuer, provider: str = "acme") -> dict[str, str]:
        """Link an identity to the account; answers the query with which the front end is opened."""
        begun = self.post(f"/identities/{provider}")
        assert begun.status_code == 200, begun.get_data(as_text=True)
        return query_of(self.come_back(issuer.sign_in(begun.json["authorization_url"]), provider))


def query_of(response: TestResponse) -> dict[str, str]:
    """The query of a redirect to the front end."""
    assert response.status_code == 302, response.get_data(as_text=True)
    assert response.headers["Location"].startswith(FRONT), response.headers["Location"]
    return dict(parse_qsl(urlsplit(response.headers["Location"]).query))
