"""Linking and unlinking while signed in, and proving presence at a provider."""

from collections.abc import Callable
from typing import Any

import flask
import pytest

from flask_headless_auth import ProviderLinked, ProviderUnlinked
from flask_headless_auth.features.oauth import logic
from tests.oauth.browsers import FRONT, Traveller, identities_of, query_of
from tests.support.apps import Clock, Person
from tests.support.issuer import Issuer, custom


@pytest.fixture
def grace(acme: flask.Flask, kind: str) -> Traveller:
    """Somebody who has signed up with a password, at each kind of client in turn."""
    person = Traveller(acme, kind, "grace@example.com")
    assert person.sign_up().status_code == 201
    return person


def test_an_identity_is_linked_and_signs_in_then(grace: Traveller, issuer: Issuer, acme: flask.Flask) -> None:
    # given somebody who is signed in
    heard: list[Any] = []
    acme.auth.on(ProviderLinked)(lambda one: heard.append((one.user.email, one.provider)))  # type: ignore[attr-defined]

    # when they link an identity, whose address is another one and proves nothing
    issuer.person.update(email="other@example.com", email_verified=False)
    assert grace.link(issuer) == {}

    # then it is listed and told, and signs them in from now on
    (identity,) = grace.get("/identities").json["items"]
    assert (identity["provider"], identity["email"]) == ("acme", "other@example.com")
    assert heard == [("grace@example.com", "acme")]
    later = Traveller(acme)
    assert later.travel(issuer) == {}
    assert later.me().json["user"]["email"] == "grace@example.com"


def test_linking_twice_is_once(grace: Traveller, issuer: Issuer) -> None:
    # given somebody who has linked an identity
    assert grace.link(issuer) == {}

    # when they do it again
    # then there is one
    assert grace.link(issuer) == {}
    assert len(grace.get("/identities").json["items"]) == 1


def test_an_identity_of_another_account_is_not_taken_from_it(
    grace: Traveller, issuer: Issuer, acme: flask.Flask
) -> None:
    # given an identity that has an account
    assert Traveller(acme).travel(issuer) == {}

    # when somebody else wants to link it
    # then it stays where it is
    assert grace.link(issuer) == {"error": "identity_taken"}
    assert grace.get("/identities").json["items"] == []


def test_linking_wants_a_fresh_sign_in_and_a_post(grace: Traveller, clock: Clock) -> None:
    # given somebody who signed in a while ago
    clock.forward(minutes=11)

    # when they want to link or unlink
    answers = [grace.post("/identities/acme"), grace.call("DELETE", "/identities/some")]

    # then they prove presence first; and there is no such thing by GET, which a link could do
    assert {(one.status_code, one.json["code"]) for one in answers} == {(401, "step_up_required")}
    assert grace.get("/identities/acme").status_code == 405


def test_another_browser_cannot_finish_a_link(grace: Traveller, issuer: Issuer, acme: flask.Flask) -> None:
    # given an attacker who begins to link, and hands the way back to a victim
    answer = issuer.sign_in(grace.post("/identities/acme").json["authorization_url"])
    victim = Traveller(acme)
    victim.leave()

    # when the victim opens it
    refused = victim.come_back(answer)

    # then the victim's identity is not in the attacker's account
    assert (refused.status_code, refused.json["code"]) == (400, "oauth_state_invalid")
    assert identities_of(acme) == []


@pytest.mark.parametrize("end", ["signed out", "revoked", "suspended"])
def test_the_session_that_wanted_it_must_still_stand(
    grace: Traveller, issuer: Issuer, acme: flask.Flask, end: str
) -> None:
    # given somebody who is on the way to link
    answer = issuer.sign_in(grace.post("/identities/acme").json["authorization_url"])

    # when their session is over before they come back
    if end == "signed out":
        assert grace.sign_out().status_code == 200
    else:
        with acme.app_context():
            db = acme.extensions["sqlalchemy"]
            (user,) = db.session.query(acme.auth.user_model).all()  # type: ignore[attr-defined]
            if end == "revoked":
                acme.auth.sign_out_everywhere(user)  # type: ignore[attr-defined]
            else:
                user.is_active = False
                db.session.commit()

    # then nothing is linked
    assert query_of(grace.come_back(answer)) == {"error": "session_ended"}
    assert identities_of(acme) == []


def test_unlinking_tells_and_shuts_the_way(grace: Traveller, issuer: Issuer, acme: flask.Flask) -> None:
    # given somebody who has linked an identity
    assert grace.link(issuer) == {}
    (identity,) = grace.get("/identities").json["items"]
    heard: list[Any] = []
    acme.auth.on(ProviderUnlinked)(lambda one: heard.append((one.provider, one.label)))  # type: ignore[attr-defined]

    # when they unlink it
    assert grace.call("DELETE", f"/identities/{identity['id']}").status_code == 200

    # then it is gone, and does not sign them in any more
    assert grace.get("/identities").json["items"] == []
    assert heard == [("acme", "Acme")]
    issuer.person.update(email="grace@example.com", email_verified=False)
    assert Traveller(acme).travel(issuer) == {"error": "account_not_linked"}
    assert grace.call("DELETE", f"/identities/{identity['id']}").status_code == 404


def test_the_last_way_in_cannot_go(guest: Traveller, issuer: Issuer, acme: flask.Flask) -> None:
    # given somebody who has a provider and no password
    assert guest.travel(issuer) == {}
    (identity,) = guest.get("/identities").json["items"]

    # when they unlink it
    answer = guest.call("DELETE", f"/identities/{identity['id']}")

    # then it stays
    assert (answer.status_code, answer.json["code"]) == (409, "last_login_method")
    assert identities_of(acme) == [identity["id"]]
    # and once there is a second one, or a password, it may go
    issuer.person["sub"] = "my other self"
    assert guest.link(issuer) == {}
    assert guest.call("DELETE", f"/identities/{identity['id']}").status_code == 200
    (rest,) = guest.get("/identities").json["items"]
    assert guest.call("DELETE", f"/identities/{rest['id']}").status_code == 409
    assert guest.post("/password/update", {"new_password": guest.password}).status_code == 200
    assert guest.call("DELETE", f"/identities/{rest['id']}").status_code == 200


def test_an_identity_at_a_provider_that_is_off_is_no_way_in(
    build: Callable[..., flask.Flask], issuer: Issuer, clock: Clock
) -> None:
    # given somebody with identities at two providers
    entry = custom(issuer)["AUTHSVC_OAUTH_PROVIDERS"]["acme"]
    app = build(AUTHSVC_OAUTH_PROVIDERS={"acme": entry, "other": entry}, FRONTEND_URL=FRONT)
    ada = Traveller(app)
    assert ada.travel(issuer) == {}
    assert ada.link(issuer, "other") == {}
    kept = {one["provider"]: one["id"] for one in ada.get("/identities").json["items"]}

    # when one of them is switched off, and they unlink the other, and then that one
    only_acme = build(AUTHSVC_OAUTH_PROVIDERS={"acme": entry}, FRONTEND_URL=FRONT)
    later = Traveller(only_acme)
    assert later.travel(issuer) == {}
    refused = later.call("DELETE", f"/identities/{kept['acme']}")
    allowed = later.call("DELETE", f"/identities/{kept['other']}")

    # then only the one that signs nobody in goes
    assert (refused.status_code, refused.json["code"]) == (409, "last_login_method")
    assert allowed.status_code == 200


def test_identities_of_others_are_not_there(
    grace: Traveller, guest: Traveller, issuer: Issuer, acme: flask.Flask
) -> None:
    # given somebody else's identity
    assert guest.travel(issuer) == {}
    (theirs,) = identities_of(acme)

    # when it is asked for by its id
    answer = grace.call("DELETE", f"/identities/{theirs}")

    # then there is none
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert grace.get("/identities").json == {"items": [], "next_cursor": None}
    assert identities_of(acme) == [theirs]


def prove(person: Traveller, issuer: Issuer, **sign_in: str) -> dict[str, str]:
    """Go to the provider to prove presence; answers the query of the front end."""
    begun = person.post("/reauthenticate/options", {"method": "provider", "provider": "acme"})
    assert begun.status_code == 200, begun.get_data(as_text=True)
    return query_of(person.come_back(issuer.sign_in(begun.json["authorization_url"], **sign_in)))


def test_presence_is_proved_at_a_provider(grace: Traveller, issuer: Issuer, clock: Clock) -> None:
    # given somebody whose sign-in is old, with an identity
    assert grace.link(issuer) == {}
    clock.forward(minutes=11)
    refused = grace.post("/identities/acme")
    assert "provider" in refused.json["methods"]

    # when they go to the provider, sign in there anew, and send what they come back with
    code = prove(grace, issuer)["code"]
    answer = grace._keep(grace.post("/reauthenticate", {"method": "provider", "code": code}))

    # then their sign-in is fresh, in the same session
    assert answer.status_code == 200
    assert grace.post("/identities/acme").status_code == 200
    assert "provider" in grace.get("/check-auth").json["session"]["methods"]
    # and the code is used up
    again = grace.post("/reauthenticate", {"method": "provider", "code": code})
    assert (again.status_code, again.json["code"]) == (401, "invalid_credentials")


def test_another_persons_identity_proves_nothing(grace: Traveller, issuer: Issuer, acme: flask.Flask) -> None:
    # given somebody at a device where they should not be, who has an account and an identity of their own
    assert grace.link(issuer) == {}
    issuer.person.update(sub="mallory", email="mallory@example.com")
    mallory = Traveller(acme)
    assert mallory.travel(issuer) == {}

    # when they prove presence for grace with it: by going there, or with a code of their own session
    by_going = prove(grace, issuer)
    theirs = prove(mallory, issuer)["code"]
    by_code = grace.post("/reauthenticate", {"method": "provider", "code": theirs})

    # then neither is taken
    assert by_going == {"error": "invalid_credentials"}
    assert (by_code.status_code, by_code.json["code"]) == (401, "invalid_credentials")


def test_a_code_of_presence_belongs_to_its_session(
    grace: Traveller, issuer: Issuer, acme: flask.Flask
) -> None:
    # given somebody with two devices, and a code of one of them
    assert grace.link(issuer) == {}
    other = Person(acme, grace.kind, grace.email)
    assert other.sign_in().status_code == 200
    code = prove(grace, issuer)["code"]

    # when it is sent from the other one, and exchanged for a sign-in
    elsewhere = other.post("/reauthenticate", {"method": "provider", "code": code})
    exchanged = grace.exchange(code)

    # then it is good for neither
    assert (elsewhere.status_code, exchanged.status_code) == (401, 400)


def test_an_old_sign_in_at_the_provider_proves_nothing(
    grace: Traveller, issuer: Issuer, clock: Clock
) -> None:
    # given a provider that does not ask for a new sign-in, or does not say when the last one was
    assert grace.link(issuer) == {}
    for spoiled in ({"auth_time": 1_700_000_000}, {"auth_time": None}):
        issuer.spoil["id_token"] = spoiled

        # when somebody proves presence there
        # then that is no proof
        assert prove(grace, issuer) == {"error": "provider_failed"}


@pytest.mark.parametrize("provider", ["google", "", "x" * 32])
def test_presence_is_proved_only_where_there_is_an_identity(
    grace: Traveller, issuer: Issuer, provider: str
) -> None:
    # given somebody with one identity, and before that with none
    without = grace.post("/reauthenticate/options", {"method": "provider", "provider": "acme"})
    assert (without.status_code, without.json["errors"].keys()) == (422, {"method"})
    assert grace.link(issuer) == {}

    # when they name another provider
    answer = grace.post("/reauthenticate/options", {"method": "provider", "provider": provider})

    # then that is no way
    assert (answer.status_code, answer.json["errors"].keys()) == (422, {"provider"})


def test_identities_go_with_their_user_and_are_part_of_what_is_known(
    guest: Traveller, issuer: Issuer, acme: flask.Flask
) -> None:
    # given somebody with an identity
    assert guest.travel(issuer) == {}
    with acme.test_request_context():
        db = acme.extensions["sqlalchemy"]
        (user,) = db.session.query(acme.auth.user_model).all()  # type: ignore[attr-defined]

        # when it is exported, and then erased
        exported = logic.export_user(user)["identities"]
        gone = logic.forget_user(user)
        db.session.commit()

    # then it is there in words, and gone without a rest
    assert exported[0]["subject"] == "248289761001"
    assert "tokens" not in exported[0]
    assert gone == {"identities": 1}
    assert identities_of(acme) == []
