"""Somebody's day with the generated client, without waiting: `python walk.py http://127.0.0.1:8000`."""

import sys
from typing import TypeVar

from flask_headless_auth_client import AuthenticatedClient, Client
from flask_headless_auth_client.api.password import update_password
from flask_headless_auth_client.api.profile import get_me, update_me
from flask_headless_auth_client.api.sessions import end_session, list_sessions, logout, refresh_token
from flask_headless_auth_client.api.signin import check_auth, get_config, login
from flask_headless_auth_client.api.signup import sign_up
from flask_headless_auth_client.models import (
    Checked,
    Config,
    Ended,
    LoginRequest,
    Message,
    PasswordUpdate,
    Problem,
    ProblemErrors,
    ProfileUpdate,
    SessionList,
    SignedIn,
    SignOutRequest,
    SignUpRequest,
    Tokens,
    UserEnvelope,
)

T = TypeVar("T")
PASSWORD, NEW = "correct horse battery staple", "a quite different pass phrase"
BASE = sys.argv[1]


def sure(kind: type[T], answer: object) -> T:
    """The answer, which must be of this kind."""
    if not isinstance(answer, kind):
        raise SystemExit(f"{kind.__name__} expected, got {answer!r}")
    return answer


def signed_in(token: object) -> AuthenticatedClient:
    """A client with an access token, or with a refresh token for POST /token/refresh."""
    return AuthenticatedClient(base_url=BASE, token=sure(str, token), raise_on_unexpected_status=True)


def main() -> None:
    """Sign up, refuse, look around, refresh, change the password, sign a device out, sign out."""
    nobody = Client(base_url=BASE, raise_on_unexpected_status=True)
    assert "signup" in sure(Config, get_config.sync(client=nobody)).features

    account = SignUpRequest(email="ada@example.com", password=PASSWORD)
    first = sure(SignedIn, sign_up.sync(client=nobody, body=account, x_auth_delivery="body"))
    assert first.user.email == "ada@example.com"
    taken = sure(Problem, sign_up.sync(client=nobody, body=account))
    assert (taken.status, taken.code) == (409, "email_taken")

    wrong = LoginRequest(email="ada@example.com", password="wrong " + PASSWORD)
    assert sure(Problem, login.sync(client=nobody, body=wrong)).code == "invalid_credentials"
    right = LoginRequest(email="ada@example.com", password=PASSWORD, remember=False)
    second = sure(SignedIn, login.sync(client=nobody, body=right, x_auth_delivery="body"))

    ada = signed_in(second.access_token)
    assert sure(UserEnvelope, get_me.sync(client=ada)).user.id == first.user.id
    assert sure(Checked, check_auth.sync(client=ada)).session.id == second.session_id
    changed = sure(UserEnvelope, update_me.sync(client=ada, body=ProfileUpdate(first_name="Ada")))
    assert changed.user.first_name == "Ada"
    refused = sure(Problem, update_me.sync(client=ada, body=ProfileUpdate(first_name="A" * 101)))
    assert refused.code == "validation_failed"
    assert sure(ProblemErrors, refused.errors)["first_name"]

    listed = sure(SessionList, list_sessions.sync(client=ada, limit=1))
    assert [one.is_current for one in listed.items] == [True]
    rest = sure(SessionList, list_sessions.sync(client=ada, cursor=sure(str, listed.next_cursor)))
    assert [one.id for one in rest.items] == [first.session_id]

    tokens = sure(Tokens, refresh_token.sync(client=signed_in(second.refresh_token)))
    ada = signed_in(tokens.access_token)
    assert sure(Ended, end_session.sync(first.session_id, client=ada)).ended == 1
    ended = get_me.sync_detailed(client=signed_in(first.access_token))
    assert (ended.status_code, sure(Problem, ended.parsed).code) == (401, "session_ended")

    short = PasswordUpdate(current_password=PASSWORD, new_password="short")
    assert sure(Problem, update_password.sync(client=ada, body=short)).code == "weak_password"
    update = PasswordUpdate(current_password=PASSWORD, new_password=NEW)
    assert sure(Message, update_password.sync(client=ada, body=update)).message

    assert sure(Ended, logout.sync(client=ada, body=SignOutRequest(scope="this"))).ended == 1
    assert sure(Problem, get_me.sync(client=ada)).code == "session_ended"
    again = LoginRequest(email="ada@example.com", password=NEW)
    assert sure(SignedIn, login.sync(client=nobody, body=again)).status == "signed_in"
    print("walked")


if __name__ == "__main__":
    main()
