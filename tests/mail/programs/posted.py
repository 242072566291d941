"""An application that sends mail. `TEST_DATABASE`, `TEST_SMTP_PORT` and `TEST_DELIVERY` say how.

As a program it does what its arguments say, one after the other; `wait` waits for a line on standard input.
"""

import os
import signal
import sys
import threading
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from flask_headless_auth import AuthSvc
from flask_headless_auth.database import transaction
from flask_headless_auth.features.mail import logic
from tests.mail.posts import texts

app = Flask(__name__)
app.config.update(
    SECRET_KEY="0123456789abcdef" * 4,
    SQLALCHEMY_DATABASE_URI=os.environ["TEST_DATABASE"],
    AUTHSVC_PUBLIC_URL="http://localhost",
    AUTHSVC_CREATE_TABLES=True,
    EMAIL_SERVICE="smtp",
    MAIL_SERVER="127.0.0.1",
    MAIL_PORT=os.environ["TEST_SMTP_PORT"],
    MAIL_USE_TLS=False,
    MAIL_DEFAULT_SENDER="post@shop.example",
    AUTHSVC_MAIL_DELIVERY=os.environ.get("TEST_DELIVERY", "thread"),
)
AuthSvc(app)
app.jinja_loader = texts()


@app.get("/pid")
def pid() -> Any:
    """Something that needs nobody."""
    return {"pid": os.getpid()}


@app.post("/mail/<address>")
def mail(address: str) -> Any:
    """Queue a mail."""
    queue(address)
    return {"pid": os.getpid()}


def queue(*addresses: str) -> None:
    """Queue mails, in one transaction."""
    with app.app_context(), transaction():
        for address in addresses:
            logic.queue("test", address, {"token": "none"})


def die_behind_the_commit() -> None:
    """Let the next commit of this thread be the last thing that this process does."""

    def die(session: Session) -> None:
        if threading.current_thread() is threading.main_thread():
            os.kill(os.getpid(), signal.SIGKILL)

    sa.event.listen(Session, "after_commit", die)


def fork() -> None:
    """Become a child process; the parent waits for it and ends as it does."""
    child = os.fork()
    if child:
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def act(word: str) -> None:
    """Do one thing."""
    verb, _, rest = word.partition(":")
    if verb == "request":
        app.test_client().get("/pid")
    elif verb == "queue":
        queue(*rest.split(","))
    elif verb == "wait":
        print("waiting", flush=True)
        sys.stdin.readline()
    elif verb == "fork":
        fork()
    elif verb == "doomed":
        die_behind_the_commit()


if os.environ.get("TEST_MAIL_AT_IMPORT"):
    app.test_client().get("/pid")
    queue(os.environ["TEST_MAIL_AT_IMPORT"])

if __name__ == "__main__":
    for one in sys.argv[1:]:
        act(one)
