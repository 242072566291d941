"""What an application says about providers is checked when it starts."""

from collections.abc import Callable
from typing import Any

import flask
import pytest

from flask_headless_auth import ConfigurationError
from tests.oauth.browsers import FRONT
from tests.support.apps import API
from tests.support.issuer import CLIENT, SECRET

RIGHT = {"issuer": "https://id.example.com", "client_id": CLIENT, "client_secret": SECRET}
PRODUCTION = {
    "AUTHSVC_ENV": "production",
    "JWT_COOKIE_SECURE": True,
    "AUTHSVC_PUBLIC_URL": "https://auth.example.com",
    "AUTHSVC_ENCRYPTION_KEYS": ["fedcba9876543210" * 4],
}


@pytest.mark.parametrize(
    "entry",
    [
        {**RIGHT, "issuer": "http://id.example.com"},
        {**RIGHT, "issuer": "ftp://id.example.com"},
        {**RIGHT, "issuer": "id.example.com"},
        {**RIGHT, "issuer": "https://user@id.example.com"},
        {**RIGHT, "issuer": ""},
        {**RIGHT, "client_id": None},
        {**RIGHT, "client_id": 7},
        {**RIGHT, "scopes": "openid"},
        {**RIGHT, "email_domains": "example.com"},
        {**RIGHT, "isuer": "https://id.example.com"},
        {"label": "Acme"},
        "https://id.example.com",
        None,
    ],
)
def test_what_is_wrong_with_an_entry_stops_the_start(build: Callable[..., flask.Flask], entry: Any) -> None:
    # given an entry with something wrong
    # when the application starts
    with pytest.raises(ConfigurationError) as stopped:
        build(AUTHSVC_OAUTH_PROVIDERS={"acme": entry})

    # then it says where
    assert "The provider acme: " in str(stopped.value)


@pytest.mark.parametrize("name", ["", "Acme", "a/b", "a b", "x" * 33, "../x", "é"])
def test_names_fit_into_urls_and_rows(build: Callable[..., flask.Flask], name: str) -> None:
    # given a name that does not
    # then it stops the start
    with pytest.raises(ConfigurationError, match="small letters"):
        build(AUTHSVC_OAUTH_PROVIDERS={name: RIGHT})


@pytest.mark.parametrize("providers", ["acme", ["acme"], {7: RIGHT}])
def test_providers_are_a_dictionary(build: Callable[..., flask.Flask], providers: Any) -> None:
    # given something else
    # then it stops the start
    with pytest.raises(ConfigurationError, match="AUTHSVC_OAUTH_PROVIDERS: must be a dictionary"):
        build(AUTHSVC_OAUTH_PROVIDERS=providers)


def test_plain_http_is_for_this_machine_and_not_for_production(build: Callable[..., flask.Flask]) -> None:
    # given an issuer on this machine
    local = {"acme": {**RIGHT, "issuer": "http://localhost:4000"}}

    # then it may be so while developing, and not in production
    build(AUTHSVC_OAUTH_PROVIDERS=local)
    with pytest.raises(ConfigurationError, match="plain http"):
        build(AUTHSVC_OAUTH_PROVIDERS=local, RATELIMIT_ENABLED=True, **PRODUCTION)


@pytest.mark.parametrize(
    "config",
    [
        {"GOOGLE_CLIENT_ID": CLIENT},
        {"GOOGLE_CLIENT_SECRET": SECRET},
        {"MICROSOFT_CLIENT_ID": CLIENT, "MICROSOFT_CLIENT_SECRET": ""},
        {"APPLE_CLIENT_ID": CLIENT, "APPLE_TEAM_ID": "TEAM"},
        {"MICROSOFT_CLIENT_ID": CLIENT, "MICROSOFT_CLIENT_SECRET": SECRET, "MICROSOFT_TENANT": "contoso.com"},
    ],
)
def test_half_a_registration_stops_the_start(
    build: Callable[..., flask.Flask], config: dict[str, str]
) -> None:
    # given an ID without a secret, or the other way round
    # then it stops the start
    with pytest.raises(ConfigurationError, match="The provider "):
        build(**config)


def test_absent_environment_variables_switch_providers_off(build: Callable[..., flask.Flask]) -> None:
    # given the configuration of the README in an environment that has none of it
    app = build(
        AUTHSVC_ENABLE_OAUTH=True,
        GOOGLE_CLIENT_ID=None,
        GOOGLE_CLIENT_SECRET=None,
        MICROSOFT_CLIENT_ID="",
        MICROSOFT_CLIENT_SECRET="",
    )

    # then the application starts without providers
    assert app.test_client().get(f"{API}/config").json["providers"] == []


def test_the_published_configuration_works_by_its_keys(build: Callable[..., flask.Flask]) -> None:
    # given the OAuth part of the README
    app = build(
        AUTHSVC_ENABLE_OAUTH=True,
        GOOGLE_CLIENT_ID=CLIENT,
        GOOGLE_CLIENT_SECRET=SECRET,
        MICROSOFT_CLIENT_ID=CLIENT,
        MICROSOFT_CLIENT_SECRET=SECRET,
        POST_LOGIN_REDIRECT_URL=f"{FRONT}/dashboard",
    )

    # then both have buttons, in the order of the table, and names in the document
    listed = app.test_client().get(f"{API}/config").json["providers"]
    assert [one["label"] for one in listed] == ["Google", "Microsoft"]
    document = app.test_client().get(f"{API}/openapi.json").json
    assert document["components"]["schemas"]["ProviderName"]["enum"] == ["google", "microsoft"]


def test_the_feature_can_be_switched_off(build: Callable[..., flask.Flask]) -> None:
    # given an application that wants no providers at all
    app = build(AUTHSVC_ENABLE_OAUTH=False, GOOGLE_CLIENT_ID=CLIENT, GOOGLE_CLIENT_SECRET=SECRET)

    # then there is nothing of them
    client = app.test_client()
    assert client.get(f"{API}/login/google").status_code in (404, 405)
    assert client.get(f"{API}/identities").status_code == 404
    assert client.get(f"{API}/config").json["providers"] == []


def test_no_secret_is_in_what_the_application_tells(build: Callable[..., flask.Flask]) -> None:
    # given an application with a provider
    app = build(AUTHSVC_OAUTH_PROVIDERS={"acme": RIGHT})

    # when its public pages and its settings are read
    told = [
        app.test_client().get(f"{API}/{path}").get_data(as_text=True) for path in ("config", "openapi.json")
    ]
    told.append(app.test_cli_runner().invoke(args=["auth", "settings"]).output)

    # then the secret is in none
    assert not any(SECRET in one for one in told)
    assert "AUTHSVC_OAUTH_PROVIDERS" in told[-1]
