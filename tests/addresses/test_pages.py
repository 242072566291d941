"""People without a front end: each link opens a page with one button, which works without JavaScript."""

import re

import flask
import pytest
from werkzeug.test import TestResponse

from tests.addresses.letters import account, confirmed, last
from tests.support.apps import API, Clock, Person

ADA, NEW = "ada@example.com", "new@example.com"


def opened(app: flask.Flask, link: str, language: str = "en") -> TestResponse:
    """A link as a browser opens it."""
    headers = {"Accept": "text/html", "Accept-Language": language, "Sec-Fetch-Mode": "navigate"}
    return app.test_client().get(link.removeprefix("http://localhost"), headers=headers)


def pressed(app: flask.Flask, page: TestResponse, **headers: str) -> TestResponse:
    """The button of a page, as a browser sends its form."""
    [action] = re.findall(r'<form method="post" action="([^"]+)"', page.text)
    return app.test_client().post(action, data={}, headers={"Sec-Fetch-Site": "same-origin", **headers})


def links(app: flask.Flask) -> dict[str, str]:
    """The links of somebody who signed up and asked for another address."""
    bob = confirmed(app, "bob@example.com")
    bob.post("/email/change", {"email": NEW})
    Person(app, "bearer", ADA).sign_up()
    context = last(app, "confirm", ADA)["context"]
    return {
        "confirm": context["link"],
        "not me": context["not_me_link"],
        "change": last(app, "confirm_change")["context"]["link"],
    }


@pytest.mark.parametrize("name", ["confirm", "not me", "change"])
def test_a_link_opens_a_page_whose_button_does_it(app: flask.Flask, name: str) -> None:
    # given the page that a link opens
    page = opened(app, links(app)[name])
    assert (page.status_code, page.mimetype) == (200, "text/html")
    before = (account(app, ADA).is_verified, account(app, NEW))
    assert before == (False, None)

    # when its button is pressed
    done = pressed(app, page)

    # then it is done, and nobody is signed in
    assert (done.status_code, done.mimetype) == (200, "text/html")
    assert "Set-Cookie" not in done.headers
    found = {
        "confirm": lambda: account(app, ADA).is_verified,
        "not me": lambda: account(app, ADA) is None,
        "change": lambda: account(app, NEW) is not None,
    }
    assert found[name]()


@pytest.mark.parametrize("name", ["confirm", "not me", "change"])
def test_a_link_that_is_over_says_so_on_a_page(app: flask.Flask, clock: Clock, name: str) -> None:
    # given the page of a link that is over by now
    page = opened(app, links(app)[name])
    clock.forward(days=4)

    # when its button is pressed
    done = pressed(app, page)

    # then a page says what happened and what to do
    assert (done.status_code, done.mimetype) == (400, "text/html")
    assert "This link no longer works" in done.text


def test_an_address_that_was_taken_meanwhile_is_said_on_a_page(app: flask.Flask) -> None:
    # given the page of a change, and somebody who took the address
    page = opened(app, links(app)["change"])
    Person(app, "bearer", NEW).sign_up()

    # when its button is pressed
    done = pressed(app, page)

    # then a page says it
    assert (done.status_code, done.mimetype) == (409, "text/html")
    assert "taken" in done.text


@pytest.mark.parametrize("name", ["confirm", "not me", "change"])
def test_pages_run_nothing_and_send_their_forms_only_here(app: flask.Flask, name: str) -> None:
    # given the page of each link
    page = opened(app, links(app)[name])

    # when its headers are read
    policy = page.headers["Content-Security-Policy"]

    # then no script runs, nobody frames it, nobody keeps it, and a link out of it tells no token
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Frame-Options"] == "DENY"


def test_another_sites_page_cannot_press_the_button(app: flask.Flask) -> None:
    # given the page of a link, and a page of another site with the same form
    page = opened(app, links(app)["confirm"])

    # when that one is sent
    answers = [
        pressed(app, page, **{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}),
        pressed(app, page, **{"Sec-Fetch-Site": "cross-site", "Origin": "null"}),
    ]

    # then it is refused
    assert [one.status_code for one in answers] == [403, 403]
    assert not account(app, ADA).is_verified


@pytest.mark.parametrize("token", ['"><script>alert(1)</script>', "a'b", "{{7*7}}", "ü", "a b"])
def test_a_token_is_no_code_on_a_page(app: flask.Flask, token: str) -> None:
    # given links with a hostile token
    for path in ("/confirm/{}", "/confirm/{}/not-me", "/email/change/{}"):
        # when they are opened
        page = app.test_client().get(f"{API}{path.format(token)}", headers={"Accept": "text/html"})

        # then the page, if there is one, holds it only as an address
        assert "<script>" not in page.text
        assert "49" not in re.findall(r'action="([^"]+)"', page.text or "")
        assert page.status_code in (200, 404)


def test_a_page_stays_up_whatever_the_token(app: flask.Flask) -> None:
    # given a link to nothing
    page = opened(app, f"{API}/confirm/{'A' * 43}")

    # when its button is pressed
    done = pressed(app, page)

    # then it is over like any other
    assert (page.status_code, done.status_code) == (200, 400)
