"""A session that has ended is refused by the next request, on every worker and behind every guard."""

from collections.abc import Callable

import flask
import pytest
from flask_jwt_extended import decode_token

from tests.sessions.at_the_wire import (
    access_token_of,
    copy_of,
    delete_user,
    execute,
    holder_of,
    refresh_token_of,
    session_row,
    session_rows,
    update_user,
    user_table,
)
from tests.sessions.hosts import admitted, everywhere, host, with_refresh_token
from tests.support.apps import PASSWORD, Clock, Person

End = Callable[[Person, Person], object]


def delete_session_row(ada: Person, phone: Person) -> None:
    """Delete the session's row, as a careless administrator might."""
    rows = user_table(ada.app).metadata.tables["auth_sessions"]
    execute(ada.app, rows.delete().where(rows.c.id == ada.session_id))


def sign_out_by_the_host(ada: Person, phone: Person) -> None:
    """End everything from the host's own code."""
    auth = ada.app.auth  # type: ignore[attr-defined]
    with ada.app.test_request_context():
        user = auth.user_model.query.filter_by(email=ada.email).one()
        assert auth.sign_out_everywhere(user) == 2


def change_password(ada: Person, phone: Person) -> object:
    """Choose a new password at the other device."""
    passwords = {"current_password": PASSWORD, "new_password": "a different battery staple"}
    return phone.post("/password/update", passwords)


ENDS: dict[str, End] = {
    "logging out": lambda ada, phone: ada.sign_out(),
    "logging out of all": lambda ada, phone: ada.sign_out("all"),
    "another device logging out of all": lambda ada, phone: phone.sign_out("all"),
    "another device logging out of all others": lambda ada, phone: phone.sign_out("others"),
    "another device ending all others": lambda ada, phone: phone.call("DELETE", "/sessions"),
    "another device ending this one": lambda ada, phone: phone.call("DELETE", f"/sessions/{ada.session_id}"),
    "another device changing the password": change_password,
    "the account being switched off by SQL": lambda ada, phone: update_user(
        ada.app, ada.email, is_active=False
    ),
    "the account being deleted by SQL": lambda ada, phone: delete_user(ada.app, ada.email),
    "its row being deleted by SQL": delete_session_row,
    "the host signing the user out": sign_out_by_the_host,
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_the_next_request_of_an_ended_session_is_refused_everywhere(
    database_url: str, kind: str, end: End
) -> None:
    # given somebody signed in on two devices, at two workers, who is admitted everywhere
    worker, other_worker = host(database_url), host(database_url)
    ada = Person(worker, kind, "ada@example.com")
    assert ada.sign_up().status_code == 201
    phone = Person(worker, kind, ada.email)
    assert phone.sign_in().status_code == 200
    stolen, elsewhere = copy_of(ada), copy_of(ada, app=other_worker)
    refresh = refresh_token_of(ada)
    assert admitted(stolen) == admitted(elsewhere) == everywhere(200)
    assert with_refresh_token(worker, kind, refresh, "/host/refresh") == 200

    # when the session ends
    end(ada, phone)

    # then nothing of it is admitted any more, at either worker, by any guard
    assert admitted(stolen) == everywhere(401)
    assert admitted(elsewhere) == everywhere(401)
    assert stolen.me().json["code"] == "session_ended"
    for app in (worker, other_worker):
        assert with_refresh_token(app, kind, refresh, "/host/refresh") == 401
        assert with_refresh_token(app, kind, refresh, "/host/any-type") == 401
        assert holder_of(stolen, refresh=refresh, app=app).refresh().status_code == 401


@pytest.mark.parametrize(
    "end",
    ["another device logging out of all others", "another device ending this one"],
)
def test_the_device_that_ends_another_session_stays_signed_in(ada: Person, end: str) -> None:
    # given somebody on two devices
    phone = Person(ada.app, ada.kind, ada.email)
    phone.sign_in()

    # when one ends the other's session
    ENDS[end](ada, phone)

    # then it goes on
    assert ada.me().status_code == 401
    assert phone.me().status_code == 200
    assert phone.refresh().status_code == 200


def test_logging_out_says_how_many_sessions_ended_and_takes_the_cookies_away(
    app: flask.Flask, kind: str
) -> None:
    # given somebody on three devices
    people = [Person(app, kind, "ada@example.com") for _ in range(3)]
    people[0].sign_up()
    for person in people[1:]:
        person.sign_in()

    # when they log out of the others, then of this, then again
    answers = [people[0].sign_out("others"), people[0].sign_out(), people[0].sign_out()]

    # then the numbers are true
    assert [answer.json.get("ended") for answer in answers[:2]] == [2, 1]
    if kind == "cookie":
        lines = answers[1].headers.getlist("Set-Cookie")
        assert {line.partition("=")[0] for line in lines} == {"access_token", "refresh_token"}
        assert all("Max-Age=0" in line and "HttpOnly" in line for line in lines)
        assert people[0].http.get_cookie("refresh_token", path="/api/auth") is None
        assert answers[2].json["code"] == "token_missing"
    else:
        assert answers[2].json["ended"] == 0


def test_a_rotated_refresh_token_is_refused_on_the_hosts_routes(database_url: str, kind: str) -> None:
    # given a refresh token that has been used
    app = host(database_url)
    ada = Person(app, kind, "ada@example.com")
    ada.sign_up()
    used = refresh_token_of(ada)
    ada.refresh()

    # when it comes to routes of the host that take refresh tokens
    answers = [with_refresh_token(app, kind, used, f"/host/{name}") for name in ("refresh", "any-type")]

    # then it is refused, its successor is not, and the session goes on
    assert answers == ([401, 401])
    assert with_refresh_token(app, kind, refresh_token_of(ada), "/host/refresh") == 200
    assert ada.me().status_code == 200


def test_an_access_token_is_no_refresh_token_and_the_reverse(database_url: str, kind: str) -> None:
    # given both tokens of a session
    app = host(database_url)
    ada = Person(app, kind, "ada@example.com")
    ada.sign_up()
    access, refresh = access_token_of(ada), refresh_token_of(ada)

    # when each is used as the other
    swapped = holder_of(ada, access=refresh, refresh=access)

    # then both are refused, by the host's routes and by ours
    assert swapped.refresh().json["code"] == "token_invalid"
    assert swapped.me().json["code"] == "token_invalid"
    assert with_refresh_token(app, kind, access, "/host/refresh") == 401
    found = admitted(swapped)
    assert {name for name, status in found.items() if status == 200} <= {"any-type", "all-off"}


def test_an_expired_access_token_still_logs_out(clock: Clock, ada: Person) -> None:
    # given somebody who comes back after lunch with nothing but an expired access token
    late = holder_of(ada, access=access_token_of(ada))
    clock.forward(hours=1)
    assert late.me().json["code"] == "token_expired"

    # when they log out
    answer = late.sign_out()

    # then the session is over, with its refresh token
    assert (answer.status_code, answer.json["ended"]) == (200, 1)
    assert ada.refresh().json["code"] == "session_ended"


def test_a_refresh_token_alone_logs_out_even_expired(clock: Clock, ada: Person) -> None:
    # given a client that kept only its refresh token, for too long
    client = holder_of(ada, refresh=refresh_token_of(ada))
    client.access = client.refresh_token
    clock.forward(days=31)

    # when it logs out
    answer = client.sign_out()

    # then the session is over
    assert answer.json["ended"] == 1
    assert session_row(ada.app, ada.session_id).revoked_reason == "signed_out"


def test_logging_out_of_all_needs_a_token_that_is_still_good(clock: Clock, ada: Person) -> None:
    # given an expired access token
    late = holder_of(ada, access=access_token_of(ada))
    clock.forward(hours=1)

    # when it is used to log out of everything
    answers = [late.sign_out("all"), copy_of(ada).sign_out("others")]

    # then that is refused, and nothing has ended
    assert [answer.json["code"] for answer in answers] == ["token_expired", "token_expired"]
    assert all(row.revoked_at is None for row in session_rows(ada.app))


def test_a_token_with_another_signature_logs_nobody_out(clock: Clock, ada: Person) -> None:
    # given a token of the session with a signature that is not ours
    head, payload, signature = access_token_of(ada).split(".")
    forged = f"{head}.{payload}.{signature[::-1]}"

    # when it is used to log out
    answer = holder_of(ada, access=forged).sign_out()

    # then nobody is logged out
    assert (answer.status_code, answer.json["code"]) == (401, "token_invalid")
    assert ada.me().status_code == 200


def test_a_host_that_reads_expired_tokens_admits_nobody_by_that(
    clock: Clock, database_url: str, kind: str
) -> None:
    # given a host that notes, before each request, whose token came, expired or not
    app = host(database_url)
    noted = []
    tokens: list[str] = []

    @app.before_request
    def note() -> None:
        noted.extend(decode_token(token, allow_expired=True)["sub"] for token in tokens)

    ada = Person(app, kind, "ada@example.com")
    ada.sign_up()
    late = copy_of(ada)
    tokens.append(access_token_of(ada))

    # when a token comes behind its time
    clock.forward(hours=1)
    found = admitted(late)

    # then it is refused all the same
    assert noted
    assert found == everywhere(401)
    assert late.me().json["code"] == "token_expired"
