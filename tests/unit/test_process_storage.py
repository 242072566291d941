"""The counters of one process: what is counted, what expires, what is given back."""

from concurrent.futures import ThreadPoolExecutor

from flask_headless_auth.limits import ProcessStorage


def test_what_is_counted_within_its_window_adds_up() -> None:
    storage = ProcessStorage()

    assert [storage.incr("a", 60), storage.incr("a", 60), storage.incr("b", 60)] == [1, 2, 1]


def test_a_window_that_is_over_counts_from_one_again() -> None:
    # given a counter whose window was over at once
    storage = ProcessStorage()
    storage.incr("a", -1, 5)

    # when it is counted again
    # then nothing is left of before
    assert storage.incr("a", 60) == 1


def test_what_is_given_back_too_late_is_nobodys_credit() -> None:
    # given a counter that has nothing
    storage = ProcessStorage()

    # when a try is given back
    storage.incr("a", 60, -1)

    # then the next one is the first
    assert storage.incr("a", 60) == 1


def test_expired_counters_do_not_stay_in_memory() -> None:
    # given many counters that are over
    storage = ProcessStorage()
    for number in range(ProcessStorage.SWEEP_EVERY - 1):
        storage.incr(f"over-{number}", -1)

    # when the next one is counted
    storage.incr("alive", 60)

    # then only what lives is kept
    assert list(storage.expirations) == ["alive"]
    assert list(storage.storage) == ["alive"]


def test_parallel_counts_are_all_counted() -> None:
    # given eight threads that count one thing
    storage = ProcessStorage()
    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda _: storage.incr("a", 60), range(4000)))

    # then no two saw the same count
    assert sorted(seen) == list(range(1, 4001))


def test_no_thread_is_left_behind() -> None:
    storage = ProcessStorage()
    storage.incr("a", 60)
    storage.timer.join(5)

    assert not storage.timer.is_alive()
