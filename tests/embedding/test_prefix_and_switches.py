"""The prefix and the switches: what is elsewhere, and what is nowhere."""

from typing import Any

import pytest
from openapi_spec_validator import validate

from flask_headless_auth import ConfigurationError
from tests.support.apps import Person, make_app


def test_the_prefix_moves_everything(database_url: str, kind: str) -> None:
    # given a host that wants the API elsewhere
    app = make_app(database_url, AUTHSVC_URL_PREFIX="/api/v2/identity")
    ada = Person(app, kind, "ada@example.com")

    # when somebody signs up, refreshes, is refused, and reads the contract
    base = "/api/v2/identity"
    signed_up = ada._keep(ada.post(f"{base}/signup", {"email": ada.email, "password": ada.password}))
    path, token = f"{base}/token/refresh", ada.refresh_token if kind == "bearer" else None
    refreshed = ada._keep(ada.post(path, token=token))
    refused = ada.post(f"{base}/login", {"email": 7, "password": "x"})
    spec = ada.get(f"{base}/openapi.json").json
    docs = ada.get(f"{base}/docs")

    # then all of it is below the new prefix, and nothing below the old one
    assert (signed_up.status_code, refreshed.status_code) == (201, 200), refreshed.text
    assert refused.json["type"] == f"{base}/errors/validation_failed"
    assert ada.get(refused.json["type"]).status_code == 200
    assert all(one.startswith(f"{base}/") for one in spec["paths"])
    assert f"{base}/openapi.json" in docs.text
    assert "/api/auth" not in docs.text
    validate(spec)
    old = ada.get("/api/auth/user/@me")
    assert (old.status_code, old.mimetype) == (404, "text/html")
    if kind == "cookie":
        cookies = [one for one in signed_up.headers.getlist("Set-Cookie") if one.startswith("refresh_token")]
        assert f"Path={base}" in cookies[0]


@pytest.mark.parametrize("prefix", ["api/auth", "/api/auth/", "/", ""])
def test_a_prefix_that_cannot_be_stops_the_start(database_url: str, prefix: str) -> None:
    # given a prefix without a slash in front, with one at the end, or none
    # when the application starts
    with pytest.raises(ConfigurationError) as refused:
        make_app(database_url, AUTHSVC_URL_PREFIX=prefix)

    # then the message names the setting
    assert "AUTHSVC_URL_PREFIX" in str(refused.value)


def test_two_applications_with_two_prefixes_stay_apart(tmp_path: Any) -> None:
    # given two applications with different prefixes
    first = make_app(f"sqlite:///{tmp_path}/first.db", AUTHSVC_URL_PREFIX="/one")
    second = make_app(f"sqlite:///{tmp_path}/second.db", AUTHSVC_URL_PREFIX="/two")

    # when their specs are asked for
    specs = [
        app.test_client().get(f"{prefix}/openapi.json").json
        for app, prefix in ((first, "/one"), (second, "/two"))
    ]

    # then each is below its own
    assert all(path.startswith("/one/") for path in specs[0]["paths"])
    assert all(path.startswith("/two/") for path in specs[1]["paths"])
    assert second.test_client().get("/one/config").status_code == 404


@pytest.mark.parametrize("value", [False, "false", "0"])
def test_docs_switched_off_are_not_found_while_the_contract_stays(database_url: str, value: Any) -> None:
    # given a host that wants no Swagger UI
    app = make_app(database_url, AUTHSVC_ENABLE_DOCS=value)
    visitor = app.test_client()

    # when the page, its files and the spec are asked for
    answers = [visitor.get(f"/api/auth/{path}") for path in ("docs", "docs/swagger-ui.css", "openapi.json")]

    # then only the spec is there
    assert [answer.status_code for answer in answers] == [404, 404, 200]
    assert [answer.json["code"] for answer in answers[:2]] == ["not_found"] * 2


@pytest.mark.parametrize("value", [False, "false", "0"])
def test_sign_up_switched_off_is_nowhere(database_url: str, kind: str, value: Any) -> None:
    # given a host whose accounts are made by somebody else
    app = make_app(database_url, AUTHSVC_ENABLE_SIGNUP=value)

    # when somebody tries, and the contract and the configuration are read
    visitor = Person(app, kind)
    answer = visitor.sign_up()
    spec = visitor.get("/openapi.json").json
    config = visitor.get("/config").json

    # then it is not found anywhere, and the rest is as it was
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert "/api/auth/signup" not in spec["paths"]
    assert "signup" not in [tag["name"] for tag in spec["tags"]]
    assert "signup" not in config["features"]
    assert "sign_up" not in config
    assert "/api/auth/login" in spec["paths"]
    validate(spec)


def test_a_switch_that_no_feature_has_is_told_with_a_hint(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    # given a host that mistypes a switch
    make_app(database_url, AUTHSVC_ENABLE_SINGUP=False)

    # when the log is read

    # then it says so, with the name that is meant
    assert "AUTHSVC_ENABLE_SINGUP is not a setting of this version." in caplog.text
    assert "Did you mean AUTHSVC_ENABLE_SIGNUP?" in caplog.text
