"""Somebody's mail with the generated client: `python walk_mail.py URL FOLDER`, where mails come in FOLDER."""

import json
import sys
import time
from pathlib import Path
from typing import Any, TypeVar

from flask_headless_auth_client import AuthenticatedClient, Client
from flask_headless_auth_client.api.email import (
    change_email,
    confirm_email,
    deny_sign_up,
    request_email_change,
    resend_verification,
)
from flask_headless_auth_client.api.magic_link import send_magic_link, verify_magic_link
from flask_headless_auth_client.api.notices import revert_account
from flask_headless_auth_client.api.password import request_password_reset, reset_password
from flask_headless_auth_client.api.profile import get_me
from flask_headless_auth_client.api.signin import login
from flask_headless_auth_client.api.signup import sign_up
from flask_headless_auth_client.models import (
    EmailChangeRequest,
    LoginRequest,
    MagicLinkProof,
    MagicLinkRequest,
    MagicLinkSent,
    Message,
    NewPassword,
    PasswordResetRequest,
    Problem,
    ResendRequest,
    SignedIn,
    SignUpRequest,
    UserEnvelope,
)

T = TypeVar("T")
ADA, COUNTESS = "ada@example.com", "countess@example.com"
PASSWORD, NEW, LAST = (
    "correct horse battery staple",
    "a quite different pass phrase",
    "and a third one, long",
)
BASE, MAILS = sys.argv[1], Path(sys.argv[2])
PATIENCE = 20.0


def sure(kind: type[T], answer: object) -> T:
    """The answer, which must be of this kind."""
    if not isinstance(answer, kind):
        raise SystemExit(f"{kind.__name__} expected, got {answer!r}")
    return answer


class Mailbox:
    """The mails that have come, each read once."""

    def __init__(self) -> None:
        self.read: set[str] = set()

    def newest(self, to: str, subject: str) -> dict[str, Any]:
        """The newest mail of this subject to this address, as soon as it is there."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for path in sorted(MAILS.glob("*.json"), reverse=True):
                mail: dict[str, Any] = json.loads(path.read_text())
                if path.name not in self.read and mail["to"] == to and subject in mail["subject"]:
                    self.read.add(path.name)
                    return mail
            time.sleep(0.05)
        raise SystemExit(f"No mail {subject!r} came to {to}.")

    def token(self, to: str, subject: str, part: str) -> str:
        """The token of a link in it."""
        links = [one for one in self.newest(to, subject)["links"] if part in one]
        return str(links[0].rpartition(part)[2].partition("/")[0])


def main() -> None:
    """Confirm, forget the password, move, be moved back, sign in without a password, deny a sign-up."""
    nobody = Client(base_url=BASE, raise_on_unexpected_status=True)
    mails = Mailbox()

    account = SignUpRequest(email=ADA, password=PASSWORD)
    first = sure(SignedIn, sign_up.sync(client=nobody, body=account, x_auth_delivery="body"))
    ada = AuthenticatedClient(BASE, sure(str, first.access_token), raise_on_unexpected_status=True)
    mails.token(ADA, "Confirm", "/confirm/")
    sure(Message, resend_verification.sync(client=nobody, body=ResendRequest(email=ADA)))
    again = mails.token(ADA, "Confirm", "/confirm/")
    sure(Message, confirm_email.sync(again, client=nobody))
    assert sure(UserEnvelope, get_me.sync(client=ada)).user.is_verified
    forged = sure(Problem, confirm_email.sync("forged", client=nobody))
    assert forged.code == "confirmation_link_expired"

    sure(Message, request_password_reset.sync(client=nobody, body=PasswordResetRequest(email=ADA)))
    token = mails.token(ADA, "Choose a new password", "/reset-password/")
    weak = sure(Problem, reset_password.sync(token, client=nobody, body=NewPassword(password="password")))
    assert weak.code == "weak_password"
    sure(Message, reset_password.sync(token, client=nobody, body=NewPassword(password=NEW)))
    used = sure(Problem, reset_password.sync(token, client=nobody, body=NewPassword(password=NEW)))
    assert used.code == "reset_link_expired"
    assert sure(Problem, get_me.sync(client=ada)).code == "session_ended"

    right = LoginRequest(email=ADA, password=NEW)
    second = sure(SignedIn, login.sync(client=nobody, body=right, x_auth_delivery="body"))
    ada = AuthenticatedClient(BASE, sure(str, second.access_token), raise_on_unexpected_status=True)
    sure(Message, request_email_change.sync(client=ada, body=EmailChangeRequest(email=COUNTESS)))
    mails.newest(ADA, "address")
    sure(Message, change_email.sync(mails.token(COUNTESS, "address", "/email/change/"), client=nobody))
    assert sure(UserEnvelope, get_me.sync(client=ada)).user.email == COUNTESS
    sure(Message, revert_account.sync(mails.token(ADA, "address", "/security/revert/"), client=nobody))
    assert sure(Problem, get_me.sync(client=ada)).code == "session_ended"
    token = mails.token(ADA, "Choose a new password", "/reset-password/")
    sure(Message, reset_password.sync(token, client=nobody, body=NewPassword(password=LAST)))

    for with_code in (True, False):
        sent = sure(MagicLinkSent, send_magic_link.sync(client=nobody, body=MagicLinkRequest(email=ADA)))
        mail = mails.newest(ADA, "link to sign in")
        if with_code:
            proof = MagicLinkProof(challenge=sent.challenge, code=mail["codes"][0].replace(" ", ""))
        else:
            proof = MagicLinkProof(token=mail["links"][0].rpartition("/")[2])
        entered = verify_magic_link.sync(client=nobody, body=proof, x_auth_delivery="body")
        assert sure(SignedIn, entered).user.email == ADA

    sure(
        SignedIn, sign_up.sync(client=nobody, body=SignUpRequest(email="bob@example.com", password=PASSWORD))
    )
    token = mails.token("bob@example.com", "Confirm", "/confirm/")
    sure(Message, deny_sign_up.sync(token, client=nobody))
    gone = login.sync(client=nobody, body=LoginRequest(email="bob@example.com", password=PASSWORD))
    assert sure(Problem, gone).code == "invalid_credentials"
    print("walked")


if __name__ == "__main__":
    main()
