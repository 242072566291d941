"""A sign-in with a device that is not known is told of; a known one is not."""

from collections.abc import Callable

import flask
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from flask_headless_auth import NewDeviceSignedIn
from flask_headless_auth.features.devices import logic
from tests.devices.clients import FIREFOX, SAFARI, Client, devices, told
from tests.notices.happenings import revert
from tests.password.asking import statements
from tests.support.apps import PASSWORD, WITH_MAIL, Clock, make_app

App = Callable[..., flask.Flask]


def test_the_device_of_a_sign_up_is_known_and_nobody_is_told(ada: Client, app: flask.Flask) -> None:
    # given somebody who has signed up, and signs in again there
    assert ada.sign_in().status_code == 200

    # then there is one device, and no mail
    assert len(devices(app)) == 1
    assert told(app) == []


def test_a_new_device_is_told_once(ada: Client, app: flask.Flask) -> None:
    # given somebody with another device elsewhere
    phone = ada.at(agent=SAFARI, address="203.0.113.9")

    # when they sign in with it, twice
    assert [phone.sign_in().status_code for _ in range(2)] == [200, 200]

    # then they are told once, in words that people use, and can take it back
    [notice] = told(app)
    assert notice["to"] == ada.email
    assert set(notice["context"]) == {"device", "address", "when", "undo_link"}
    assert (notice["context"]["device"], notice["context"]["address"]) == ("Safari on iPhone", "203.0.113.9")
    assert len(devices(app)) == 2


def test_hosts_hear_of_a_new_device(ada: Client, app: flask.Flask) -> None:
    # given a host that listens
    heard: list[NewDeviceSignedIn] = []
    app.auth.on(NewDeviceSignedIn)(heard.append)  # type: ignore[attr-defined]

    # when a known device signs in, and a new one
    ada.sign_in()
    ada.at(agent=SAFARI, address="203.0.113.9").sign_in()

    # then it hears of the second
    assert [(one.device, one.address) for one in heard] == [("Safari on iPhone", "203.0.113.9")]


def test_a_sign_in_that_fails_or_is_not_finished_makes_nothing_known(ada: Client, app: flask.Flask) -> None:
    # given a thief who guesses
    thief = ada.at(agent=SAFARI, address="203.0.113.9")
    thief.password = "a wrong battery staple"

    # when the guess is wrong
    answer = thief.sign_in()

    # then no device is known by it and no cookie set
    assert answer.status_code == 401
    assert answer.headers.getlist("Set-Cookie") == []
    assert len(devices(app)) == 1
    # and the right one is told of
    thief.password = PASSWORD
    assert thief.sign_in().status_code == 200
    assert len(told(app)) == 1


def test_a_browser_is_known_wherever_it_is_and_whatever_it_calls_itself(app: flask.Flask) -> None:
    # given a browser
    ada = Client(app, "cookie", "ada@example.com")
    ada.sign_up()

    # when it travels and is updated
    ada.agent, ada.address = FIREFOX.replace("140", "141"), "2001:db8::1"
    ada.sign_in()

    # then it is known
    assert told(app) == []


def test_a_browser_without_its_cookie_is_new(app: flask.Flask) -> None:
    # given a browser whose cookies were cleared, in the same place
    ada = Client(app, "cookie", "ada@example.com")
    ada.sign_up()

    # when somebody signs in
    assert ada.at().sign_in().status_code == 200

    # then that is told: a name and a network are what a flatmate has too
    assert len(told(app)) == 1


@pytest.mark.parametrize(
    ("address", "agent", "is_new"),
    [
        ("198.51.100.200", FIREFOX, False),
        ("::ffff:198.51.100.3", FIREFOX, False),
        ("198.51.101.7", FIREFOX, True),
        ("198.51.100.7", SAFARI, True),
        ("2001:db8::1", FIREFOX, True),
        ("", FIREFOX, True),
    ],
)
def test_a_client_without_cookies_is_known_by_its_name_and_its_network(
    app: flask.Flask, address: str, agent: str, is_new: bool
) -> None:
    # given an app that has signed in before
    ada = Client(app, "bearer", "ada@example.com")
    ada.sign_up()

    # when one signs in from this address and with this name
    assert ada.at(address=address, agent=agent).sign_in().status_code == 200

    # then it is known or new
    assert len(told(app)) == (1 if is_new else 0)


@pytest.mark.parametrize(("address", "is_new"), [("2001:db8:1:ffff::9", False), ("2001:db8:2::1", True)])
def test_a_network_of_ipv6_is_a_48(app: flask.Flask, address: str, is_new: bool) -> None:
    # given an app on IPv6
    ada = Client(app, "bearer", "ada@example.com")
    ada.address = "2001:db8:1::1"
    ada.sign_up()

    # when it signs in from elsewhere in the network, or from outside
    ada.at(address=address).sign_in()

    # then it is known or new
    assert len(told(app)) == (1 if is_new else 0)


def sign_in_either_way(client: FlaskClient, address: str) -> TestResponse:
    """Sign in as Ada at a client that says nothing about how its tokens are delivered."""
    return client.post(
        "/api/auth/login",
        json={"email": "ada@example.com", "password": PASSWORD},
        headers={"User-Agent": FIREFOX},
        environ_overrides={"REMOTE_ADDR": address},
    )


def test_a_client_that_asks_for_no_delivery_is_known_either_way(app: flask.Flask) -> None:
    # given clients that keep their cookies, and such that do not, of which the first has made itself known
    Client(app, "bearer", "ada@example.com").sign_up()
    keeping, forgetful = app.test_client(), app.test_client(use_cookies=False)
    assert sign_in_either_way(keeping, "192.0.2.1").status_code == 200
    assert len(told(app)) == 1

    # when they sign in: with the cookie from elsewhere, and without one from the same place
    answers = [sign_in_either_way(keeping, "203.0.113.9"), sign_in_either_way(forgetful, "192.0.2.200")]

    # then both are known, as one device, and whoever has neither cookie nor place is not
    assert [one.status_code for one in answers] == [200, 200]
    assert len(told(app)) == 1
    assert len(devices(app)) == 2
    assert sign_in_either_way(forgetful, "203.0.113.9").status_code == 200
    assert len(told(app)) == 2


def test_the_cookie_is_out_of_reach_and_signs_nobody_in(build: App) -> None:
    # given an application on https
    app = build(**WITH_MAIL, JWT_COOKIE_SECURE=True)
    ada = Client(app, "cookie", "ada@example.com")

    # when somebody signs up
    [line] = [one for one in ada.sign_up().headers.getlist("Set-Cookie") if "device" in one]

    # then the cookie is bound to this host, for a year, and no script reads it
    name, _, rest = line.partition("=")
    value, *attributes = rest.split("; ")
    assert name == "__Host-device"
    assert len(value) == 43
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=31536000"} <= set(attributes)
    assert not any(one.startswith("Domain") for one in attributes)
    visitor = app.test_client(use_cookies=False)
    for cookie in ("__Host-device", "__Host-access_token", "access_token"):
        answer = visitor.get("/api/auth/user/@me", headers={"Cookie": f"{cookie}={value}"})
        assert answer.status_code == 401


def test_only_the_cookie_channel_sets_the_cookie(build: App) -> None:
    # given clients that want their tokens in the body, or can have nothing else
    ada = Client(build(**WITH_MAIL), "bearer", "ada@example.com")
    bob = Client(build(**WITH_MAIL, JWT_TOKEN_LOCATION=["headers"]), "bearer", "bob@example.com")

    # then they get no cookie at all
    for person in (ada, bob):
        assert person.sign_up().headers.getlist("Set-Cookie") == []


def test_a_shared_computer_forgets_with_the_browser(app: flask.Flask) -> None:
    # given a sign-in that is not to be remembered
    ada = Client(app, "cookie", "ada@example.com")
    ada.sign_up()
    library = ada.at(address="203.0.113.9")

    # when it is made
    lines = library.sign_in(remember=False).headers.getlist("Set-Cookie")

    # then no cookie outlasts the browser
    assert any(line.startswith("device=") for line in lines)
    assert not any("Max-Age" in line or "Expires" in line for line in lines)


def test_one_browser_is_known_to_several_people_and_no_row_says_so(app: flask.Flask) -> None:
    # given two people who share a browser
    ada, bob = (Client(app, "cookie", f"{name}@example.com") for name in ("ada", "bob"))
    ada.sign_up()
    bob.at(address="203.0.113.9").sign_up()
    bob.http = ada.http
    before = ada.http.get_cookie("device")
    assert before is not None

    # when both sign in there
    assert bob.sign_in().status_code == 200
    assert ada.sign_in().status_code == 200
    assert bob.sign_in().status_code == 200

    # then it is new to the one who had not been there, once, and keeps its secret
    assert [one["to"] for one in told(app)] == ["bob@example.com"]
    after = ada.http.get_cookie("device")
    assert after is not None
    assert before.value == after.value
    assert len({one.cookie for one in devices(app)}) == 3
    assert not any(before.value in str(one) for one in devices(app))


@pytest.mark.parametrize(
    "value", ["x", "A" * 42, "A" * 44, "A" * 4000, "'; DROP TABLE auth_devices", "", "é" * 43]
)
def test_a_cookie_that_is_none_of_ours_is_replaced(app: flask.Flask, value: str) -> None:
    # given a browser with something else under that name
    ada = Client(app, "cookie", "ada@example.com")
    ada.sign_up()
    other = ada.at()
    other.http.set_cookie("device", value)

    # when somebody signs in
    assert other.sign_in().status_code == 200

    # then it is a new device, and has a secret of ours
    assert len(told(app)) == 1
    cookie = other.http.get_cookie("device")
    assert cookie is not None
    assert len(cookie.value) == 43
    assert cookie.value != value


def test_neither_addresses_nor_the_clients_own_words_are_kept(ada: Client, app: flask.Flask) -> None:
    # given a client with a telling name
    ada.at(agent="Win-a-prize/1.0 (https://evil.example; Windows)", address="203.0.113.9").sign_in()

    # then its row has a description of ours, and nothing of the rest
    rows = devices(app)
    assert {one.description for one in rows} == {"Firefox on Linux", "An app on Windows"}
    assert not any(word in str(rows) for word in ("prize", "evil", "198.51", "203.0"))
    assert told(app)[-1]["context"]["device"] == "An app on Windows"


def test_at_most_fifty_devices_are_remembered(ada: Client, app: flask.Flask, clock: Clock) -> None:
    # given somebody who signs in with sixty devices, and with the first in between
    for number in range(60):
        clock.forward(minutes=1)
        if number % 20 == 0:
            assert ada.sign_in().status_code == 200
        assert ada.at(agent=f"app/{number}", address=f"203.0.{number}.1").sign_in().status_code == 200

    # then fifty are known, those seen last
    assert len(devices(app)) == 50
    before = len(told(app))
    ada.sign_in()
    ada.at(agent="app/59", address="203.0.59.1").sign_in()
    # A browser that lost its cookie is new in any case; an app that signed in lately is known.
    assert len(told(app)) == before + (1 if ada.kind == "cookie" else 0)


def test_a_device_is_forgotten_a_year_after_it_was_seen(ada: Client, app: flask.Flask, clock: Clock) -> None:
    # given two devices, of which one signs in after half a year
    other = ada.at(agent=SAFARI, address="203.0.113.9")
    other.sign_in()
    clock.forward(days=200)
    ada.sign_in()
    clock.forward(days=200)

    # when the operator purges
    purged = app.test_cli_runner().invoke(args=["auth", "purge"])

    # then the other one is gone
    assert "1 devices deleted" in purged.output
    assert [one.description for one in devices(app)] == ["Firefox on Linux"]


def test_what_is_taken_back_is_not_known_any_more(ada: Client, app: flask.Flask) -> None:
    # given a thief whose sign-in was told, and a device that was known before
    ada.at(agent=SAFARI, address="203.0.113.9").sign_in()
    token = told(app)[-1]["context"]["undo_link"].rpartition("/")[2]

    # when the owner says that this was not them
    assert revert(app, token).status_code == 200

    # then the thief's device is forgotten and the owner's is not
    assert [one.description for one in devices(app)] == ["Firefox on Linux"]


def test_devices_go_with_their_user_and_can_be_had_as_data(ada: Client, app: flask.Flask) -> None:
    # given somebody with two devices, and somebody else
    ada.at(agent=SAFARI, address="203.0.113.9").sign_in()
    Client(app, "bearer", "bob@example.com").sign_up()
    with app.app_context():
        user = logic.users.by_email(ada.email)

        # when their data are exported and erased
        data = logic.export_user(user)["devices"]
        with logic.transaction():
            gone = logic.forget_user(user)

    # then both are there, in words, and go
    assert {one["description"] for one in data} == {"Firefox on Linux", "Safari on iPhone"}
    assert {frozenset(one) for one in data} == {frozenset(("description", "first_seen_at", "last_seen_at"))}
    assert gone == {"devices": 2}
    assert len(devices(app)) == 1


def test_only_the_cookie_shows_that_a_request_comes_from_a_known_browser(app: flask.Flask) -> None:
    # given a browser that is known, an app that is, and a stranger
    ada, bob = Client(app, "cookie", "ada@example.com"), Client(app, "bearer", "bob@example.com")
    asked: dict[str, bool] = {}

    @app.get("/known/<email>")
    def known(email: str) -> dict[str, bool]:
        return {"is_known": logic.is_known(logic.users.by_email(email))}

    ada.sign_up(), bob.sign_up()

    # when each asks for both users
    for name, client in {"browser": ada, "app": bob, "stranger": ada.at()}.items():
        for email in ("ada@example.com", "bob@example.com"):
            answer = client.http.get(f"/known/{email}", environ_overrides={"REMOTE_ADDR": client.address})
            asked[f"{name}, {email[:3]}"] = answer.json["is_known"]

    # then only the browser is known, and to its user
    assert [name for name, is_known in asked.items() if is_known] == ["browser, ada"]


def test_a_known_device_costs_one_statement(ada: Client, app: flask.Flask) -> None:
    # given somebody whose device is known
    ada.sign_in()

    # when they sign in once more
    with statements(app) as seen:
        assert ada.sign_in().status_code == 200

    # then one statement is about the device
    assert [one.split()[0] for one in seen if "auth_devices" in one] == ["UPDATE"]


def test_an_application_without_devices_signs_people_in(build: App, kind: str) -> None:
    # given an application that switches the feature off
    app = build(**WITH_MAIL, AUTHSVC_ENABLE_DEVICES=False)
    ada = Client(app, kind, "ada@example.com")

    # when somebody signs up, and in elsewhere
    answers = [ada.sign_up(), ada.at(agent=SAFARI, address="203.0.113.9").sign_in()]

    # then they are signed in, and nothing is set or told
    assert [one.status_code for one in answers] == [201, 200]
    assert not any("device" in line for one in answers for line in one.headers.getlist("Set-Cookie"))
    assert told(app) == []


def test_devices_are_known_on_every_engine(any_database_url: str, kind: str) -> None:
    # given an application on this engine
    app = make_app(any_database_url, **WITH_MAIL)
    ada = Client(app, kind, "ada@example.com")
    assert ada.sign_up().status_code == 201

    # when the known device signs in twice, and a new one twice
    phone = ada.at(agent=SAFARI, address="203.0.113.9")
    statuses = [one.sign_in().status_code for one in (ada, ada, phone, phone)]

    # then it is told once
    assert statuses == [200] * 4
    assert len(told(app)) == 1
    assert len(devices(app)) == 2


@pytest.mark.parametrize(
    ("agent", "description"),
    [
        (FIREFOX, "Firefox on Linux"),
        (SAFARI, "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 "
         "Safari/537.36 Edg/138.0.0.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
         "Chrome/138.0.0.0 Safari/537.36", "Chrome on macOS"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
         "Version/18.5 Safari/605.1.15", "Safari on macOS"),
        ("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile "
         "Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
         "CriOS/138.0 Mobile/15E148 Safari/604.1", "Chrome on iPhone"),
        ("MyApp/3 CFNetwork/1410 Darwin/22.6.0", "An app on an Apple device"),
        ("okhttp/4.12.0", "An app"),
        ("", "An app"),
        ("\r\n<script>Firefox</script>", "Firefox"),
    ],
)  # fmt: skip
def test_a_device_is_described_in_words_of_ours(agent: str, description: str) -> None:
    assert logic.describe(agent) == description
