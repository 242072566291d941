"""A device that its owner trusts is not asked for the second factor, and that is all that it may."""

from collections.abc import Callable

import flask
import pytest

from tests.mfa.people import App, answer, at_the_door, challenge_of, set_up
from tests.support.apps import Clock, Person


class Device(Person):
    """A client that keeps the trust it was given."""

    trust: str | None = None

    def sign_in_here(self) -> str:
        """Sign in with the password; answers the status of the answer."""
        self.access = None
        headers = {"X-Trusted-Device": self.trust} if self.trust else {}
        body = {"email": self.email, "password": self.password}
        return str(self._keep(self.post("/login", body, headers=headers)).json["status"])


@pytest.fixture
def laptop(ada: Person, phone: App, app: flask.Flask) -> Device:
    """A device on which Ada has signed in with the second factor and asked not to be asked again."""
    device = Device(app, ada.kind, ada.email)
    signed_in = answer(device, challenge_of(device), "totp", code=phone.code(), remember_device=True)
    assert signed_in.json["status"] == "signed_in"
    device.trust = signed_in.json.get("trusted_device")
    assert bool(device.trust) == (ada.kind == "bearer")
    return device


def test_a_trusted_device_is_not_asked_again(laptop: Device, ada: Person, app: flask.Flask) -> None:
    # given a trusted device and another one
    other = Device(app, ada.kind, ada.email)

    # when somebody signs in on both
    # then only the other one is asked, and no token claims a second factor
    assert laptop.sign_in_here() == "signed_in"
    assert other.sign_in_here() == "challenge"
    assert laptop.get("/check-auth").json["session"]["methods"] == ["pwd"]


def test_the_cookie_is_out_of_reach_of_scripts_and_bound_to_the_host(
    build: Callable[..., flask.Flask], clock: Clock
) -> None:
    # given a server behind https
    app = build(JWT_COOKIE_SECURE=True)
    ada = Person(app, "bearer", "ada@example.com")
    ada.sign_up()
    phone, _ = set_up(ada, clock)
    browser = Person(app, "cookie", ada.email)
    challenge = browser.post("/login", {"email": ada.email, "password": ada.password}).json["challenge"]

    # when a browser is trusted
    given = {"challenge": challenge, "method": "totp", "code": phone.code(1), "remember_device": True}
    signed_in = browser.post("/mfa/verify", given)

    # then the cookie lives thirty days, and the body says nothing of it
    [cookie] = [one for one in signed_in.headers.getlist("Set-Cookie") if "trusted_device" in one]
    assert cookie.startswith("__Host-trusted_device=")
    for attribute in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=2592000"):
        assert attribute in cookie.split("; ")
    assert "trusted_device" not in signed_in.json


def test_trust_is_never_a_second_factor(laptop: Device, app: flask.Flask) -> None:
    # given somebody signed in on a trusted device without the second factor
    assert laptop.sign_in_here() == "signed_in"

    # when they ask for what needs one
    refused = [laptop.post("/mfa/disable"), laptop.post("/mfa/recovery-codes")]

    # then they are asked for one that is
    assert [one.json["code"] for one in refused] == ["step_up_required"] * 2
    assert refused[0].json["methods"] == ["totp", "recovery_code"]


@pytest.mark.parametrize("days", [29, 31])
def test_trust_ends_after_thirty_days(laptop: Device, clock: Clock, days: int) -> None:
    # given a device that is trusted for a while
    clock.forward(days=days)

    # when somebody signs in on it
    status = laptop.sign_in_here()

    # then it is trusted for thirty days
    assert status == ("signed_in" if days < 30 else "challenge")


def test_trust_ends_with_the_password(laptop: Device) -> None:
    # given somebody who changes the password on the trusted device itself
    laptop.sign_in_here()
    new = "a quite different pass phrase"
    changed = laptop.post("/password/update", {"current_password": laptop.password, "new_password": new})
    assert changed.status_code == 200
    laptop.password = new

    # when they sign in on it
    # then they are asked
    assert laptop.sign_in_here() == "challenge"


def test_trust_ends_with_a_password_that_the_host_wrote(
    laptop: Device, app: flask.Flask, ada: Person
) -> None:
    # given a host that writes the column itself
    laptop.sign_in_here()
    with app.app_context():
        bob = Person(app, "bearer", "bob@example.com")
        bob.password = "what somebody else has chosen"
        bob.sign_up()
    auth = app.auth  # type: ignore[attr-defined]
    with app.app_context():
        session = app.extensions["sqlalchemy"].session
        owner, stranger = session.get(auth.user_model, 1), session.get(auth.user_model, 2)
        owner.password_hash = stranger.password_hash
        session.commit()

    # when they sign in with it
    laptop.password = bob.password

    # then they are asked, and the list is empty
    assert laptop.sign_in_here() == "challenge"


def test_trust_ends_with_the_factor(
    laptop: Device, phone: App, app: flask.Flask, clock: Clock, ada: Person
) -> None:
    # given somebody who switches the second factor off and sets a new one up
    clock.forward(seconds=30)
    answer(laptop, challenge_of(at_the_door(app, ada.kind, ada)), "totp", code=phone.code())
    assert laptop.post("/mfa/disable").status_code == 200
    clock.forward(seconds=30)
    set_up(laptop, clock)

    # when they sign in on the device
    # then they are asked
    assert laptop.sign_in_here() == "challenge"


def test_the_owner_sees_the_devices_and_takes_the_trust_back(laptop: Device, ada: Person) -> None:
    # given a trusted device
    laptop.sign_in_here()
    headers = {"X-Trusted-Device": laptop.trust} if laptop.trust else {}
    [device] = laptop.get("/trusted-devices", headers=headers).json["items"]
    assert device["is_current"] is True

    # when its owner takes the trust back, twice
    gone = laptop.call("DELETE", f"/trusted-devices/{device['id']}")
    again = laptop.call("DELETE", f"/trusted-devices/{device['id']}")

    # then it is asked from then on
    assert (gone.status_code, again.status_code) == (200, 404)
    assert laptop.get("/trusted-devices").json["items"] == []
    assert laptop.sign_in_here() == "challenge"


def test_nobody_takes_back_what_somebody_else_trusts(laptop: Device, app: flask.Flask, ada: Person) -> None:
    # given somebody else
    laptop.sign_in_here()
    [device] = laptop.get("/trusted-devices").json["items"]
    bob = Person(app, ada.kind, "bob@example.com")
    bob.sign_up()

    # when they name the device
    refused = bob.call("DELETE", f"/trusted-devices/{device['id']}")

    # then there is none for them
    assert refused.status_code == 404
    assert laptop.sign_in_here() == "signed_in"


def test_trust_of_one_account_is_none_for_another(
    laptop: Device, app: flask.Flask, clock: Clock, ada: Person
) -> None:
    # given two people with second factors, one of whom trusts the device
    bob = Device(app, "bearer", "bob@example.com")
    bob.sign_up()
    set_up(bob, clock)
    secret = laptop.trust
    if secret is None:
        cookie = laptop.http.get_cookie("trusted_device")
        assert cookie is not None
        secret = cookie.value

    # when the other one signs in with its secret
    bob.trust = secret

    # then they are asked
    assert bob.sign_in_here() == "challenge"


def test_where_devices_are_never_trusted_nothing_is_kept(
    build: Callable[..., flask.Flask], clock: Clock, kind: str
) -> None:
    # given an application that trusts no device
    app = build(AUTHSVC_TRUSTED_DEVICES_LIFETIME=0)
    ada = Device(app, kind, "ada@example.com")
    ada.sign_up()
    phone, _ = set_up(ada, clock)

    # when somebody asks for it
    signed_in = answer(ada, challenge_of(ada), "totp", code=phone.code(1), remember_device=True)

    # then they are signed in and no more
    assert signed_in.json["status"] == "signed_in"
    assert "trusted_device" not in signed_in.json
    assert ada.get("/trusted-devices").json["items"] == []


def test_strangers_lock_nobody_out_of_a_trusted_device(
    build: Callable[..., flask.Flask], clock: Clock
) -> None:
    # given a trusted device, and a stranger who has used up the tries of the account
    app = build(RATELIMIT_ENABLED=True)
    ada = Device(app, "bearer", "ada@example.com")
    ada.sign_up()
    phone, _ = set_up(ada, clock)
    given = {"code": phone.code(1), "remember_device": True}
    ada.trust = answer(ada, challenge_of(ada), "totp", **given).json["trusted_device"]
    stranger = Person(app, "bearer", ada.email)
    stranger.password = "a guess at the pass phrase"
    assert [stranger.sign_in().status_code for _ in range(11)][-1] == 429

    # when the owner signs in on it, and then somebody guesses on it
    status = ada.sign_in_here()
    ada.password = "a guess at the pass phrase"
    headers = {"X-Trusted-Device": ada.trust}
    guesses = [
        ada.post("/login", {"email": ada.email, "password": ada.password}, headers=headers).status_code
        for _ in range(11)
    ]

    # then the owner gets in, and the device has tries of its own
    assert status == "signed_in"
    assert guesses == [401] * 10 + [429]


def test_at_most_twenty_devices_are_trusted(app: flask.Flask, ada: Person, phone: App, clock: Clock) -> None:
    # given somebody with an app
    # when they trust more devices than twenty
    for _ in range(22):
        device = at_the_door(app, ada.kind, ada)
        answer(device, challenge_of(device), "totp", code=phone.code(), remember_device=True)
        clock.forward(seconds=30)

    # then the oldest are forgotten
    assert len(device.get("/trusted-devices").json["items"]) == 20
