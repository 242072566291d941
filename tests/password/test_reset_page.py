"""The page for a new password works without JavaScript and without a front end."""

from urllib.parse import urlsplit

import flask
import pytest
from werkzeug.test import TestResponse

from tests.password.asking import NEW, can_sign_in, link_to, reset, token_to
from tests.support.apps import API, PASSWORD, Person


def open_link(app: flask.Flask, link: str) -> TestResponse:
    """What somebody sees who opens the link of the mail."""
    return app.test_client().get(urlsplit(link).path, headers={"Accept": "text/html"})


def send_form(app: flask.Flask, token: str, password: str, **headers: str) -> TestResponse:
    """Send the page's form, as a browser does."""
    return app.test_client().post(
        f"{API}/reset-password/{token}/form",
        data={"password": password},
        headers={"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin", **headers},
    )


def test_the_link_opens_a_form_with_the_rules(ada: Person, app: flask.Flask) -> None:
    # given the link of a mail
    link = link_to(app, ada.email)

    # when it is opened
    page = open_link(app, link)

    # then there is a form that needs no script, and the rules
    assert (page.status_code, page.mimetype) == (200, "text/html")
    token = link.rpartition("/")[2]
    assert f'action="/api/auth/reset-password/{token}/form"' in page.text
    assert 'type="password"' in page.text
    assert 'autocomplete="new-password"' in page.text
    assert "At least 8 characters" in page.text
    assert "<script" not in page.text
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert page.headers["Cache-Control"] == "no-store"


def test_opening_the_link_changes_nothing_however_often(ada: Person, app: flask.Flask) -> None:
    # given a link that mail scanners open
    link = link_to(app, ada.email)
    for method in ("GET", "HEAD", "GET"):
        assert app.test_client().open(urlsplit(link).path, method=method).status_code == 200

    # then everything is as it was, and the link works
    assert ada.me().status_code == 200
    assert can_sign_in(ada, PASSWORD)
    assert send_form(app, link.rpartition("/")[2], NEW).status_code == 200


def test_the_form_changes_the_password_and_signs_nobody_in(ada: Person, app: flask.Flask) -> None:
    # given a link
    token = token_to(app, ada.email)

    # when the form is sent
    page = send_form(app, token, NEW)

    # then a page says what happened, without a cookie
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert "The password has been changed" in page.text
    assert page.headers.getlist("Set-Cookie") == []
    assert can_sign_in(ada, NEW)
    assert ada.me().status_code == 401


def test_a_weak_password_gets_the_form_again_with_the_reasons(ada: Person, app: flask.Flask) -> None:
    # given a link
    token = token_to(app, ada.email)

    # when weak passwords are sent
    pages = [send_form(app, token, word) for word in ("", "short", "password1", "x" * 5000)]

    # then the form is there again, says why, and works
    assert [page.status_code for page in pages] == [422] * 4
    assert all(f"/reset-password/{token}/form" in page.text for page in pages)
    assert "Use at least 8 characters." in pages[1].text
    assert "one of the most common" in pages[2].text
    assert "Use at most 1024 characters." in pages[3].text
    assert all("short" not in page.text for page in pages)
    assert send_form(app, token, NEW).status_code == 200


def test_a_link_that_is_over_says_what_to_do(ada: Person, app: flask.Flask) -> None:
    # given a link that was used, and one that never was
    token = token_to(app, ada.email)
    assert reset(app, token).status_code == 200

    # when they are opened, and their forms are sent
    pages = [
        open_link(app, f"/api/auth/reset-password/{one}")
        for one in (token, "nothing", "<img src=x onerror=alert(1)>")
    ]
    pages += [send_form(app, one, "yet another battery staple") for one in (token, "nothing")]

    # then each says so and what to do, repeats nothing of the address, and nothing changes
    for page in pages:
        assert (page.status_code, page.mimetype) == (400, "text/html")
        assert "Ask for a new link" in page.text
        assert "<form" not in page.text
        assert "alert(1)" not in page.text
    assert can_sign_in(ada, NEW)


def test_a_page_of_another_site_cannot_send_the_form(ada: Person, app: flask.Flask) -> None:
    # given a link, and pages of other sites
    token = token_to(app, ada.email)
    others = [
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://localhost.evil.example", "Sec-Fetch-Site": "same-site"},
    ]

    # then they are refused
    assert [send_form(app, token, NEW, **headers).status_code for headers in others] == [403] * 3
    assert can_sign_in(ada, PASSWORD)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_the_form_is_only_sent(ada: Person, app: flask.Flask, method: str) -> None:
    token = token_to(app, ada.email)

    answer = app.test_client().open(f"{API}/reset-password/{token}/form", method=method)

    assert answer.status_code == 405
    assert can_sign_in(ada, PASSWORD)
