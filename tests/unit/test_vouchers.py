"""One-time secrets: issued, looked at, redeemed once, tried five times, voided, swept. On every engine."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import flask
import pytest
import sqlalchemy as sa

from flask_headless_auth import users
from flask_headless_auth.database import once_more, transaction
from flask_headless_auth.features.vouchers import logic as vouchers
from flask_headless_auth.features.vouchers.logic import TRIES, Issued
from tests.support.apps import Clock, Person, make_app

LIFE = timedelta(minutes=10)
ADA = "ada@example.com"


@pytest.fixture
def app(any_database_url: str) -> Iterator[flask.Flask]:
    """An application with an account, and its context."""
    made = make_app(any_database_url)
    assert Person(made, "bearer", ADA).sign_up().status_code == 201
    with made.app_context():
        yield made


def issue(
    purpose: str = "reset", *, email: str | None = ADA, life: timedelta = LIFE, **content: Any
) -> Issued:
    """A voucher with a code, of an account or of nobody."""
    with transaction():
        user = users.by_email(email) if email else None
        address = email or "eve@example.com"
        return vouchers.issue(purpose, life, content, user=user, address=address, with_code=True)


def committed(call: Callable[..., Any], *args: Any) -> Any:
    """What a call answers in a transaction of its own."""

    def work() -> Any:
        with transaction():
            return call(*args)

    return once_more(work)


redeem = partial(committed, vouchers.redeem)
answer = partial(committed, vouchers.answer)


def wrong(code: str, number: int = 1) -> str:
    """Another code."""
    return f"{(int(code) + number) % 10**6:06}"


def at_once(app: flask.Flask, calls: Iterable[Callable[[], Any]]) -> list[Any]:
    """What these calls answer when all start at the same moment, each on a connection of its own."""
    calls = list(calls)
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        with app.app_context():
            start.wait(timeout=30)
            return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_a_voucher_is_redeemed_once_and_says_what_it_stood_for(app: flask.Flask) -> None:
    # given a voucher of an account, and one of nobody
    own, nobodys = issue(email=ADA, note="é"), issue(email=None, note="é")

    # when both are redeemed twice
    first, second = redeem("reset", own.token), redeem("reset", own.token)
    decoy = redeem("reset", nobodys.token)

    # then each answered once
    user = users.by_email(ADA)
    assert [first.user_id, decoy.user_id] == [users.key_of(user), None]
    assert first.content == decoy.content == {"note": "é"}
    assert (first.is_used, decoy.is_used) == (True, True)
    assert second is None
    assert redeem("reset", nobodys.token) is None


def test_tokens_challenges_and_codes_are_long_random_and_of_their_own(app: flask.Flask) -> None:
    # given many vouchers
    made = [issue() for _ in range(50)]

    # then no secret repeats, and codes are six digits each
    secrets = [one for voucher in made for one in (voucher.token, voucher.challenge)]
    assert len(set(secrets)) == 100
    assert min(map(len, secrets)) >= 43
    assert all(len(one.code) == 6 and one.code.isascii() and one.code.isdigit() for one in made)
    assert len({one.code for one in made}) > 40


@pytest.mark.parametrize("purpose", ["magic_link", "", "rese", "resets", "%"])
def test_a_voucher_is_good_for_its_purpose_only(app: flask.Flask, purpose: str) -> None:
    # given a voucher
    issued = issue("reset")

    # then another purpose neither redeems, answers nor sees it
    assert redeem(purpose, issued.token) is None
    assert answer(purpose, issued.challenge, issued.code) is None
    assert vouchers.look(purpose, issued.token) is None
    assert vouchers.look_at_challenge(purpose, issued.challenge) is None

    # and its own still does
    assert redeem("reset", issued.token) is not None


@pytest.mark.parametrize("token", ["", " ", "\x00", "null", "%", "a" * 100_000, "\ud800", "ключ"])
def test_a_token_that_was_never_issued_is_nobodys(app: flask.Flask, token: str) -> None:
    # given some voucher without a code, whose challenge is null
    with transaction():
        vouchers.issue("reset", LIFE, {})

    # then nothing matches, not even what is blank
    assert redeem("reset", token) is None
    assert answer("reset", token, token) is None
    assert vouchers.look("reset", token) is None
    assert vouchers.look_at_challenge("reset", token) is None


def test_a_voucher_without_a_code_has_no_challenge(app: flask.Flask) -> None:
    # given one
    with transaction():
        issued = vouchers.issue("reset", LIFE, {})

    # then its challenge and code are worth nothing, its token is
    assert answer("reset", issued.challenge, issued.code) is None
    assert redeem("reset", issued.token) is not None


def test_a_voucher_is_over_at_the_end_of_its_life(app: flask.Flask, clock: Clock) -> None:
    # given two vouchers, one of them nearly over
    early, late = issue(), issue()
    clock.forward(minutes=9, seconds=59)
    assert redeem("reset", early.token) is not None

    # when their time is over
    clock.forward(seconds=1)

    # then nothing is left of the other
    assert redeem("reset", late.token) is None
    assert answer("reset", late.challenge, late.code) is None
    assert vouchers.look("reset", late.token) is None
    assert vouchers.look_at_challenge("reset", late.challenge) is None


def test_looking_changes_nothing(app: flask.Flask) -> None:
    # given a voucher that was looked at often
    issued = issue(note="x")
    looks = [vouchers.look("reset", issued.token) for _ in range(9)]
    looks += [vouchers.look_at_challenge("reset", issued.challenge) for _ in range(9)]
    app.extensions["sqlalchemy"].session.rollback()

    # then every look said the same, that it is good, and it is
    assert {(one.is_used, str(one.content)) for one in looks if one} == {(False, "{'note': 'x'}")}
    assert answer("reset", issued.challenge, issued.code) is not None

    # and a later look says that it was used
    assert [one.is_used for one in (vouchers.look("reset", issued.token),) if one] == [True]


def test_a_code_is_tried_five_times_and_each_try_is_counted_first(app: flask.Flask) -> None:
    # given four wrong tries
    issued = issue()
    for number in range(TRIES - 1):
        assert answer("reset", issued.challenge, wrong(issued.code, 1 + number)) is None

    # then the fifth may be right, and no sixth is
    assert answer("reset", issued.challenge, issued.code) is not None

    # and with five wrong ones the right code comes too late, but the token does not
    issued = issue()
    for number in range(TRIES):
        assert answer("reset", issued.challenge, wrong(issued.code, 1 + number)) is None
    assert answer("reset", issued.challenge, issued.code) is None
    assert redeem("reset", issued.token) is not None


def test_a_code_answers_its_own_challenge_only(app: flask.Flask) -> None:
    # given two vouchers
    one, other = issue(), issue()
    while other.code == one.code:
        other = issue()

    # then their codes cannot be exchanged
    assert answer("reset", one.challenge, other.code) is None
    assert answer("reset", other.challenge, one.code) is None


def test_vouchers_of_a_user_are_voided_by_purpose_or_all(app: flask.Flask) -> None:
    # given vouchers of two purposes, and one of somebody else
    bob = "bob@example.com"
    Person(app, "bearer", bob).sign_up()
    reset, link, others = issue("reset"), issue("magic_link"), issue("reset", email=bob)
    user = users.by_email(ADA)

    # when those of one purpose are voided
    count = committed(vouchers.void, user, "reset")

    # then only they are worth nothing
    assert count >= 1
    assert redeem("reset", reset.token) is None
    assert redeem("magic_link", link.token) is not None
    assert redeem("reset", others.token) is not None

    # and voiding all leaves nothing of that user
    link = issue("magic_link")
    committed(vouchers.void, user)
    assert redeem("magic_link", link.token) is None
    assert answer("magic_link", link.challenge, link.code) is None


def test_vouchers_for_an_address_are_found_and_voided_whoever_they_stand_for(app: flask.Flask) -> None:
    # given vouchers for an address that has no account, and for one that has
    first, second, own = issue(email=None, n=1), issue("change", email=None, n=2), issue(n=3)

    # then they are found by address and purpose
    waiting = vouchers.waiting_for("eve@example.com", "reset", "change")
    assert sorted(one.content["n"] for one in waiting) == [1, 2]
    assert [one.content["n"] for one in vouchers.waiting_for("eve@example.com", "change")] == [2]
    assert vouchers.waiting_for("nobody@example.com", "reset") == []
    app.extensions["sqlalchemy"].session.rollback()

    # and voided so
    assert committed(vouchers.void_for, "eve@example.com", "reset") == 1
    assert redeem("reset", first.token) is None
    assert redeem("change", second.token) is not None
    assert redeem("reset", own.token) is not None


def test_an_address_is_kept_for_somebody_until_the_voucher_is_used_or_over(
    app: flask.Flask, clock: Clock
) -> None:
    # given an address that is kept for ada
    user = users.by_email(ADA)
    issued = issue("revert")

    # then it is kept from everybody but her, and for this purpose only
    assert vouchers.keeps("revert", ADA)
    assert not vouchers.keeps("revert", ADA, except_for=user)
    assert not vouchers.keeps("reset", ADA)
    assert not vouchers.keeps("revert", "eve@example.com")

    # and free once it is used, or over
    app.extensions["sqlalchemy"].session.rollback()
    redeem("revert", issued.token)
    assert not vouchers.keeps("revert", ADA)
    app.extensions["sqlalchemy"].session.rollback()
    issue("revert")
    clock.forward(minutes=10)
    assert not vouchers.keeps("revert", ADA)


def test_an_address_kept_by_a_voucher_of_nobody_is_kept_from_everybody(app: flask.Flask) -> None:
    # given an address that a voucher of nobody keeps
    issue("revert", email=None)
    user = users.by_email(ADA)

    # then it is kept from an account too
    assert vouchers.keeps("revert", "eve@example.com")
    assert vouchers.keeps("revert", "eve@example.com", except_for=user)


def rows(app: flask.Flask) -> list[Any]:
    """Every voucher as the database has it."""
    session = app.extensions["sqlalchemy"].session
    session.rollback()
    found = session.execute(sa.text("SELECT * FROM auth_vouchers")).all()
    session.rollback()
    return list(found)


def test_the_database_has_no_secret_and_no_address_in_the_clear(app: flask.Flask) -> None:
    # given a voucher
    issued = issue(email=ADA, note="nobody's business", code_copy="none")

    # when its row is read
    stored = " ".join(str(value) for row in rows(app) for value in row)

    # then neither token, challenge, address nor content can be read; the code is not a value either
    for secret in (issued.token, issued.challenge, ADA, "business"):
        assert secret not in stored
    assert issued.code not in [value for row in rows(app) for value in row]


def test_vouchers_that_were_over_a_day_ago_are_purged_and_others_stay(app: flask.Flask, clock: Clock) -> None:
    # given vouchers of three ages
    for _ in range(3):
        issue()
    clock.forward(hours=24)
    young = issue()
    before = len(rows(app))

    # when it is purged before and behind the day
    early = vouchers.purge()
    clock.forward(minutes=11)
    late = vouchers.purge()

    # then those over for a day are gone
    assert (before, early, late) == (4, {"vouchers": 0}, {"vouchers": 3})
    assert len(rows(app)) == 1
    assert redeem("reset", young.token) is None


def test_forgetting_a_user_erases_their_vouchers_only(app: flask.Flask) -> None:
    # given vouchers of an account and of nobody
    issue(), issue("magic_link")
    issue(email=None)

    # when the account's part is erased
    erased = committed(lambda: vouchers.forget_user(users.by_email(ADA)))

    # then the other stays
    assert erased == {"vouchers": 2}
    assert [row.user_id for row in rows(app)] == [None]


def test_of_parallel_redemptions_one_succeeds(app: flask.Flask) -> None:
    for _ in range(8):
        # given a voucher
        issued = issue(note="x")

        # when eight redeem it at once
        found = at_once(app, [partial(redeem, "reset", issued.token)] * 8)

        # then one has it
        assert sum(one is not None for one in found) == 1


def test_of_parallel_right_codes_one_succeeds(app: flask.Flask) -> None:
    for _ in range(8):
        # given a voucher
        issued = issue()

        # when all five tries are right and come at once
        found = at_once(app, [partial(answer, "reset", issued.challenge, issued.code)] * TRIES)

        # then one has it
        assert sum(one is not None for one in found) == 1


def test_parallel_tries_are_each_counted_and_no_sixth_is_had(app: flask.Flask) -> None:
    for _ in range(8):
        # given a voucher
        issued = issue()
        before = sum(row.tries for row in rows(app))

        # when ten wrong codes come at once
        codes = [wrong(issued.code, 1 + number) for number in range(10)]
        found = at_once(app, [partial(answer, "reset", issued.challenge, one) for one in codes])

        # then five were counted, and the right one comes too late
        assert found == [None] * 10
        assert sum(row.tries for row in rows(app)) == before + TRIES
        assert answer("reset", issued.challenge, issued.code) is None


def test_a_redemption_beside_a_void_is_one_of_the_two(app: flask.Flask) -> None:
    outcomes: Counter[tuple[bool, bool]] = Counter()
    for _ in range(8):
        # given a voucher
        issued = issue()

        # when it is redeemed while it is voided
        voided, redeemed = at_once(
            app,
            [
                partial(committed, vouchers.void_for, ADA, "reset"),
                partial(redeem, "reset", issued.token),
            ],
        )

        # then exactly one of them met it
        outcomes[voided == 1, redeemed is not None] += 1
    assert set(outcomes) <= {(True, False), (False, True)}


def test_what_is_undone_redeems_nothing(app: flask.Flask) -> None:
    # given a voucher that is redeemed in a transaction that fails
    issued = issue()

    def redeem_and_fail() -> None:
        assert vouchers.redeem("reset", issued.token) is not None
        raise LookupError

    with pytest.raises(LookupError):
        committed(redeem_and_fail)

    # then it is as good as before
    assert redeem("reset", issued.token) is not None
