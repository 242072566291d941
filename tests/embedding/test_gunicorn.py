"""Several workers of a real server: what one of them knows, all of them know at the next request."""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.embedding.servers import gunicorn
from tests.support import services
from tests.support.apps import PASSWORD

pytestmark = pytest.mark.slow

PROGRAM = Path(__file__).with_name("programs") / "served.py"
WAYS: dict[str, tuple[str, ...]] = {
    "two workers, preloaded": ("--preload", "-w", "2"),
    "two workers": ("-w", "2"),
    # Few connections for each, or one worker takes them all.
    "threads": ("--worker-class", "gthread", "--threads", "4", "--worker-connections", "4", "-w", "2"),
    "gevent": ("--worker-class", "gevent", "-w", "2"),
}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)], scope="module")
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty database, of SQLite and of PostgreSQL in turn."""
    with services.database(request.param, tmp_path_factory.mktemp("database")) as empty:
        yield empty


@pytest.fixture(params=WAYS, scope="module")
def server(
    request: pytest.FixtureRequest, url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a server that runs in each way in turn."""
    folder = tmp_path_factory.mktemp("server")
    shutil.copy(PROGRAM, folder / "served.py")
    with gunicorn("served:app", *WAYS[request.param], folder=folder, TEST_DATABASE=url) as address:
        yield address


class Visitor:
    """A native client: it keeps its tokens, and each request is a connection of its own."""

    def __init__(self, address: str, email: str) -> None:
        self.address, self.email = address, email
        self.access = self.refresh = ""

    def call(self, method: str, path: str, token: str = "", **options: Any) -> httpx.Response:
        """A request with *token*, or the access token."""
        headers = {"X-Auth-Delivery": "body"}
        if token or self.access:
            headers["Authorization"] = f"Bearer {token or self.access}"
        # Plain http: reading the certificates of the machine would cost more than the request.
        plain: dict[str, Any] = {"timeout": 60, "verify": False, "trust_env": False}
        return httpx.request(method, self.address + path, headers=headers, **plain, **options)

    def enter(self, path: str) -> httpx.Response:
        """Sign up or in, and keep the tokens."""
        self.access = ""
        answer = self.call("POST", f"/api/auth/{path}", json={"email": self.email, "password": PASSWORD})
        self.access = answer.json().get("access_token", "")
        self.refresh = answer.json().get("refresh_token", "")
        return answer


@pytest.fixture
def ada(server: str, request: pytest.FixtureRequest) -> Visitor:
    """Somebody who has signed up at that server, another one in every test."""
    visitor = Visitor(server, f"{abs(hash(request.node.nodeid))}@example.com")
    assert visitor.enter("signup").status_code == 201
    return visitor


def at_once(count: int, work: Callable[[int], httpx.Response]) -> list[httpx.Response]:
    """The answers of *count* requests that run side by side."""
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, range(count)))


def on_every_worker(ada: Visitor, method: str, path: str, token: str) -> list[httpx.Response]:
    """The answers of so many requests side by side that both workers have given some."""
    answers: list[httpx.Response] = []
    for _ in range(30):
        answers += at_once(16, lambda _: ada.call(method, path, token))
        if len({answer.headers["X-Worker"] for answer in answers}) == 2:
            return answers
    pytest.fail("Only one worker answers.")


def test_twenty_reads_side_by_side_are_all_answered(ada: Visitor) -> None:
    # given somebody who has signed up and in
    assert ada.enter("login").status_code == 200

    # when twenty requests for the profile and for the host's routes come side by side
    paths = ["/api/auth/user/@me", "/host", "/plain", "/api/auth/check-auth"] * 5
    answers = at_once(20, lambda number: ada.call("GET", paths[number]))

    # then all are answered, with the right person
    assert [answer.status_code for answer in answers] == [200] * 20, [answer.text for answer in answers]
    assert {answer.json()["user"]["email"] for answer in answers[::4]} == {ada.email}
    assert {answer.json()["email"] for answer in answers[1::4]} == {ada.email}


def test_one_refresh_token_sent_twenty_times_side_by_side_has_one_successor(ada: Visitor) -> None:
    # given somebody whose tabs all wake up at once
    token = ada.refresh

    # when they send the same refresh token side by side
    answers = at_once(20, lambda _: ada.call("POST", "/api/auth/token/refresh", token))

    # then all get the same successor, and it works
    assert [answer.status_code for answer in answers] == [200] * 20, [answer.text for answer in answers]
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1
    successor = answers[0].json()["refresh_token"]
    assert ada.call("POST", "/api/auth/token/refresh", successor).status_code == 200


def test_twenty_people_sign_up_side_by_side_and_one_address_makes_one_account(server: str) -> None:
    # given twenty people, half of whom share one address
    key = abs(hash(server))
    people = [
        Visitor(server, f"{'same' if number % 2 else number}-{key}@example.com") for number in range(20)
    ]

    # when all sign up side by side
    answers = at_once(20, lambda number: people[number].enter("signup"))

    # then the others all have accounts, and of the shared address there is one
    statuses = [answer.status_code for answer in answers]
    assert statuses[::2] == [201] * 10, [answer.text for answer in answers[::2]]
    assert sorted(statuses[1::2]) == [201] + [409] * 9, [answer.text for answer in answers[1::2]]


def test_a_sign_out_at_one_worker_holds_at_all_of_them_from_the_next_request(ada: Visitor) -> None:
    # given somebody whose token both workers have admitted
    access, refresh = ada.access, ada.refresh
    for path in ("/api/auth/user/@me", "/host", "/plain"):
        assert {answer.status_code for answer in on_every_worker(ada, "GET", path, access)} == {200}

    # when they sign out, at whichever
    assert ada.call("POST", "/api/auth/logout", json={}).status_code == 200

    # then both refuse the tokens, at our routes and at the host's
    for path in ("/api/auth/user/@me", "/host", "/plain"):
        assert {answer.status_code for answer in on_every_worker(ada, "GET", path, access)} == {401}
    refreshed = on_every_worker(ada, "POST", "/api/auth/token/refresh", refresh)
    assert {(answer.status_code, answer.json()["code"]) for answer in refreshed} == {(401, "session_ended")}
