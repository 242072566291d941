"""How often is too often: guesses, sign-ups, and every way of getting a counter of one's own.

Rows R05 to R08, R52, R53, R60 and R65. The counters are the package's own: the host's limits stay the host's.
"""

import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import flask
import pytest
from werkzeug.test import TestResponse

from flask_headless_auth.users import canonical_email
from tests.support import services
from tests.support.apps import API, PASSWORD, Person, make_app, uuid_user

App = Callable[..., flask.Flask]
LIMIT = 10
"""Failures of one account in a quarter of an hour, by default."""

ROOMY = {"AUTHSVC_LIMITS_LOGIN": "100000/minute", "AUTHSVC_LIMITS_SIGNUP": "100000/minute"}
"""Out of the way where only accounts are looked at."""


@pytest.fixture
def limited(build: App) -> flask.Flask:
    """An application that counts."""
    return build(RATELIMIT_ENABLED=True)


def guess(
    app: flask.Flask, email: str, password: str = "wrong", address: str = "203.0.113.9", **headers: str
) -> TestResponse:
    """A sign-in from *address*, by a client of its own."""
    return app.test_client().post(
        f"{API}/login",
        json={"email": email, "password": password},
        headers={"X-Auth-Delivery": "body", **headers},
        environ_overrides={"REMOTE_ADDR": address},
    )


def assert_limited(answer: TestResponse, label: object = "") -> None:
    """429 which says how long to wait, in the header and in the body."""
    assert answer.status_code == 429, (label, answer.status_code, answer.text)
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["code"] == "too_many_requests"
    assert 1 <= int(answer.headers["Retry-After"]) <= 3600
    assert answer.get_json()["retry_after"] == int(answer.headers["Retry-After"])


def test_R05_forty_wrong_current_passwords_meet_the_limit_and_change_nothing(limited: flask.Flask) -> None:
    # given somebody who is signed in on two devices
    ada, other = Person(limited, "bearer", "ada@example.com"), Person(limited, "bearer", "ada@example.com")
    ada.sign_up()
    other.sign_in()

    # when forty wrong passwords are tried, from both
    wrong = {"current_password": "wrong", "new_password": "a new and long one"}
    answers = [(ada, other)[turn % 2].post("/password/update", wrong) for turn in range(40)]

    # then the first ten are refused, the rest not even compared, the right one neither
    assert [one.status_code for one in answers] == [401] * LIMIT + [429] * (40 - LIMIT)
    assert_limited(answers[-1])
    assert_limited(ada.post("/password/update", {**wrong, "current_password": PASSWORD}))
    assert guess(limited, "ada@example.com", PASSWORD).status_code == 200


def test_forty_wrong_proofs_of_presence_meet_a_limit_too(limited: flask.Flask) -> None:
    # given somebody who is signed in
    ada = Person(limited, "bearer", "ada@example.com")
    ada.sign_up()

    # when forty wrong passwords are tried as proof
    answers = [ada.post("/reauthenticate", {"password": "wrong"}) for _ in range(40)]

    # then the limit is met
    assert [one.status_code for one in answers] == [401] * LIMIT + [429] * (40 - LIMIT)
    assert_limited(answers[-1])


def test_R07_a_hundred_addresses_share_one_accounts_limit(limited: flask.Flask) -> None:
    # given somebody, and a hundred addresses that guess
    ada, bob = Person(limited, "bearer", "ada@example.com"), Person(limited, "bearer", "bob@example.com")
    ada.sign_up(), bob.sign_up()

    # when each tries once
    answers = [guess(limited, "ada@example.com", f"guess {n}", f"198.51.100.{n}") for n in range(100)]

    # then ten tries were had, the right password is not compared either, and others are not bothered
    assert [one.status_code for one in answers] == [401] * LIMIT + [429] * (100 - LIMIT)
    assert_limited(answers[-1])
    assert_limited(guess(limited, "ada@example.com", PASSWORD, "192.0.2.1"))
    assert guess(limited, "bob@example.com", PASSWORD, "192.0.2.1").status_code == 200


def test_R08_whoever_is_signed_in_stays_so_while_strangers_guess(limited: flask.Flask) -> None:
    # given somebody who is signed in
    ada = Person(limited, "bearer", "ada@example.com")
    ada.sign_up()

    # when sixty hostile tries fail
    for n in range(60):
        guess(limited, "ada@example.com", "wrong", f"198.51.100.{n}")

    # then the sessions work and refresh, and a new sign-in is let in or told when to come back
    assert ada.me().status_code == 200
    assert ada.refresh().status_code == 200
    assert ada.me().status_code == 200
    assert_limited(ada.post("/login", {"email": ada.email, "password": PASSWORD}))


def test_R06_an_unknown_account_is_limited_just_as_a_known_one(limited: flask.Flask) -> None:
    # given one account
    Person(limited, "bearer", "ada@example.com").sign_up()

    # when it and one that does not exist are guessed at
    known = [guess(limited, "ada@example.com", "wrong", f"198.51.100.{n}") for n in range(15)]
    unknown = [guess(limited, "eve@example.com", "wrong", f"198.51.100.{n}") for n in range(15)]

    # then nobody can tell them apart
    assert [one.status_code for one in known] == [one.status_code for one in unknown]
    strip = {"retry_after"}
    for one, other in zip(known, unknown, strict=True):
        assert {k: v for k, v in one.json.items() if k not in strip} == {
            k: v for k, v in other.json.items() if k not in strip
        }


def test_a_success_gives_its_try_back(limited: flask.Flask) -> None:
    # given somebody who signs in often, and mistypes now and then
    Person(limited, "bearer", "ada@example.com").sign_up()

    # when nine mistakes come between thirty successes
    for n in range(30):
        assert guess(limited, "ada@example.com", PASSWORD).status_code == 200
        if n < LIMIT - 1:
            assert guess(limited, "ada@example.com").status_code == 401

    # then only the mistakes were counted: one more is had, and no other
    assert guess(limited, "ada@example.com").status_code == 401
    assert_limited(guess(limited, "ada@example.com"))


SPELLINGS = (
    "müller@bücher.example", "MÜLLER@BÜCHER.EXAMPLE", " müller@bücher.example ",
    "müller@xn--bcher-kva.example",
    "mu\u0308ller@bu\u0308cher.example", "Müller@XN--BCHER-KVA.example", "\tmüller@bücher.example\n",
    "MU\u0308LLER@bücher.example", unicodedata.normalize("NFD", "MÜLLER@BÜCHER.EXAMPLE"),
    "müller@Bücher.Example",
    "müller@bu\u0308cher.EXAMPLE", "Mu\u0308Ller@xn--BCHER-kva.example",
)  # fmt: skip


def test_R65_every_spelling_of_an_address_is_one_account_and_one_counter(limited: flask.Flask) -> None:
    # given an account whose address can be written in many ways
    Person(limited, "bearer", SPELLINGS[0]).sign_up()
    for spelling in SPELLINGS:
        assert guess(limited, spelling, PASSWORD).status_code == 200, spelling
        assert Person(limited, "bearer", spelling).sign_up().status_code == 409, spelling

    # when each spelling is guessed with
    answers = [guess(limited, spelling, "wrong", f"198.51.100.{n}") for n, spelling in enumerate(SPELLINGS)]

    # then they share the limit
    assert [one.status_code for one in answers] == [401] * LIMIT + [429] * (len(SPELLINGS) - LIMIT)


LOOKALIKES = (
    "adá@example.com", "ådà@example.com", "ａda@example.com", "adaͣ@example.com", "ada\u00ad@example.com",
    "аda@example.com", "ada@examp1e.com", "ada@example.com.", "ªda@example.com",
)  # fmt: skip


def test_R65_R07_an_address_that_only_looks_alike_is_another_account_on_every_engine(
    any_database_url: str,
) -> None:
    # given somebody
    app = make_app(any_database_url, RATELIMIT_ENABLED=True, **ROOMY)
    ada = Person(app, "bearer", "ada@example.com")
    assert ada.sign_up().status_code == 201
    for lookalike in LOOKALIKES:
        try:
            same = canonical_email(lookalike) == "ada@example.com"
        except ValueError:
            same = False

        # when a look-alike comes with the right password
        answer = guess(app, lookalike, PASSWORD)

        # then it is nobody, or the very same account under the very same counter
        assert answer.status_code == (200 if same else 401), (lookalike, answer.text)


def test_R65_a_user_name_that_only_looks_alike_is_another_account_on_every_engine(
    any_database_url: str,
) -> None:
    # given somebody with a user name
    app = make_app(any_database_url, user_model=uuid_user(), RATELIMIT_ENABLED=True, **ROOMY)
    ada = Person(app, "bearer", "ada@example.com")
    assert ada.sign_up(username="ada").status_code == 201

    # when names that a collation or a fold would take for it come with the right password
    for name in ("ADA", "Ada", "adá", "ada ", " ada", "ªda", "ａda", "ada\u00ad", "АDA"):
        answer = ada.post("/login", {"username": name, "password": PASSWORD})

        # then nobody is let in who could count elsewhere
        assert answer.status_code == 401, name
    assert ada.post("/login", {"username": "ada", "password": PASSWORD}).status_code == 200


def test_R07_guesses_by_user_name_are_counted_however_it_is_spelt(build: App) -> None:
    # given somebody with a user name
    app = build(user_model=uuid_user(), RATELIMIT_ENABLED=True, **ROOMY)
    ada = Person(app, "bearer", "ada@example.com")
    ada.sign_up(username="ada")
    names = ("ada", "ADA", " ada", "Ada", "ada ", "aDa", "adA", "AdA", "\tada", "ADa", "ada", "ada")

    # when it is guessed at
    answers = [ada.post("/login", {"username": name, "password": "wrong"}) for name in names]

    # then the limit is met
    assert [one.status_code for one in answers] == [401] * LIMIT + [429] * 2


def test_R53_headers_that_anybody_can_write_give_nobody_a_counter_of_their_own(build: App) -> None:
    # given an application that takes five sign-ins a minute from an address
    app = build(RATELIMIT_ENABLED=True, AUTHSVC_LIMITS_LOGIN="5/minute")
    names = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "CF-Connecting-IP", "True-Client-IP", "X-Client-IP")

    # when one address says in every request that it is another
    answers = [
        guess(app, f"{n}@example.com", "wrong", "203.0.113.9", **dict.fromkeys(names, f"198.51.100.{n}"))
        for n in range(8)
    ]

    # then it is still one
    assert [one.status_code for one in answers] == [401] * 5 + [429] * 3
    assert guess(app, "x@example.com", "wrong", "203.0.113.10").status_code == 401


@pytest.mark.parametrize(
    ("addresses", "counters"),
    [
        ([f"2001:db8:1:2::{n:x}" for n in range(1, 9)], 1),
        (["2001:db8:1:2::1", "2001:DB8:1:2:0:0:0:1", "2001:0db8:0001:0002::0001", "2001:db8:1:2:ffff::"], 1),
        (["2001:db8:1:2::1%eth0", "2001:db8:1:2::1"], 1),
        (["::ffff:203.0.113.9", "203.0.113.9", "::ffff:cb00:7109"], 1),
        (["2001:db8:1:1::1", "2001:db8:1:2::1", "2001:db8:1:3::1"], 3),
        (["203.0.113.1", "203.0.113.2", "203.0.113.3"], 3),
        (["", "garbage", "unix:"], 1),
    ],
)
def test_R07_an_ipv6_network_is_one_address_and_so_is_every_spelling(
    build: App, addresses: list[str], counters: int
) -> None:
    # given an application that takes one sign-in a minute from an address
    app = build(RATELIMIT_ENABLED=True, AUTHSVC_LIMITS_LOGIN="1/minute")

    # when these addresses try once each
    answers = [guess(app, f"{n}@example.com", "wrong", address) for n, address in enumerate(addresses)]

    # then as many are let through as there are clients
    assert [one.status_code for one in answers].count(401) == counters


def test_R52_sixty_sign_ups_from_one_address_meet_the_limit(limited: flask.Flask) -> None:
    # when one address makes sixty accounts
    answers = [Person(limited, "bearer", f"{n}@example.com").sign_up() for n in range(60)]

    # then it is stopped at twenty
    assert [one.status_code for one in answers] == [201] * 20 + [429] * 40
    assert_limited(answers[-1])


def test_the_hosts_limits_are_applied_neither_to_its_routes_nor_to_ours(build: App) -> None:
    # given a host whose configuration is meant for a limiter of its own, which it has not
    app = build(RATELIMIT_ENABLED=True, RATELIMIT_DEFAULT="1/hour", RATELIMIT_APPLICATION="1/hour")
    app.add_url_rule("/host", "host", lambda: "host")

    # when its routes and ours are asked often
    answers = [app.test_client().get(path) for path in ("/host", f"{API}/config") for _ in range(5)]

    # then nothing is counted that we did not declare
    assert [one.status_code for one in answers] == [200] * 10
    assert not any(name.startswith("X-RateLimit") for one in answers for name, _ in one.headers)


def _parallel(app: flask.Flask, email: str, threads: int = 20) -> list[int]:
    start = threading.Barrier(threads)

    def one(n: int) -> int:
        start.wait()
        return guess(app, email, f"guess {n}", f"198.51.100.{n}").status_code

    with ThreadPoolExecutor(threads) as pool:
        return sorted(pool.map(one, range(threads)))


def test_R07_guesses_at_the_same_moment_are_all_counted(limited: flask.Flask) -> None:
    # given somebody
    Person(limited, "bearer", "ada@example.com").sign_up()

    # when twenty guesses come at once, to a known and to an unknown account
    found = {email: _parallel(limited, email) for email in ("ada@example.com", "eve@example.com")}

    # then no more than the limit pass the counter
    for email, answers in found.items():
        assert answers == [401] * LIMIT + [429] * (20 - LIMIT), email


@pytest.mark.services
def test_R07_two_workers_share_their_counters_in_redis(build: App) -> None:
    # given two workers with one Redis
    import redis

    url = services.redis_url()
    store = redis.Redis.from_url(url)
    for key in store.scan_iter("LIMITS*redis-share@example.com*"):
        store.delete(key)
    config: dict[str, Any] = {"RATELIMIT_ENABLED": True, "RATELIMIT_STORAGE_URL": url, **ROOMY}
    workers = [build(**config), build(**config)]

    # when guesses go to both in turn, and at the same moment
    try:
        answers = [guess(workers[n % 2], "redis-share@example.com") for n in range(8)]
        rest = _parallel(workers[0], "redis-share@example.com", 8)

        # then they are counted together
        assert [one.status_code for one in answers] == [401] * 8
        assert rest == [401] * 2 + [429] * 6
        assert_limited(guess(workers[1], "redis-share@example.com"))
    finally:
        for key in store.scan_iter("LIMITS*redis-share@example.com*"):
            store.delete(key)


def test_R60_with_redis_down_this_process_counts_for_itself(
    build: App, caplog: pytest.LogCaptureFixture
) -> None:
    # given a Redis that does not answer
    app = build(RATELIMIT_ENABLED=True, RATELIMIT_STORAGE_URL="redis://127.0.0.1:1/0")
    assert Person(app, "bearer", "ada@example.com").sign_up().status_code == 201

    # when somebody guesses
    answers = [guess(app, "ada@example.com") for _ in range(LIMIT + 2)]

    # then nothing breaks, and the limit stands
    assert [one.status_code for one in answers] == [401] * LIMIT + [429] * 2
    assert_limited(answers[-1])
    assert "does not answer" in caplog.text
    assert guess(app, "bob@example.com", "wrong").status_code == 401
