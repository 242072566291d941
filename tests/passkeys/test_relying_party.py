"""Which site passkeys belong to: the configuration says it, and never the request."""

from collections.abc import Callable
from typing import Any

import flask
import pytest

from flask_headless_auth.features.passkeys.party import RelyingParty, is_known, relying_party
from tests.passkeys.people import add, refused, sign_in, to_add, to_sign_in
from tests.support.apps import Person
from tests.support.authenticator import Authenticator

SITES: dict[str, tuple[dict[str, Any], str, list[str]]] = {
    "this server alone": (
        {"AUTHSVC_PUBLIC_URL": "https://Example.com"}, "example.com", ["https://example.com"],
    ),
    "a front end above it": (
        {"AUTHSVC_PUBLIC_URL": "https://api.example.com", "FRONTEND_URL": "https://example.com"},
        "example.com", ["https://api.example.com", "https://example.com"],
    ),
    "a front end beside it": (
        {"AUTHSVC_PUBLIC_URL": "https://api.example.com", "FRONTEND_URL": "https://app.example.com"},
        "app.example.com", ["https://app.example.com"],
    ),
    "front ends, some of other sites": (
        {
            "AUTHSVC_PUBLIC_URL": "https://example.com",
            "AUTHSVC_CORS_ORIGINS": [
                "https://app.example.com", "https://notexample.com", "https://example.com.evil.example",
                "http://localhost:3000", "https://shop.example.com:8443",
            ],
        },
        "example.com",
        ["https://app.example.com", "https://example.com", "https://shop.example.com:8443"],
    ),
    "a domain of its own": (
        {"AUTHSVC_PUBLIC_URL": "https://auth.example.com", "AUTHSVC_PASSKEYS_RP_ID": "example.com"},
        "example.com", ["https://auth.example.com"],
    ),
    "origins of its own": (
        {
            "AUTHSVC_PUBLIC_URL": "https://example.com",
            "AUTHSVC_PASSKEYS_ORIGINS": ["https://example.com", "android:apk-key-hash:abc"],
        },
        "example.com", ["https://example.com", "android:apk-key-hash:abc"],
    ),
    "a front end and no address of this server": (
        {"AUTHSVC_PUBLIC_URL": None, "FRONTEND_URL": "https://example.com"},
        "example.com", ["https://example.com"],
    ),
    "development keys": (
        {"SECRET_KEY": "dev", "AUTHSVC_PUBLIC_URL": None},
        "localhost", ["http://localhost", "http://localhost:3000", "http://localhost:5173"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("site", SITES.values(), ids=SITES)
def test_the_site_follows_from_the_settings(
    build: Callable[..., flask.Flask], site: tuple[dict[str, Any], str, list[str]]
) -> None:
    # given an application
    config, domain, origins = site
    app = build(**config)

    # when a request comes, whatever it says of itself
    with app.test_request_context(headers={"Host": "localhost", "Origin": "https://evil.example"}):
        party = relying_party()

    # then the relying party is the one of the settings
    assert party == RelyingParty(domain, domain, tuple(origins))


def test_the_host_of_a_request_is_nobodys_site(ada: Person, device: Authenticator) -> None:
    # given requests that come under other names
    poisoned = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Origin": "http://localhost"}

    # when options are asked for
    asked = ada.post("/passkeys/login/options", headers=poisoned).json["options"]

    # then they are for the site of the settings, and answers from elsewhere do not hold
    assert asked["rpId"] == "localhost"
    device.residents[0].rp_id = "evil.example"
    device.origin = "http://evil.example"
    answer = device.get({**asked, "rpId": "evil.example"})
    assert refused(ada.post("/passkeys/login", {"credential": answer}, headers=poisoned))


def test_people_see_the_name_of_the_product(build: Callable[..., flask.Flask]) -> None:
    # given an application with a name
    ada = Person(build(AUTHSVC_APP_NAME="Analytical Engine"))
    ada.sign_up()

    # then it is the site's
    assert to_add(ada)["rp"] == {"id": "localhost", "name": "Analytical Engine"}


def test_a_server_that_nobody_named_says_so(build: Callable[..., flask.Flask]) -> None:
    # given an application that knows no address, and somebody signed in
    app = build(AUTHSVC_PUBLIC_URL=None)
    ada = Person(app)
    ada.sign_up()

    # when passkeys are asked for
    paths = ("/passkeys/login/options", "/passkeys/register/options")
    answers = [ada.post(path) for path in paths]
    answers.append(ada.post("/passkeys/signup/options", {"email": "new@example.com"}))

    # then it is the operator's turn, and no way to show presence is offered
    assert {(one.status_code, one.json["code"]) for one in answers} == {(503, "public_url_missing")}
    assert ada.post("/reauthenticate/options", {"method": "passkey"}).status_code == 422
    with app.test_request_context():
        assert not is_known()


@pytest.mark.parametrize("front", ["http://localhost:3000", "http://localhost:5173"])
def test_passkeys_work_on_a_developers_machine_without_configuration(
    build: Callable[..., flask.Flask], front: str
) -> None:
    # given an application under development keys, and a front end at its usual port
    ada = Person(build(SECRET_KEY="dev", AUTHSVC_PUBLIC_URL=None))
    ada.sign_up()

    # when somebody adds a passkey there
    device = Authenticator(origin=front)
    add(ada, device)

    # then it signs them in, on this server's own pages too
    assert sign_in(ada, device).status_code == 200
    device.origin = "http://localhost"
    assert sign_in(ada, device).status_code == 200
    assert to_sign_in(ada)["rpId"] == "localhost"
