"""The page of "this was not me" works without JavaScript and without a front end."""

from collections.abc import Callable
from urllib.parse import urlsplit

import flask
from werkzeug.test import TestResponse

from tests.notices.happenings import change_password, revert, told
from tests.support.apps import API, WITH_MAIL, Person


def open_link(app: flask.Flask, token: str, method: str = "GET") -> TestResponse:
    """What somebody sees who opens the link."""
    return app.test_client().open(f"{API}/security/revert/{token}", method=method)


def press(app: flask.Flask, token: str, **headers: str) -> TestResponse:
    """Press the button."""
    return app.test_client().post(
        f"{API}/security/revert/{token}/form",
        headers={"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin", **headers},
    )


def test_the_link_opens_a_page_with_one_button_and_changes_nothing(ada: Person, app: flask.Flask) -> None:
    # given the link of a notice, which mail scanners open
    token = change_password(ada)
    pages = [open_link(app, token, method) for method in ("GET", "HEAD", "GET")]

    # then there is a button that needs no script, and everything is as it was
    assert [page.status_code for page in pages] == [200] * 3
    assert pages[0].mimetype == "text/html"
    assert pages[0].text.count("<form") == 1
    assert f'action="/api/auth/security/revert/{token}/form"' in pages[0].text
    assert "<script" not in pages[0].text
    assert pages[0].headers["Referrer-Policy"] == "same-origin"
    assert ada.me().status_code == 200


def test_the_button_takes_the_account_back(ada: Person, app: flask.Flask) -> None:
    # given the page
    token = change_password(ada)

    # when the button is pressed, twice
    first, second = press(app, token), press(app, token)

    # then the account is taken back, nobody is signed in, and the second time says that it was used
    assert (first.status_code, first.mimetype) == (200, "text/html")
    assert "taken back" in first.text
    assert first.headers.getlist("Set-Cookie") == []
    assert ada.me().status_code == 401
    assert len(told(app, "reset_password")) == 1
    assert (second.status_code, second.mimetype) == (400, "text/html")
    assert "no longer works" in second.text
    assert open_link(app, token).status_code == 400


def test_a_page_of_another_site_cannot_press_it(ada: Person, app: flask.Flask) -> None:
    token = change_password(ada)

    for origin in ("https://evil.example", "null"):
        answer = press(app, token, **{"Origin": origin, "Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403
    assert ada.me().status_code == 200


def test_the_link_leads_to_the_front_end_where_it_has_a_page(build: Callable[..., flask.Flask]) -> None:
    # given a front end with a page for it
    app = build(
        **WITH_MAIL, FRONTEND_URL="https://app.example.com", AUTHSVC_NOTICES_REVERT_PATH="/undo/{token}"
    )
    ada = Person(app, "bearer", "ada@example.com")
    ada.sign_up()

    # when something is told
    token = change_password(ada)

    # then the link leads there, and the page can use the token
    link = urlsplit(told(app, "password_changed")[-1]["context"]["undo_link"])
    assert (link.netloc, link.path) == ("app.example.com", f"/undo/{token}")
    assert revert(app, token).status_code == 200
