"""Mail scanners open every link of every mail before people do. Nothing happens until a button is pressed.

Row R45. Each mail that a feature declares has its flow here, or has no link of ours.
"""

from collections.abc import Callable, Mapping
from typing import Any

import flask
import pytest

from flask_headless_auth.features import catalog
from tests.support.apps import PASSWORD, Clock, Person, make_app
from tests.support.mails import mails
from tests.support.scanner import MANNERS, PUBLIC, everything_stored, scan, urls_in

NEW = "a different battery staple"
Flow = Callable[[Person], Any]


def _with_magic_link(ada: Person) -> None:
    ada.post("/magic-link", {"email": ada.email})


def _with_reset(ada: Person) -> None:
    ada.post("/request-password-reset", {"email": ada.email})


def _reset(ada: Person) -> None:
    _with_reset(ada)
    token = _token_of(ada, "reset_password")
    ada.post(f"/reset-password/{token}", {"password": NEW})


def _with_new_password(ada: Person) -> None:
    ada.post("/password/update", {"current_password": PASSWORD, "new_password": NEW})


def _with_new_address(ada: Person) -> None:
    ada.post("/email/change", {"email": "ada@elsewhere.example"})


def _with_somebodys_address(ada: Person) -> None:
    bob = Person(ada.app, ada.kind, "bob@example.com")
    bob.sign_up()
    bob.post("/email/change", {"email": ada.email})


def _change_address(ada: Person) -> None:
    _with_new_address(ada)
    ada.post(f"/email/change/{_token_of(ada, 'confirm_change')}")


def _sign_up_again(ada: Person) -> None:
    ada.app.test_client().post(
        f"/api/auth/confirm/{_token_of(ada, 'confirm')}", headers={"Accept": "application/json"}
    )
    Person(ada.app, ada.kind, ada.email).sign_up()


def _from_a_new_device(ada: Person) -> None:
    other = Person(ada.app, ada.kind, ada.email)
    other.post(
        "/login", {"email": ada.email, "password": PASSWORD}, headers={"User-Agent": "Firefox/140.0 (X11)"}
    )


def _token_of(person: Person, mail: str) -> str:
    found = [one for one in mails(person.app) if one["mail"] == mail and not one.get("decoy")]
    token: str = found[-1]["context"]["link"].rpartition("/")[2]
    return token


FLOWS: Mapping[str, Flow] = {
    "magic_link": _with_magic_link,
    "confirm": lambda ada: None,
    "already_registered": _sign_up_again,
    "address_in_use": _with_somebodys_address,
    "confirm_change": _with_new_address,
    "email_change_requested": _with_new_address,
    "email_changed": _change_address,
    "reset_password": _with_reset,
    "password_reset": _reset,
    "password_changed": _with_new_password,
    "new_device": _from_a_new_device,
}
"""How somebody who has just signed up comes by each mail."""

CONFIG: Mapping[str, dict[str, Any]] = {"already_registered": {"REQUIRE_EMAIL_VERIFICATION": True}}
"""What the application of a flow needs besides mail."""

BY_TIME: Mapping[str, str] = {"refresh_reused": "needs a clock: see the test of its own below"}

DECLARED = [mail.name for feature in catalog.ALL for mail in feature.mails]


def _mailing(database: str, **config: Any) -> flask.Flask:
    return make_app(database, EMAIL_SERVICE="console", AUTHSVC_MAIL_DELIVERY="command", **config)


def test_every_mail_has_its_flow_here() -> None:
    assert sorted(set(DECLARED) - set(FLOWS) - set(BY_TIME)) == []


@pytest.mark.parametrize("kind", ["cookie", "bearer"])
@pytest.mark.parametrize("mail", [one for one in DECLARED if one in FLOWS])
def test_R45_opening_every_link_of_a_mail_changes_nothing(database_url: str, mail: str, kind: str) -> None:
    # given somebody to whom a mail was sent
    app = _mailing(database_url, **CONFIG.get(mail, {}))
    ada = Person(app, kind, "ada@example.com")
    assert ada.sign_up().status_code == 201
    FLOWS[mail](ada)
    sent = [one for one in mails(app) if one["mail"] == mail]
    assert sent, "the flow does not send its mail"
    before = everything_stored(app)

    # when a scanner opens everything in it
    visits = scan(app)

    # then nothing is confirmed, used up, or signed in: not a row has changed, and no cookie was set
    assert everything_stored(app) == before
    assert [one for one in visits if one.cookies] == []
    assert [one for one in visits if one.status >= 500] == []
    own = [url for one in sent for url in urls_in(app, one) if url.startswith(f"{PUBLIC}/api/")]
    opened = [one for one in visits if one.url in own]
    assert len(opened) >= 2 * len(MANNERS) * len(set(own))


def test_R45_a_notice_of_a_stolen_token_undoes_nothing_by_itself(database_url: str, clock: Clock) -> None:
    # given somebody whose refresh token was used twice
    app = _mailing(database_url)
    ada = Person(app, "bearer", "ada@example.com")
    ada.sign_up()
    used = ada.refresh_token
    ada.refresh()
    clock.forward(minutes=5)
    ada.refresh(used)
    assert [one for one in mails(app) if one["mail"] == "refresh_reused"]
    before = everything_stored(app)

    # when a scanner opens everything in the mails
    visits = scan(app)

    # then not a row has changed
    assert everything_stored(app) == before
    assert [one for one in visits if one.cookies] == []


def test_the_scanner_sees_a_link_that_changes_something(database_url: str) -> None:
    # given an application of a host whose mail leads to a route that writes on GET
    app = _mailing(database_url)
    ada = Person(app, "bearer", "ada@example.com")
    ada.sign_up()
    with_link = ada.post("/magic-link", {"email": ada.email})
    assert with_link.status_code == 200
    view = app.view_functions["authsvc_magic_link_pages.ask"]
    app.view_functions["authsvc_magic_link_pages.ask"] = app.view_functions["authsvc_magic_link_pages.enter"]
    before = everything_stored(app)

    # when a scanner opens it
    visits = scan(app)

    # then this file's comparison tells
    assert view is not None
    assert everything_stored(app) != before
    assert [one for one in visits if one.cookies] != []
