"""Brevo's HTTP API, and the host's own function."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import flask
import pytest

from flask_headless_auth.features.mail import logic
from flask_headless_auth.state import state
from tests.mail.posts import deliver, letters, outcomes, queue, ready
from tests.support.apps import Clock, make_app


@dataclass
class Api:
    """An HTTP server that keeps what it is asked and answers as it is told."""

    port: int = 0
    answers: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    asked: list[tuple[str, str | None, dict[str, Any]]] = field(default_factory=list)
    connections: set[Any] = field(default_factory=set)


@contextmanager
def http_server() -> Iterator[Api]:
    """The server, for as long as the block runs."""
    api = Api()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            api.connections.add(self.client_address)
            api.asked.append((self.path, self.headers["api-key"], json.loads(raw)))
            status, body = api.answers.pop(0) if api.answers else (201, {"messageId": "<1@brevo>"})
            answer = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            if status == 302:
                self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    api.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def api() -> Iterator[Api]:
    """Brevo."""
    with http_server() as made:
        yield made


@pytest.fixture
def app(database_url: str, api: Api) -> flask.Flask:
    """An application that sends by Brevo."""
    return ready(
        make_app(
            database_url,
            EMAIL_SERVICE="brevo",
            BREVO_API_KEY="the key",
            AUTHSVC_MAIL_BREVO_URL=f"http://127.0.0.1:{api.port}",
            MAIL_DEFAULT_SENDER="Shop <post@shop.example>",
            AUTHSVC_MAIL_DELIVERY="command",
        )
    )


def test_a_mail_is_one_request_with_everything_in_it(app: flask.Flask, api: Api) -> None:
    # when two mails are delivered
    queue(app, "ada@example.com", "bob@example.com")
    assert deliver(app).sent == 2

    # then each was a request, over one connection, with a key by which a second one is known
    assert [path for path, _, _ in api.asked] == ["/v3/smtp/email"] * 2
    assert len(api.connections) == 1
    _, key, body = api.asked[0]
    assert key == "the key"
    assert body["sender"] == {"name": "Shop", "email": "post@shop.example"}
    assert body["to"] == [{"email": "ada@example.com"}]
    assert body["subject"] == "test"
    assert "token-for-ada" in body["textContent"]
    assert "token-for-ada" in body["htmlContent"]
    ids = {one.id for one in letters(app)}
    assert {one["headers"]["idempotencyKey"].replace("-", "") for _, _, one in api.asked} == ids


@pytest.mark.parametrize(
    ("status", "body", "outcome", "is_for_all"),
    [
        (400, {"code": "invalid_parameter", "message": "ada@example.com is wrong"}, "dead", False),
        (400, {"code": "duplicate_request"}, "sent", False),
        (401, {"code": "unauthorized"}, None, True),
        (402, {"code": "not_enough_credits"}, None, True),
        (302, {}, None, True),
        (429, {}, None, True),
        (503, {}, None, True),
    ],
)
def test_what_brevo_answers_decides(
    app: flask.Flask, api: Api, status: int, body: dict[str, Any], outcome: str | None, is_for_all: bool
) -> None:
    # given an answer
    api.answers = [(status, body)]
    queue(app, "ada@example.com")

    # when a mail is delivered
    delivered = deliver(app)

    # then only what is wrong with the mail kills it, and what is wrong with the account stops the round
    assert outcomes(app) == [outcome]
    assert delivered.unavailable == (f"HTTP {status}" if is_for_all else None)
    assert letters(app)[0].last_error == (None if outcome == "sent" else f"HTTP {status}")


def test_a_service_that_is_gone_costs_no_mail(clock: Clock, app: flask.Flask, api: Api) -> None:
    # given a service that answers with an error and then is there again
    api.answers = [(500, {})]
    queue(app, "ada@example.com", "bob@example.com")
    assert deliver(app).unavailable == "HTTP 500"

    # then both arrive later
    clock.forward(minutes=1)
    assert deliver(app).sent == 2


@pytest.fixture
def hosted(database_url: str) -> flask.Flask:
    """An application whose mails the command gives to the host's own function."""
    return ready(make_app(database_url, AUTHSVC_MAIL_DELIVERY="command"))


def test_the_hosts_own_function_gets_the_finished_mail(hosted: flask.Flask) -> None:
    # given a host that sends by itself
    got: list[EmailMessage] = []

    @hosted.auth.send_mail  # type: ignore[attr-defined]
    def send(message: EmailMessage) -> None:
        assert state().app is hosted
        got.append(message)

    # when a mail is delivered
    queue(hosted, "ada@example.com")
    assert deliver(hosted).sent == 1

    # then it had it as it would go over the wire
    (message,) = got
    assert isinstance(message, EmailMessage)
    assert (str(message["To"]), str(message["From"])) == ("ada@example.com", "noreply@localhost")
    assert message["Message-ID"].startswith(f"<{letters(hosted)[0].id}@")
    assert outcomes(hosted) == ["sent"]


def test_what_the_hosts_function_raises_is_tried_again(clock: Clock, hosted: flask.Flask) -> None:
    # given a function that fails for one mail, once
    failures = ["ada@example.com"]

    @hosted.auth.send_mail  # type: ignore[attr-defined]
    def send(message: EmailMessage) -> None:
        if str(message["To"]) in failures:
            failures.remove(str(message["To"]))
            raise RuntimeError("ada@example.com is not to be written down")

    # when two mails are delivered, and again later
    queue(hosted, "ada@example.com", "bob@example.com")
    first = deliver(hosted)
    assert [one.last_error for one in letters(hosted) if one.outcome is None] == ["RuntimeError"]
    clock.forward(minutes=1)
    second = deliver(hosted)

    # then the other was not held up, and both are sent
    assert (first.sent, first.failed, second.sent) == (1, 1, 1)
    with hosted.app_context():
        assert logic.due() is None
