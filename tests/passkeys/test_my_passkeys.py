"""The list of my passkeys: names, how many, who sees it, and the last way in (R24, R26, R63)."""

from collections.abc import Callable
from typing import Any

import flask
import pytest

from flask_headless_auth import PasskeyAdded, PasskeyRemoved, SessionRevoked
from flask_headless_auth.feature import Feature
from flask_headless_auth.features import catalog
from tests.passkeys.people import add, refused, rows, sign_in, to_add
from tests.sessions.at_the_wire import update_user
from tests.support.apps import Clock, Person, make_app, uuid_user
from tests.support.authenticator import Authenticator

MEMBERS = {"id", "name", "maker", "created_at", "last_used_at", "is_backed_up", "verifies_user"}


def test_the_list_says_what_people_know_their_passkeys_by(clock: Clock, ada: Person) -> None:
    # given somebody who adds three passkeys, one of a keeper that says who it is
    google = Authenticator(aaguid=bytes.fromhex("ea9b8d664d011d213ce4b6b48cb575d4"))
    for device, fields in ((google, {}), (Authenticator(), {}), (Authenticator(), {"name": "Grey key"})):
        add(ada, device, **fields)
        clock.forward(seconds=1)

    # when they look at the list
    answer = ada.get("/passkeys").json

    # then each has a name, oldest first, and no key material
    assert [one["name"] for one in answer["items"]] == ["Google Password Manager", "Passkey", "Grey key"]
    assert [one["maker"] for one in answer["items"]] == ["Google Password Manager", "Passkey", "Passkey"]
    assert answer["next_cursor"] is None
    assert all(set(one) == MEMBERS for one in answer["items"])


def test_a_passkey_gets_another_name(ada: Person, device: Authenticator) -> None:
    # given somebody with a passkey
    (passkey,) = ada.get("/passkeys").json["items"]

    # when they call it otherwise
    answer = ada.call("PATCH", f"/passkeys/{passkey['id']}", json={"name": "Täschchen 🔑"})

    # then that is its name, and nothing else has changed
    assert answer.json == {**passkey, "name": "Täschchen 🔑"}
    assert ada.get("/passkeys").json["items"] == [answer.json]


@pytest.mark.parametrize("name", ["", "x" * 101, "a\x00b", "\ud800", None, 7, ["x"]])
def test_a_name_is_a_short_text(app: flask.Flask, name: Any) -> None:
    # given somebody with a passkey
    ada = Person(app)
    ada.sign_up()
    passkey = add(ada, Authenticator())

    # when they call it something impossible, now or at first
    answers = [
        ada.call("PATCH", f"/passkeys/{passkey['id']}", json={"name": name}),
        ada.post("/passkeys/register", {"credential": Authenticator().create(to_add(ada)), "name": name}),
    ]

    # then the field is named
    assert [(one.status_code, list(one.json["errors"])) for one in answers] == [(422, ["name"])] * 2


def test_nobody_sees_or_touches_the_passkeys_of_others(ada: Person, device: Authenticator) -> None:
    # given somebody with a passkey, and somebody else
    (passkey,) = ada.get("/passkeys").json["items"]
    eve = Person(ada.app, ada.kind, "eve@example.com")
    eve.sign_up()
    path = f"/passkeys/{passkey['id']}"

    # when the other looks, renames and removes
    assert eve.get("/passkeys").json["items"] == []
    answers = [eve.call("PATCH", path, json={"name": "mine"}), eve.call("DELETE", path)]
    answers += [eve.call("PATCH", "/passkeys/x", json={"name": "mine"}), eve.call("DELETE", "/passkeys/x")]

    # then there is nothing, as if it did not exist
    assert {(one.status_code, one.json["code"]) for one in answers} == {(404, "not_found")}
    assert ada.get("/passkeys").json["items"] == [passkey]


def test_a_removed_passkey_opens_nothing(ada: Person, device: Authenticator) -> None:
    # given somebody with a passkey
    (passkey,) = ada.get("/passkeys").json["items"]

    # when they remove it
    assert ada.call("DELETE", f"/passkeys/{passkey['id']}").status_code == 200

    # then it is gone, and opens nothing
    assert ada.get("/passkeys").json["items"] == []
    assert ada.call("DELETE", f"/passkeys/{passkey['id']}").status_code == 404
    assert refused(sign_in(ada, device))


def test_adding_and_removing_end_other_sessions_and_are_told(ada: Person) -> None:
    # given somebody on two devices, and a host that listens
    heard: list[Any] = []
    for event in (PasskeyAdded, PasskeyRemoved, SessionRevoked):
        ada.app.auth.on(event)(heard.append)  # type: ignore[attr-defined]
    other = Person(ada.app, ada.kind, ada.email)

    # when they add a passkey on one of them
    other.sign_in()
    passkey = add(ada, Authenticator(aaguid=bytes.fromhex("bada5566a7aa401fbd9645619a55120d")))

    # then the other is signed out
    assert (ada.me().status_code, other.me().status_code, other.refresh().status_code) == (200, 401, 401)

    # and so it is when they remove it
    other.sign_in()
    assert ada.call("DELETE", f"/passkeys/{passkey['id']}").status_code == 200
    assert (ada.me().status_code, other.me().status_code) == (200, 401)
    assert [type(one) for one in heard] == [PasskeyAdded, SessionRevoked, PasskeyRemoved, SessionRevoked]
    assert {(one.passkey_id, one.maker) for one in heard if not isinstance(one, SessionRevoked)} == {
        (passkey["id"], "1Password")
    }


def test_adding_and_removing_need_a_fresh_sign_in(clock: Clock, ada: Person, device: Authenticator) -> None:
    # given somebody who signed in a while ago, with a passkey that they were about to add
    (passkey,) = ada.get("/passkeys").json["items"]
    answer = {"credential": Authenticator().create(to_add(ada))}
    clock.forward(minutes=4)
    another = {"credential": Authenticator().create(to_add(ada))}
    clock.forward(minutes=7)

    # when they add or remove one
    answers = [
        ada.post("/passkeys/register/options"),
        ada.post("/passkeys/register", answer),
        ada.post("/passkeys/register", another),
        ada.call("DELETE", f"/passkeys/{passkey['id']}"),
    ]

    # then they have to show presence; looking and naming they may
    assert {(one.status_code, one.json["code"]) for one in answers} == {(401, "step_up_required")}
    assert len(rows(ada.app)) == 1
    assert ada.get("/passkeys").status_code == 200
    assert ada.call("PATCH", f"/passkeys/{passkey['id']}", json={"name": "x"}).status_code == 200


def test_an_account_has_only_so_many_passkeys(build: Callable[..., flask.Flask]) -> None:
    # given an application that allows two, and somebody who is about to add a third
    ada = Person(build(AUTHSVC_PASSKEYS_MAX_PER_USER=2), "bearer", "ada@example.com")
    ada.sign_up()
    add(ada, Authenticator())
    third = {"credential": Authenticator().create(to_add(ada))}
    add(ada, Authenticator())

    # when they ask for more, or bring it
    answers = [ada.post("/passkeys/register/options"), ada.post("/passkeys/register", third)]

    # then it is refused by name, and one that is removed makes room
    assert {(one.status_code, one.json["code"]) for one in answers} == {(409, "too_many_passkeys")}
    passkey = ada.get("/passkeys").json["items"][0]
    assert ada.call("DELETE", f"/passkeys/{passkey['id']}").status_code == 200
    add(ada, Authenticator())


def test_the_last_way_to_sign_in_stays(ada: Person, device: Authenticator) -> None:
    # given somebody whose account has no password any more, and two passkeys
    update_user(ada.app, ada.email, password_hash=None)
    second = Authenticator()
    passkeys = [ada.get("/passkeys").json["items"][0], add(ada, second)]

    # when they remove one after the other
    answers = [ada.call("DELETE", f"/passkeys/{one['id']}") for one in passkeys]

    # then the last one stays, and opens
    assert [one.status_code for one in answers] == [200, 409]
    assert answers[1].json["code"] == "last_login_method"
    assert sign_in(ada, second).status_code == 200


def test_a_key_without_a_pin_is_no_way_to_sign_in(ada: Person, device: Authenticator) -> None:
    # given an account without a password, a passkey, and a key that opens nothing alone
    add(ada, Authenticator(verifies=False))
    update_user(ada.app, ada.email, password_hash=None)
    passkey = ada.get("/passkeys").json["items"][0]

    # when the passkey is to be removed
    answer = ada.call("DELETE", f"/passkeys/{passkey['id']}")

    # then it stays
    assert (answer.status_code, answer.json["code"]) == (409, "last_login_method")
    assert len(rows(ada.app)) == 2


@pytest.mark.parametrize("linked", [0, 1])
def test_other_features_keep_ways_in_too(
    monkeypatch: pytest.MonkeyPatch, database_url: str, linked: int
) -> None:
    # given a feature that keeps linked accounts, and somebody without a password
    links = Feature(name="links", ways_in=lambda user: linked)
    monkeypatch.setattr(catalog, "ALL", (*catalog.ALL, links))
    app = make_app(database_url)
    ada = Person(app, "bearer", "ada@example.com")
    ada.sign_up()
    passkey = add(ada, Authenticator())
    update_user(app, ada.email, password_hash=None)

    # when they remove their only passkey
    answer = ada.call("DELETE", f"/passkeys/{passkey['id']}")

    # then they may if an account is linked
    assert answer.status_code == (200 if linked else 409)


def test_users_of_any_key_have_passkeys(build: Callable[..., flask.Flask], kind: str) -> None:
    # given an application whose users have UUIDs
    app = build(user_model=uuid_user())
    ada, device = Person(app, kind, "ada@example.com"), Authenticator()
    ada.sign_up()

    # when somebody adds a passkey, signs in, shows presence and removes it
    passkey = add(ada, device)
    assert sign_in(ada, device).json["user"]["email"] == "ada@example.com"
    options = ada.post("/reauthenticate/options", {"method": "passkey"}).json["options"]
    proof = {"method": "passkey", "credential": device.get(options)}
    assert ada._keep(ada.post("/reauthenticate", proof)).status_code == 200

    # then all of it works
    assert ada.call("DELETE", f"/passkeys/{passkey['id']}").status_code == 200
