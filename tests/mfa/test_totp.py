"""An authenticator app as the second factor: set up, asked for, used once."""

import flask

from tests.mfa.people import answer, at_the_door, challenge_of, set_up
from tests.support.apps import Clock, Person


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
    assert other.me().status_code == 200
    assert other.get("/check-auth").json["session"]["methods"] == ["pwd", "totp", "mfa"]
