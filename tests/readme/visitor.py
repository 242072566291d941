"""Somebody who uses the API with bearer tokens, as a native client would: signs up, logs in, looks, logs out.

The same person visits a test client inside a snippet's process (`drive.py`) and a real server from outside.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import httpx
from flask import Flask

PASSWORD = "a lamp, two herons and 1 kettle"


class Answer(NamedTuple):
    status: int
    body: Any
    cookies: list[str]
    """The `Set-Cookie` headers, as they came."""

    def must_be(self, status: int) -> Any:
        assert self.status == status, f"expected {status}, got {self.status}: {self.body}"
        return self.body


Ask = Callable[[str, str, Mapping[str, Any] | None, Mapping[str, str]], Answer]
"""method, path, JSON body, headers"""


def some_loopback_address() -> str:
    """One of 127.0.0.0/8: limits that a Redis remembers from an earlier run do not concern it."""
    return f"127.{1 + secrets.randbelow(254)}.{secrets.randbelow(256)}.{1 + secrets.randbelow(254)}"


def in_process(app: Flask, remote_address: str | None = None) -> Ask:
    client = app.test_client(use_cookies=False)
    environ = {"REMOTE_ADDR": remote_address or some_loopback_address()}

    def ask(method: str, path: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]) -> Answer:
        answer = client.open(path, method=method, json=body, headers=dict(headers), environ_base=environ)
        return Answer(
            answer.status_code,
            answer.get_json(silent=True) if answer.is_json else answer.get_data(as_text=True),
            answer.headers.getlist("Set-Cookie"),
        )

    return ask


def over_http(base_url: str) -> Ask:
    """A new connection for each request, so that a server with several workers shows all of them."""
    source = some_loopback_address()

    def ask(method: str, path: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]) -> Answer:
        transport = httpx.HTTPTransport(local_address=source)
        with httpx.Client(base_url=base_url, transport=transport, timeout=30) as client:
            answer = client.request(method, path, json=body, headers=headers)
        is_json = answer.headers.get("Content-Type", "").partition(";")[0].endswith("json")
        return Answer(
            answer.status_code,
            answer.json() if is_json else answer.text,
            answer.headers.get_list("Set-Cookie"),
        )

    return ask


class Visitor:
    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.email = f"heron-{secrets.token_hex(6)}@example.com"
        self.token: str | None = None
        self.last: Answer | None = None

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        self.last = self.ask(method, path, body, headers)
        return self.last

    def get(self, path: str) -> Answer:
        return self._send("GET", path)

    def post(self, path: str, **body: Any) -> Answer:
        return self._send("POST", path, body or None)

    def sign_up(self, **profile: Any) -> dict[str, Any]:
        answer = self.post("/api/auth/signup", email=self.email, password=PASSWORD, **profile)
        return self._enter(answer.must_be(201))

    def log_in(self) -> dict[str, Any]:
        answer = self.post("/api/auth/login", email=self.email, password=PASSWORD)
        return self._enter(answer.must_be(200))

    def whoami(self) -> dict[str, Any]:
        user: dict[str, Any] = self.get("/api/auth/user/@me").must_be(200)["user"]
        return user

    def log_out(self) -> None:
        """Leaves the token in the hand, so that it can be tried again."""
        self.post("/api/auth/logout").must_be(200)

    def forget_token(self) -> None:
        self.token = None

    def stay_a_while(self, profile: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The whole visit; answers what the API said of this user."""
        self.sign_up(**(profile or {}))
        self.forget_token()
        self.get("/api/auth/user/@me").must_be(401)
        self.log_in()
        user = self.whoami()
        assert user["email"] == self.email, user
        assert "password_hash" not in user, user
        self.log_out()
        self.get("/api/auth/user/@me").must_be(401)
        return user

    def _enter(self, body: Any) -> dict[str, Any]:
        assert body["status"] == "signed_in", body
        assert body["user"]["email"] == self.email, body
        self.token = body["access_token"]
        answer: dict[str, Any] = body
        return answer
