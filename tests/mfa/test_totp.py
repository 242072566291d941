"""An authenticator app as the second factor: set up, asked for, used once."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import flask
import pytest

from flask_headless_auth import MfaDisabled, MfaEnabled
from tests.mfa.people import App, answer, at_the_door, challenge_of, set_up
from tests.support import services
from tests.support.apps import Clock, Person, make_app


def test_somebody_sets_up_an_app_and_is_asked_for_its_code_from_then_on(
    ada: Person, app: flask.Flask, clock: Clock
) -> None:
    # given somebody who sets up an authenticator app
    phone, codes = set_up(ada, clock)
    assert len(set(codes)) == 10

    # when they sign in somewhere else with the next code of the app
    clock.forward(seconds=30)
    other = at_the_door(app, ada.kind, ada)
    challenge = challenge_of(other)
    assert other.me().status_code == 401
    signed_in = answer(other, challenge, "totp", code=phone.code())

    # then they are signed in, and the token says how
    assert (signed_in.status_code, signed_in.json["status"]) == (200, "signed_in")
    assert "recovery_codes" not in signed_in.json
    assert other.me().status_code == 200
    assert other.get("/check-auth").json["session"]["methods"] == ["pwd", "totp", "mfa"]


def test_a_client_of_the_first_version_enables_with_two_calls(ada: Person, clock: Clock) -> None:
    # given somebody signed in at a client that knows two paths
    begun = ada.call("POST", "/mfa/enable")

    # when it enables without a body, and verifies the code
    done = ada.post("/mfa/verify", {"code": App(begun.json["secret"], clock).code()})

    # then the second factor is on
    assert (begun.status_code, done.status_code) == (200, 200)
    assert ada.get("/mfa").json["is_enabled"] is True


def test_what_an_authenticator_app_needs_comes_as_text_as_link_and_as_picture(ada: Person) -> None:
    # given somebody who begins
    begun = ada.post("/mfa/enable").json

    # when link and picture are read
    link = urlsplit(begun["otpauth_url"])
    values = {name: one for name, [one] in parse_qs(link.query).items()}
    picture = ElementTree.fromstring(begun["qr_svg"])

    # then the seed has 160 bits, the link names account and server, and the picture has nothing but paths
    assert len(begun["secret"]) == 32
    assert (link.scheme, link.netloc, link.path) == ("otpauth", "totp", "/localhost:ada%40example.com")
    assert values["secret"] == begun["secret"]
    assert values["issuer"] == "localhost"
    assert {one.tag.rpartition("}")[2] for one in picture.iter()} == {"svg", "g", "path"}


def test_nothing_changes_before_the_first_code_is_right(ada: Person, app: flask.Flask, clock: Clock) -> None:
    # given somebody who begins and gives a wrong first code
    begun = ada.post("/mfa/enable").json
    refused = ada.post("/mfa/verify", {"code": App(begun["secret"], clock).wrong()})
    assert (refused.status_code, refused.json["code"]) == (401, "invalid_credentials")

    # when they sign in elsewhere
    signed_in = at_the_door(app, ada.kind, ada).sign_in()

    # then nobody asks for a second factor
    assert signed_in.json["status"] == "signed_in"
    assert ada.get("/mfa").json == {
        "is_enabled": False, "is_required": False, "methods": [], "recovery_codes_left": 0,
    }  # fmt: skip


def test_beginning_again_replaces_what_was_begun(ada: Person, clock: Clock) -> None:
    # given somebody who begins twice
    first = App(ada.post("/mfa/enable").json["secret"], clock)
    second = App(ada.post("/mfa/enable").json["secret"], clock)

    # when the codes of both are sent
    refused = ada.post("/mfa/verify", {"code": first.code()})
    done = ada.post("/mfa/verify", {"code": second.code()})

    # then only the newer one counts
    assert (refused.status_code, done.status_code) == (401, 200)


@pytest.mark.parametrize("late", [0, 16])
def test_an_enrolment_that_is_over_or_was_never_begun_is_refused(
    ada: Person, clock: Clock, late: int
) -> None:
    # given somebody who began too long ago, or not at all
    phone = App(ada.post("/mfa/enable").json["secret"] if late else "A" * 32, clock)
    clock.forward(minutes=late)
    ada.refresh()

    # when they send a first code
    refused = ada.post("/mfa/verify", {"code": phone.code()})

    # then there is nothing that it could finish
    assert (refused.status_code, refused.json["code"]) == (400, "enrolment_expired")


def test_an_app_that_is_on_is_never_replaced(ada: Person, phone: App, app: flask.Flask) -> None:
    # given somebody with an app
    # when they begin to set up another one
    refused = ada.post("/mfa/enable")

    # then they are told, and the app they have goes on working
    assert (refused.status_code, refused.json["code"]) == (409, "factor_active")
    other = at_the_door(app, ada.kind, ada)
    assert answer(other, challenge_of(other), "totp", code=phone.code()).status_code == 200


def test_a_code_works_once(ada: Person, phone: App, app: flask.Flask) -> None:
    # given a code that was used
    other = at_the_door(app, ada.kind, ada)
    code = phone.code()
    assert answer(other, challenge_of(other), "totp", code=code).status_code == 200

    # when it is used again, and the one before it
    again = [answer(other, challenge_of(other), "totp", code=one) for one in (code, phone.code(-1))]

    # then neither is taken, in whatever step
    assert [one.status_code for one in again] == [401, 401]


def test_the_code_that_set_the_app_up_is_used(ada: Person, app: flask.Flask, clock: Clock) -> None:
    # given somebody who has just set up an app
    phone, _ = set_up(ada, clock)

    # when somebody who saw that code uses it
    thief = at_the_door(app, ada.kind, ada)
    refused = answer(thief, challenge_of(thief), "totp", code=phone.code())

    # then it is not taken
    assert refused.status_code == 401


@pytest.mark.parametrize(
    ("steps", "status"), [(-3, 401), (-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401), (3, 401)]
)
def test_a_code_may_be_one_step_early_or_late(
    ada: Person, app: flask.Flask, clock: Clock, steps: int, status: int
) -> None:
    # given somebody whose app is on for a while
    phone, _ = set_up(ada, clock)
    clock.forward(minutes=3)
    other = at_the_door(app, ada.kind, ada)

    # when they answer with a code of another step
    answered = answer(other, challenge_of(other), "totp", code=phone.code(steps))

    # then it is taken from the steps beside only
    assert answered.status_code == status


@pytest.mark.parametrize(
    "code", ["", " ", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "１２３４５６", "+12345", "1e5000", "0x1234"]
)
def test_what_is_no_code_is_a_wrong_one(ada: Person, phone: App, app: flask.Flask, code: str) -> None:
    # given the challenge of somebody with an app
    other = at_the_door(app, ada.kind, ada)

    # when something is sent that is no code
    refused = answer(other, challenge_of(other), "totp", code=code)

    # then it is wrong, and nothing else
    assert (refused.status_code, refused.json["code"]) == (401, "invalid_credentials")


@pytest.mark.parametrize("code", [None, 492039, 4.5, True, [], {}, ["492039"], "x" * 129, "49\x002039"])
def test_a_code_of_another_type_is_refused_by_name(
    ada: Person, phone: App, app: flask.Flask, code: Any
) -> None:
    # given the challenge of somebody with an app
    other = at_the_door(app, ada.kind, ada)
    challenge = challenge_of(other)

    # when the code is no text
    refused = other.post("/mfa/verify", {"challenge": challenge, "method": "totp", "code": code})

    # then the field is named
    assert refused.status_code == 422
    assert set(refused.json["errors"]) == {"code"}


def test_spaces_in_a_code_are_forgiven(ada: Person, phone: App, app: flask.Flask) -> None:
    # given a code as apps show it
    code = phone.code()
    other = at_the_door(app, ada.kind, ada)

    # when it is typed so
    answered = answer(other, challenge_of(other), "totp", code=f" {code[:3]} {code[3:]}")

    # then it is right
    assert answered.status_code == 200


def test_an_independent_program_makes_the_same_codes(ada: Person, app: flask.Flask, clock: Clock) -> None:
    # given oathtool, and somebody who gave it the seed
    command = shutil.which("oathtool")
    if command is None:
        services.skip("oathtool is not installed")
    seed = ada.post("/mfa/enable").json["secret"]

    def code() -> str:
        at = clock.moment.strftime("%Y-%m-%d %H:%M:%S UTC")
        run = [command or "", "--totp", "--base32", "--now", at, seed]
        return subprocess.run(run, capture_output=True, text=True, check=True).stdout.strip()

    # when they set up and sign in by its codes
    done = ada.post("/mfa/verify", {"code": code()})
    clock.forward(seconds=30)
    other = at_the_door(app, ada.kind, ada)
    signed_in = answer(other, challenge_of(other), "totp", code=code())

    # then they are right
    assert (done.status_code, signed_in.status_code) == (200, 200)


def test_switching_it_on_ends_other_sessions_and_says_so(ada: Person, app: flask.Flask, clock: Clock) -> None:
    # given somebody signed in twice, and a host that listens
    heard: list[Any] = []
    app.auth.on(MfaEnabled)(heard.append)  # type: ignore[attr-defined]
    other = at_the_door(app, ada.kind, ada)
    other.sign_in()

    # when they set up an app on one device
    set_up(ada, clock)

    # then the other one is signed out, and the host hears which factor it was
    assert (ada.me().status_code, other.me().status_code) == (200, 401)
    assert [one.method for one in heard] == ["totp"]


def test_switching_it_off_takes_it_away_and_ends_other_sessions(
    ada: Person, phone: App, app: flask.Flask, clock: Clock
) -> None:
    # given somebody with an app, signed in with it twice
    heard: list[Any] = []
    app.auth.on(MfaDisabled)(heard.append)  # type: ignore[attr-defined]
    answer(ada, challenge_of(ada), "totp", code=phone.code())
    clock.forward(seconds=30)
    other = at_the_door(app, ada.kind, ada)
    answer(other, challenge_of(other), "totp", code=phone.code())

    # when they switch it off on one device
    off = ada.post("/mfa/disable")

    # then nothing of it is left but what is a way in
    assert (off.status_code, off.json) == (200, {"status": "mfa_disabled", "methods": ["pwd"]})
    assert (ada.me().status_code, other.me().status_code) == (200, 401)
    assert ada.get("/mfa").json["recovery_codes_left"] == 0
    assert other.sign_in().json["status"] == "signed_in"
    assert len(heard) == 1


def test_an_app_whose_feature_is_switched_off_fails_closed(
    ada: Person, phone: App, build: Callable[..., flask.Flask]
) -> None:
    # given an application that has switched the feature off since
    off = build(AUTHSVC_ENABLE_TOTP=False)

    # when somebody who relies on it signs in
    refused = at_the_door(off, ada.kind, ada).sign_in()

    # then they are refused by name, recovery codes or not
    assert (refused.status_code, refused.json["code"]) == (403, "second_factor_unavailable")


def test_a_seed_that_no_key_opens_fails_closed(
    ada: Person, phone: App, build: Callable[..., flask.Flask]
) -> None:
    # given a server whose keys are others than those that sealed the seeds
    changed = build(SECRET_KEY="fedcba9876543210" * 4)

    # when somebody answers with a right code
    other = at_the_door(changed, ada.kind, ada)
    refused = answer(other, challenge_of(other), "totp", code=phone.code())

    # then nobody is let in
    assert (refused.status_code, refused.json["code"]) == (403, "second_factor_unavailable")


def test_neither_seed_nor_recovery_code_is_in_the_database(tmp_path: Path, clock: Clock) -> None:
    # given somebody who has set up an app, and one who is about to
    app = make_app(f"sqlite:///{tmp_path / 'seen.db'}")
    ada, bob = Person(app), Person(app)
    assert (ada.sign_up().status_code, bob.sign_up().status_code) == (201, 201)
    seeds = [ada.post("/mfa/enable").json["secret"], bob.post("/mfa/enable").json["secret"]]
    codes = ada.post("/mfa/verify", {"code": App(seeds[0], clock).code()}).json["recovery_codes"]

    # when somebody reads the file
    files = [tmp_path / name for name in os.listdir(tmp_path)]
    read = b"".join(one.read_bytes() for one in files)

    # then it has none of them, with or without hyphens
    assert b"auth_recovery_codes" in read
    for secret in [*seeds, *codes]:
        assert secret.encode() not in read
        assert secret.replace("-", "").encode() not in read
