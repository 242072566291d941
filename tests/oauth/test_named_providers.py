"""Google, Microsoft, GitHub and Apple, each with its own ways; and one more by one entry of the table."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import flask
import jwt
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from flask_headless_auth.features.oauth.providers import CUSTOM, PERSONAL_TENANT, TABLE
from tests.oauth.browsers import FRONT, Traveller, confirm, identities_of, query_of
from tests.support.apps import API
from tests.support.issuer import (
    AS,
    CLIENT,
    SECRET,
    TENANT,
    Issuer,
    as_apple,
    as_google,
)

Build = Callable[..., flask.Flask]
OTHER_TENANT = "99999999-2222-3333-4444-555555555555"


def at(
    name: str, build: Build, issuer: Issuer, patch: pytest.MonkeyPatch, **more: Any
) -> tuple[flask.Flask, Traveller]:
    """An application with one named provider, and somebody with a browser."""
    app = build(**AS[name](issuer, patch), FRONTEND_URL=FRONT, **more)
    return app, Traveller(app)


def there_and_back(guest: Traveller, issuer: Issuer, name: str, **more: str) -> dict[str, str]:
    """As `travel`, by a form where the provider answers with one."""
    answer = {**issuer.sign_in(guest.leave(name)), **more}
    if name == "apple":
        return query_of(guest.http.post(f"{API}/callback/apple", data=answer))
    return query_of(guest.come_back(answer, name))


@pytest.mark.parametrize("name", AS)
def test_the_published_keys_are_all_that_a_provider_needs(
    name: str, build: Build, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given an application with the keys of one provider
    _app, guest = at(name, build, issuer, monkeypatch)

    # when somebody comes from there, and once more in the same browser
    assert there_and_back(guest, issuer, name) == {}
    first = guest.me().json["user"]
    assert there_and_back(guest, issuer, name) == {}

    # then they have an account, the same each time, and the button is in the configuration
    assert (guest.me().json["user"]["id"], first["provider"]) == (first["id"], name)
    listed = guest.get("/config").json["providers"]
    assert listed == [{"name": name, "label": TABLE[name].label}]


def test_providers_without_credentials_are_not_there(app: flask.Flask, acme: flask.Flask) -> None:
    # given an application without any, and one with another one
    for one in (app, acme):
        # when somebody wants to sign in with Google
        tried = [
            one.test_client().get(f"{API}/login/google"),
            one.test_client().get(f"{API}/callback/google?state=x"),
            one.test_client().post(f"{API}/callback/google", data={"state": "x"}),
            one.test_client().post(f"{API}/login/google/nonce"),
            one.test_client().post(f"{API}/login/google/token", json={"id_token": "x"}),
        ]

        # then there is no such provider, in the document neither
        assert {(answer.status_code, answer.json["code"]) for answer in tried} == {(404, "provider_unknown")}
        document = one.test_client().get(f"{API}/openapi.json").json
        named = document["components"]["schemas"]["ProviderName"].get("enum", [])
        assert named == ([] if one is app else ["acme"])


@pytest.mark.parametrize(
    ("claims", "is_proven"),
    [
        ({"email": "ada@gmail.com", "email_verified": True}, True),
        ({"email": "ada@example.com", "email_verified": True, "hd": "example.com"}, True),
        ({"email": "ada@example.com", "email_verified": True}, False),
        ({"email": "ada@example.com", "email_verified": True, "hd": "evil.example"}, False),
        ({"email": "ada@example.com", "email_verified": False, "hd": "example.com"}, False),
        ({"email": "ada@gmail.com", "email_verified": False}, False),
        ({"email": "ada@gmail.com.evil.example", "email_verified": True}, False),
    ],
)
def test_google_vouches_for_its_mailboxes_and_for_the_domains_that_it_hosts(
    build: Build, issuer: Issuer, monkeypatch: pytest.MonkeyPatch, claims: dict[str, Any], is_proven: bool
) -> None:
    # given a confirmed account, and what Google says of somebody with its address
    app, guest = at("google", build, issuer, monkeypatch)
    confirm(app, claims["email"])
    issuer.person.update(claims)

    # when they come
    query = there_and_back(guest, issuer, "google")

    # then it is theirs exactly where Google is the one to say so
    assert query == ({} if is_proven else {"error": "account_not_linked"})


def test_google_may_leave_the_scheme_out_of_its_name(
    build: Build, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given the entry of the table, and a token with the older spelling
    assert TABLE["google"].also_issuer == ("accounts.google.com",)
    _app, guest = at("google", build, issuer, monkeypatch)
    issuer.spoil["id_token"] = {"iss": "accounts.google.com"}

    # when somebody comes with it
    # then it is Google's
    assert there_and_back(guest, issuer, "google") == {}


@pytest.mark.parametrize(
    ("flag", "is_proven"),
    [(True, True), ("1", True), ("true", True), (False, False), ("0", False), (None, False)],
)
def test_an_address_at_microsoft_proves_nothing_unless_its_domains_owner_does(
    build: Build, issuer: Issuer, monkeypatch: pytest.MonkeyPatch, flag: Any, is_proven: bool
) -> None:
    # given a confirmed account, and an attacker's tenant that writes its address (nOAuth)
    app, guest = at("microsoft", build, issuer, monkeypatch)
    confirm(app, "ada@example.com")
    issuer.person.update(email_verified=True, xms_edov=flag)

    # when somebody comes from there
    query = there_and_back(guest, issuer, "microsoft")

    # then the account opens only by `xms_edov`
    assert query == ({} if is_proven else {"error": "account_not_linked"})


def test_somebody_at_microsoft_is_an_object_of_a_tenant(
    build: Build, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given somebody who signed up
    app, guest = at("microsoft", build, issuer, monkeypatch)
    assert there_and_back(guest, issuer, "microsoft") == {}

    # when the same address and subject come as another object, and as the same object of another tenant
    first = issuer.person
    issuer.person = {**first, "oid": "00000000-0000-0000-0000-000000000001"}
    other_object = there_and_back(Traveller(app), issuer, "microsoft")
    tenant = OTHER_TENANT
    issuer.person = {**first, "tid": tenant}
    issuer.spoil["id_token"] = {"iss": f"{issuer.url}/{tenant}/v2.0"}
    other_tenant = there_and_back(Traveller(app), issuer, "microsoft")

    # then they are other people
    assert other_object == other_tenant == {"error": "account_not_linked"}


@pytest.mark.parametrize(
    ("tenant", "told", "tid", "is_admitted"),
    [
        ("common", TENANT, TENANT, True),
        ("common", TENANT, OTHER_TENANT, False),
        ("common", "not-a-tenant", "not-a-tenant", False),
        ("common", "evil.example/x", TENANT, False),
        (TENANT, TENANT, TENANT, True),
        (TENANT, OTHER_TENANT, OTHER_TENANT, False),
        (
            "organizations",
            PERSONAL_TENANT,
            PERSONAL_TENANT,
            False,
        ),
        ("consumers", PERSONAL_TENANT, PERSONAL_TENANT, True),
    ],
)
def test_tenants_of_microsoft_are_pinned(
    build: Build,
    issuer: Issuer,
    monkeypatch: pytest.MonkeyPatch,
    tenant: str,
    told: str,
    tid: str,
    is_admitted: bool,
) -> None:
    # given an application for some tenants, and a token that tells its issuer and its tenant
    _app, guest = at("microsoft", build, issuer, monkeypatch, MICROSOFT_TENANT=tenant)
    issuing = {"common": "{tenantid}", "organizations": "{tenantid}"}
    issuer.name = f"{issuer.url}/{issuing.get(tenant, told if is_admitted else tenant)}/v2.0"
    issuer.spoil["id_token"] = {"iss": f"{issuer.url}/{told}/v2.0", "tid": tid}

    # when somebody comes with it
    query = there_and_back(guest, issuer, "microsoft")

    # then they are let in exactly where both fit together and to the application
    assert query == ({} if is_admitted else {"error": "provider_failed"})


@pytest.mark.parametrize(
    ("emails", "error"),
    [
        ([{"email": "ada@example.com", "primary": True, "verified": True}], None),
        ([{"email": "ada@example.com", "primary": True, "verified": False}], "account_not_linked"),
        ([{"email": "ada@example.com", "primary": False, "verified": True}], "email_missing"),
        ([], "email_missing"),
        ({"message": "Not Found"}, "provider_failed"),
        ([None], "provider_failed"),
    ],
)
def test_github_proves_the_primary_address_if_it_is_verified(
    build: Build, issuer: Issuer, monkeypatch: pytest.MonkeyPatch, emails: Any, error: str | None
) -> None:
    # given a confirmed account, and what GitHub lists
    app, guest = at("github", build, issuer, monkeypatch)
    confirm(app, "ada@example.com")
    issuer.person["emails"] = emails

    # when somebody comes
    query = there_and_back(guest, issuer, "github")

    # then only that address opens it
    assert query == ({"error": error} if error else {})


@pytest.mark.parametrize("number", ["ada", None, True, {"id": 1}, 1.5])
def test_github_is_known_by_its_number_only(
    build: Build, issuer: Issuer, monkeypatch: pytest.MonkeyPatch, number: Any
) -> None:
    # given an answer in which the number is none
    app, guest = at("github", build, issuer, monkeypatch)
    issuer.person["sub"] = number

    # when somebody comes
    # then nobody is signed in
    assert there_and_back(guest, issuer, "github") == {"error": "provider_failed"}
    assert identities_of(app) == []


def test_apple_is_asked_with_a_secret_that_a_key_signed(
    build: Build, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given an application with Apple's key
    config = as_apple(issuer, monkeypatch)
    guest = Traveller(build(**config, FRONTEND_URL=FRONT))
    query = dict(parse_qsl(urlsplit(guest.leave("apple")).query))
    assert (query["response_mode"], query["scope"]) == ("form_post", "openid email name")

    # when somebody comes, for the first time, with their name beside the answer
    person = json.dumps({"name": {"firstName": "Ada", "lastName": "Lovelace"}, "email": "evil@example.com"})
    assert there_and_back(guest, issuer, "apple", user=person) == {}

    # then the name is kept and that address is not, and the secret was good for Apple and for minutes
    user = guest.me().json["user"]
    assert (user["first_name"], user["last_name"], user["email"]) == ("Ada", "Lovelace", "ada@example.com")
    (form,) = [form for path, form in issuer.asked if path == "/token"]
    public = load_pem_private_key(config["APPLE_PRIVATE_KEY"].encode(), None).public_key()
    claims = jwt.decode(
        form["client_secret"], public, ["ES256"], audience=issuer.url, options={"verify_iat": False}
    )
    assert jwt.get_unverified_header(form["client_secret"])["kid"] == "KEY1234567"
    assert (claims["iss"], claims["sub"]) == ("TEAM123456", CLIENT)
    assert claims["exp"] - claims["iat"] <= 600


@pytest.mark.parametrize("person", ["{", "[]", '{"name": null}', '{"name": "Ada"}', "[" * 4000])
def test_what_stands_beside_apples_answer_is_a_strangers_text(
    build: Build, issuer: Issuer, monkeypatch: pytest.MonkeyPatch, person: str
) -> None:
    # given a browser that posts something else than Apple's page does
    _app, guest = at("apple", build, issuer, monkeypatch)

    # when it comes back
    # then that signs nobody in, and breaks nothing
    assert there_and_back(guest, issuer, "apple", user=person) == {"error": "provider_failed"}


@pytest.mark.parametrize(
    ("flag", "is_proven"), [("true", True), (True, True), ("false", False), (None, False)]
)
def test_apples_flags_may_be_texts(
    build: Build, issuer: Issuer, monkeypatch: pytest.MonkeyPatch, flag: Any, is_proven: bool
) -> None:
    # given a confirmed account
    app, guest = at("apple", build, issuer, monkeypatch)
    confirm(app, "ada@example.com")
    issuer.person["email_verified"] = flag

    # when Apple tells its address
    query = there_and_back(guest, issuer, "apple")

    # then its flag is read, however it is written
    assert query == ({} if is_proven else {"error": "account_not_linked"})


def test_another_named_provider_is_one_entry_of_the_table(
    build: Build, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given an entry that is one line
    entry = replace(CUSTOM, name="gitlab", label="GitLab", issuer=issuer.url, needs=("client_secret",))
    monkeypatch.setitem(TABLE, "gitlab", entry)
    credentials = {"gitlab": {"client_id": CLIENT, "client_secret": SECRET}}

    # when an application has credentials for it, and somebody comes from there
    guest = Traveller(build(AUTHSVC_OAUTH_PROVIDERS=credentials, FRONTEND_URL=FRONT))
    assert guest.travel(issuer, "gitlab") == {}

    # then that is all
    assert guest.me().json["user"]["provider"] == "gitlab"
    assert guest.get("/config").json["providers"] == [{"name": "gitlab", "label": "GitLab"}]


def test_the_real_endpoints_stand_in_the_table() -> None:
    # given the table as it is shipped
    # then it names these
    assert {name: one.issuer for name, one in TABLE.items()} == {
        "google": "https://accounts.google.com",
        "microsoft": "https://login.microsoftonline.com/{tenant}/v2.0",
        "github": None,
        "apple": "https://appleid.apple.com",
    }
    assert TABLE["github"].endpoints["token_endpoint"] == "https://github.com/login/oauth/access_token"


def test_the_same_subject_at_two_providers_is_two_people(
    build: Build, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given two providers that call two people by the same subject
    config = as_google(issuer, monkeypatch)
    entry = {"issuer": issuer.url, "client_id": CLIENT, "client_secret": SECRET}
    app = build(**config, AUTHSVC_OAUTH_PROVIDERS={"acme": entry}, FRONTEND_URL=FRONT)
    ada, bob = Traveller(app), Traveller(app)

    # when both come
    assert there_and_back(ada, issuer, "google") == {}
    issuer.person["email"] = "bob@example.com"
    assert there_and_back(bob, issuer, "acme") == {}

    # then each has an account
    assert ada.me().json["user"]["email"] == "ada@gmail.com"
    assert bob.me().json["user"]["email"] == "bob@example.com"


def test_subjects_differ_by_the_size_of_a_letter(guest: Traveller, issuer: Issuer, acme: flask.Flask) -> None:
    # given an issuer that tells small from capital letters
    issuer.person.update(sub="AbC", email="ada@example.com")
    assert guest.travel(issuer) == {}

    # when somebody comes whose subject is the same but for that
    issuer.person.update(sub="abc", email="bob@example.com")
    bob = Traveller(acme)
    assert bob.travel(issuer) == {}

    # then it is somebody else
    assert bob.me().json["user"]["email"] == "bob@example.com"
