"""A provider that is down, slow, confused or hostile: never a session, never a 5xx."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flask
import pytest

from flask_headless_auth.features.oauth import fetch
from tests.browser.servers import free_port
from tests.oauth.browsers import FRONT, Traveller, identities_of, query_of
from tests.support.apps import API, Clock
from tests.support.issuer import Issuer, custom

JSON = "application/json"
HUGE = b'{"sub": "' + b"x" * 10_000_000 + b'"}'

ANSWERS: dict[str, tuple[int, str, bytes]] = {
    "HTML": (200, "text/html", b"<!doctype html><title>Maintenance</title>"),
    "an error page": (500, "text/html", b"<h1>Internal Server Error</h1>"),
    "an error": (503, JSON, b'{"error": "temporarily_unavailable"}'),
    "not found": (404, JSON, b"{}"),
    "nothing": (200, JSON, b""),
    "null": (200, JSON, b"null"),
    "a list": (200, JSON, b"[]"),
    "a number": (200, JSON, b"7"),
    "no members": (200, JSON, b"{}"),
    "broken text": (200, JSON, b"\xff\xfe{"),
    "nesting": (200, JSON, b"[" * 100_000),
    "10 MB": (200, JSON, HUGE),
    "a redirect": (302, JSON, b"http://127.0.0.1:1/"),
    "a redirect that keeps the method": (307, JSON, b"http://127.0.0.1:1/"),
}


@pytest.mark.parametrize("what", ANSWERS)
@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/keys", "/userinfo"])
def test_whatever_it_answers_nobody_is_signed_in_and_nothing_breaks(
    guest: Traveller, issuer: Issuer, acme: flask.Flask, path: str, what: str
) -> None:
    # given a provider that answers so at one of its addresses
    issuer.slim = True
    issuer.instead[path] = ANSWERS[what]

    # when somebody wants to sign in there
    begun = guest.http.get(f"{API}/login/acme")
    if begun.headers["Location"].startswith(issuer.url):
        begun = guest.come_back(issuer.sign_in(begun.headers["Location"]))

    # then they are back at the front end, and not signed in
    assert query_of(begun) == {"error": "provider_failed"}
    assert guest.me().status_code == 401
    assert identities_of(acme) == []


def test_a_provider_that_is_down_sends_the_browser_back(
    build: Callable[..., flask.Flask], issuer: Issuer
) -> None:
    # given a provider where nobody listens
    down = f"http://127.0.0.1:{free_port()}"
    token = issuer.id_token()
    issuer.url = down
    guest = Traveller(build(**custom(issuer), FRONTEND_URL=FRONT), "bearer", "ada@example.com")
    assert guest.sign_up().status_code == 201

    # when somebody wants to sign in or to link
    begun = guest.http.get(f"{API}/login/acme")
    linking = guest.post("/identities/acme")
    native = guest.post("/login/acme/token", {"id_token": token})

    # then the browser is at the front end, and programs get a problem
    assert query_of(begun) == {"error": "provider_failed"}
    assert (linking.status_code, linking.json["code"]) == (424, "provider_failed")
    assert (native.status_code, native.json["code"]) == (424, "provider_failed")


def test_a_provider_that_is_slow_is_not_waited_for(
    guest: Traveller, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a provider that thinks for a long time, and little patience
    monkeypatch.setattr(fetch, "TIMEOUT", (0.2, 0.2))
    away = guest.leave()
    issuer.instead["/token"] = (200, "hang", b"1.5")

    # when somebody comes back from there
    begun = time.monotonic()
    query = query_of(guest.come_back(issuer.sign_in(away)))

    # then they are let go soon
    assert query == {"error": "provider_failed"}
    assert time.monotonic() - begun < 1.2


def test_an_answer_that_never_ends_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    # given an answer that comes piece by piece, each soon enough
    monkeypatch.setattr(fetch, "LONGEST", 0.05)
    read = 0

    @dataclass
    class Dripping:
        closed: bool = False

        def iter_content(self, size: int) -> Any:
            nonlocal read
            while True:
                read += 1
                time.sleep(0.01)
                yield b"x"

        def close(self) -> None:
            self.closed = True

    # when it is read
    answer = Dripping()
    with pytest.raises(ValueError, match="too long"):
        fetch.read(answer)

    # then that ends
    assert answer.closed
    assert read < 20


def test_secrets_do_not_follow_redirects(guest: Traveller, issuer: Issuer) -> None:
    # given a token endpoint that has moved to where it would work
    moved = f"{issuer.url}/login/oauth/access_token"
    issuer.instead["/token"] = (307, JSON, moved.encode())

    # when somebody comes back
    query = guest.travel(issuer)

    # then nothing is sent there
    assert query == {"error": "provider_failed"}
    assert "/login/oauth/access_token" not in [path for path, _ in issuer.asked]


def test_a_right_answer_that_is_too_long_is_not_read(guest: Traveller, issuer: Issuer) -> None:
    # given a document with nothing wrong but its size
    issuer.spoil["openid-configuration"] = {"padding": "x" * fetch.LARGEST}

    # when somebody wants to sign in
    begun = guest.http.get(f"{API}/login/acme")

    # then it is not believed
    assert query_of(begun) == {"error": "provider_failed"}


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"authorization_endpoint": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "http://evil.example/authorize"},
        {"authorization_endpoint": ["https://evil.example"]},
        {"authorization_endpoint": "https://user:pass@evil.example/"},
        {"authorization_endpoint": "https://[bad"},
    ],
)
def test_a_document_that_is_anothers_or_leads_astray_is_not_believed(
    guest: Traveller, issuer: Issuer, document: dict[str, Any]
) -> None:
    # given a discovery document with one thing wrong
    issuer.spoil["openid-configuration"] = document

    # when somebody wants to sign in
    begun = guest.http.get(f"{API}/login/acme")

    # then they are not sent there
    assert query_of(begun) == {"error": "provider_failed"}


@pytest.mark.parametrize("name", ["token_endpoint", "jwks_uri", "userinfo_endpoint"])
@pytest.mark.parametrize("url", ["http://evil.example/x", "file:///etc/passwd", "ftp://127.0.0.1/", None, 7])
def test_secrets_and_keys_do_not_travel_in_the_clear(
    guest: Traveller, issuer: Issuer, name: str, url: Any
) -> None:
    # given a document that names an unsafe address
    issuer.slim = True
    issuer.spoil["openid-configuration"] = {name: url}

    # when somebody comes back
    query = guest.travel(issuer)

    # then it is not asked; without userinfo there is no address
    expected = "email_missing" if (name, url) == ("userinfo_endpoint", None) else "provider_failed"
    assert query == {"error": expected}


def test_what_is_published_is_asked_for_once_an_hour(
    guest: Traveller, issuer: Issuer, acme: flask.Flask, clock: Clock
) -> None:
    # given some sign-ins
    for _ in range(3):
        assert Traveller(acme).travel(issuer) == {}
    asked = [path for path, _ in issuer.asked]

    # then document and keys were fetched once, and once more an hour later
    assert asked.count("/.well-known/openid-configuration") == asked.count("/keys") == 1
    clock.forward(hours=1)
    assert guest.travel(issuer) == {}
    assert [path for path, _ in issuer.asked].count("/keys") == 2


def test_reasons_stand_in_the_log_and_secrets_do_not(
    guest: Traveller, issuer: Issuer, caplog: pytest.LogCaptureFixture
) -> None:
    # given a provider that refuses the code
    answer = issuer.sign_in(guest.leave())
    issuer.grants.clear()

    # when somebody comes back
    assert query_of(guest.come_back(answer)) == {"error": "provider_failed"}

    # then the operator can read why
    assert "acme: " in caplog.text
    assert "invalid_grant" in caplog.text
    for secret in (answer["code"], answer["state"], "secret/of"):
        assert secret not in caplog.text
