"""The floor keeps the promises of the package, or the comparison would be worth nothing."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
import sqlalchemy as sa

from tests.benchmarks import sides
from tests.benchmarks.floor import grants, sessions, users
from tests.benchmarks.sides import Refused, Side, call, environ


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[dict[str, Side]]:
    """Both sides on one database."""
    with sides.both(f"sqlite:///{tmp_path / 'test.db'}") as made:
        yield made


@pytest.fixture(params=["floor", "ours", "no limits"])
def side(request: pytest.FixtureRequest, pair: dict[str, Side]) -> Side:
    """Each side in turn."""
    return pair[request.param]


def change(side: Side, statement: Any) -> None:
    """Change a row behind the application's back."""
    url = side.app.config.get("SQLALCHEMY_DATABASE_URI") or side.app.extensions["engine"].url
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        assert connection.execute(statement).rowcount == 1
    engine.dispose()


def refused(side: Side, method: str, path: str, token: str | None) -> bool:
    """Whether the request is a 401."""
    try:
        call(side.app, environ(method, path, token))
    except Refused as refusal:
        return bool(refusal.args[0] == "401 UNAUTHORIZED")
    return False


def test_both_sides_answer_the_same_about_the_same_user(pair: dict[str, Side]) -> None:
    # given somebody with a role, who signed in at the package
    access = pair["ours"].sign_in()["access_token"]
    change(pair["ours"], sa.insert(grants).values(id=1, user_id=1, role="editor"))

    # when each side is asked who that is
    answers = [json.loads(call(one.app, environ("GET", one.me_path, access))) for one in pair.values()]

    # then they say the same, and a lot
    assert answers[0] == answers[1] == answers[2]
    assert answers[0]["user"]["roles"] == ["editor"]
    assert len(answers[0]["user"]) == 16


def test_a_session_that_has_ended_is_refused_at_once(side: Side) -> None:
    # given a session that stands
    signed_in = side.sign_in()
    access = signed_in["access_token"]
    assert not refused(side, "GET", "/hello", access)

    # when its row says that it has ended
    over = sa.update(sessions).where(sessions.c.id == signed_in["session_id"])
    change(side, over.values(revoked_at=datetime.now(UTC)))

    # then nothing opens any more
    assert refused(side, "GET", "/hello", access)
    assert refused(side, "GET", side.me_path, access)
    assert refused(side, "POST", side.refresh_path, signed_in["refresh_token"])


def test_a_session_past_its_end_and_a_suspended_user_are_refused_at_once(side: Side) -> None:
    # given two sessions
    first, second = side.sign_in(), side.sign_in()

    # when one is past its end
    late = sa.update(sessions).where(sessions.c.id == first["session_id"])
    change(side, late.values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))

    # then only that one is refused, until the user is suspended
    assert refused(side, "GET", "/hello", first["access_token"])
    assert not refused(side, "GET", "/hello", second["access_token"])
    change(side, sa.update(users).where(users.c.email == side.email).values(is_active=False))
    assert refused(side, "GET", side.me_path, second["access_token"])
    assert refused(side, "POST", side.refresh_path, second["refresh_token"])


def test_a_refresh_token_works_once_and_its_second_use_ends_the_session(side: Side) -> None:
    # given a refresh token that was used
    signed_in = side.sign_in()
    newer = json.loads(call(side.app, environ("POST", side.refresh_path, signed_in["refresh_token"])))
    assert not refused(side, "GET", "/hello", newer["access_token"])

    # when it comes again
    assert refused(side, "POST", side.refresh_path, signed_in["refresh_token"])

    # then the session is over for both
    assert refused(side, "GET", "/hello", newer["access_token"])
    assert refused(side, "POST", side.refresh_path, newer["refresh_token"])


@pytest.mark.parametrize(
    "forged",
    [
        {"iss": "http://evil"},
        {"aud": "http://evil"},
        {"exp": 1},
        {"type": "refresh"},
        {"sid": "another"},
        {"sub": "999"},
    ],
    ids=lambda one: next(iter(one)),
)
def test_a_token_that_says_something_else_is_refused(side: Side, forged: dict[str, Any]) -> None:
    # given a good token and one that differs in one claim, signed with the same key
    token = side.sign_in()["access_token"]
    claims = jwt.decode(token, sides.SECRET, algorithms=["HS256"], audience=sides.ISSUER)
    header = jwt.get_unverified_header(token)

    # when it is signed again as it was, and again with the difference
    same = jwt.encode(claims, sides.SECRET, algorithm="HS256", headers=header)
    other = jwt.encode({**claims, **forged}, sides.SECRET, algorithm="HS256", headers=header)

    # then only the first opens the route
    assert not refused(side, "GET", "/hello", same)
    assert refused(side, "GET", "/hello", other)


def test_other_keys_other_algorithms_and_nothing_at_all_are_refused(side: Side) -> None:
    # given the claims of a good token
    token = side.sign_in()["access_token"]
    claims = jwt.decode(token, sides.SECRET, algorithms=["HS256"], audience=sides.ISSUER)
    header = jwt.get_unverified_header(token)

    # when they come with another signature
    bad = [
        jwt.encode(claims, "another key" * 8, algorithm="HS256", headers=header),
        jwt.encode(claims, sides.SECRET * 2, algorithm="HS512"),
        jwt.encode(claims, None, algorithm="none"),
        token[:-4],
        "nonsense",
        None,
    ]

    # then none is taken
    assert all(refused(side, "GET", "/hello", one) for one in bad)
    assert all(refused(side, "GET", side.me_path, one) for one in bad)


def test_a_wrong_password_is_refused(side: Side) -> None:
    # given somebody who signs in
    assert side.sign_in()["access_token"]

    # when the password is wrong
    side.password = "something else entirely"

    # then they do not
    with pytest.raises(Refused, match="401"):
        side.sign_in()
