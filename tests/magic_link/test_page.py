"""The page of a magic link, for people without a front end: one button, and nothing before it is pressed."""

import re
from collections.abc import Callable

import flask
import pytest

from flask_headless_auth.feature import Challenge, Feature
from flask_headless_auth.features import catalog
from tests.magic_link.asking import MAIL, ask, change_user, confirm, count, with_code, with_token
from tests.support.apps import API, Clock, Person

App = Callable[..., flask.Flask]
OPEN = "SELECT count(*) FROM auth_sessions WHERE revoked_at IS NULL"


@pytest.fixture
def kind() -> str:
    """Pages are for browsers."""
    return "cookie"


def press(person: Person, link: str, *, remember: bool = True, **headers: str) -> flask.Response:
    """Press the button, as the page's form does."""
    form = {"remember": "yes"} if remember else {}
    return person.http.post(f"{link}/form", data=form, headers=headers)  # type: ignore[return-value]


def test_the_page_says_whose_account_it_is_and_changes_nothing(ada: Person) -> None:
    # given a link
    asked = ask(ada)

    # when it is opened, three times
    pages = [ada.http.get(asked.link, headers={"Accept": "text/html"}) for _ in range(3)]

    # then it shows the account masked, and one form
    for page in pages:
        assert (page.status_code, page.mimetype) == (200, "text/html")
        assert "a•••@example.com" in page.text
        assert "ada@example.com" not in page.text
        assert page.text.count("<form") == page.text.count("<button") == 1
        assert f'action="{asked.link}/form"' in page.text
        assert "<script" not in page.text
        assert page.headers.getlist("Set-Cookie") == []
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "same-origin"
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]

    # and nobody is signed in, and nothing is used up
    assert count(ada.app, OPEN) == 0
    assert with_token(ada, asked.token).status_code == 200


def test_the_button_signs_in_by_cookie_alone(ada: Person) -> None:
    # given a link
    asked = ask(ada)

    # when the button is pressed
    page = press(ada, asked.link)

    # then the browser is signed in, no token stands in the page, and the session has no other channel
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert "You are signed in" in page.text
    assert "eyJ" not in page.text
    assert ada.me().json["user"]["email"] == ada.email
    assert ada.get("/check-auth").json["session"]["methods"] == ["email"]
    assert count(ada.app, f"{OPEN} AND body_generation IS NULL AND cookie_generation = 1") == 1


def test_the_box_decides_whether_the_browser_remembers(ada: Person) -> None:
    # when the button is pressed with the box and without it
    pages = [press(ada, ask(ada).link, remember=remember) for remember in (True, False)]
    kept, gone = ([one for one in page.headers.getlist("Set-Cookie") if "_token=" in one] for page in pages)

    # then only the first set of cookies outlives the browser
    assert len(kept) == len(gone) == 2
    assert all("Max-Age=" in one for one in kept)
    assert not any("Max-Age=" in one for one in gone)


@pytest.mark.parametrize(
    ("config", "home", "origin"),
    [
        ({"FRONTEND_URL": "https://app.example.com"}, "https://app.example.com", "https://app.example.com"),
        (
            {
                "FRONTEND_URL": "https://app.example.com",
                "POST_LOGIN_REDIRECT_URL": "https://shop.example.com/welcome?from=mail",
            },
            "https://shop.example.com/welcome?from=mail",
            "https://shop.example.com",
        ),
    ],
)
def test_the_button_leads_home(build: App, config: dict[str, str], home: str, origin: str) -> None:
    # given a server that has a front end, and shows the page itself
    app = build(**MAIL, **config, AUTHSVC_MAGIC_LINK_PATH="")
    ada = Person(app, "cookie", "ada@example.com")
    ada.sign_up()
    asked = ask(ada)

    # when the page is opened and its button pressed
    page = ada.http.get(asked.link)
    answer = press(ada, asked.link)

    # then the browser goes home signed in, and its policy lets it
    targets = re.search("form-action ([^;]+);", page.headers["Content-Security-Policy"])
    assert targets
    assert origin in targets[1].split()
    assert (answer.status_code, answer.headers["Location"]) == (303, home)
    assert asked.token not in answer.headers["Location"]
    assert ada.me().status_code == 200


SPOILT: dict[str, Callable[[str], str]] = {
    "cut": lambda link: link[:-1],
    "cut short": lambda link: link[:-30],
    "longer": lambda link: f"{link}A",
    "forged": lambda link: f"{API}/magic-link/{'A' * 43}",
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_link_that_does_not_work_is_shown_as_a_page(ada: Person, name: str) -> None:
    # given a spoilt link
    link = SPOILT[name](ask(ada).link)

    # when it is opened and pressed
    answers = [ada.http.get(link), press(ada, link)]

    # then a page says what to do, without a button, and nobody is signed in
    for answer in answers:
        assert (answer.status_code, answer.mimetype) == (400, "text/html")
        assert "ask for a new one" in answer.text
        assert "<form" not in answer.text
        assert answer.headers.getlist("Set-Cookie") == []
    assert count(ada.app, OPEN) == 0


def test_a_used_and_an_old_link_are_shown_as_the_same_page(ada: Person, clock: Clock) -> None:
    # given a link that is used, one that a newer one ended, and one that is too old
    used = ask(ada)
    press(ada, used.link)
    older = ask(ada)
    old = ask(ada)
    clock.forward(minutes=10)

    # when they are opened and pressed
    stranger = Person(ada.app, "cookie")
    answers = [call for one in (used, older, old) for call in
               (stranger.http.get(one.link), press(stranger, one.link))]  # fmt: skip

    # then nothing tells them apart
    assert {(one.status_code, one.data) for one in answers} == {(400, answers[0].data)}
    assert stranger.me().status_code == 401


def test_a_link_to_an_address_that_is_not_the_accounts_any_more_signs_nobody_in(ada: Person) -> None:
    # given an account that changes its address behind the mail
    asked = ask(ada)
    change_user(ada.app, ada.email, email="ada@elsewhere.example")

    # when the button is pressed
    answer = press(ada, asked.link)

    # then nobody is signed in
    assert answer.status_code == 400
    assert count(ada.app, OPEN) == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_page_of_another_site_cannot_press_the_button(ada: Person, headers: dict[str, str]) -> None:
    # given a link that an attacker asked for at an account of their own
    asked = ask(ada)

    # when their page sends the form in somebody's browser (login CSRF)
    answer = ada.http.post(f"{asked.link}/form", data={"remember": "yes"}, headers=headers)

    # then that browser is not signed in, and the link is not used up
    assert (answer.status_code, answer.json["code"]) == (403, "cross_site_request")
    assert answer.headers.getlist("Set-Cookie") == []
    assert press(ada, asked.link, Origin="http://localhost").status_code == 200


def test_where_tokens_travel_in_headers_only_the_page_asks_for_the_code(build: App) -> None:
    # given a server without cookies
    app = build(**MAIL, JWT_TOKEN_LOCATION=["headers"])
    ada = Person(app, "bearer", "ada@example.com")
    ada.sign_up()
    confirm(app, ada.email)
    asked = ask(ada)

    # when the link is opened, and the button pressed that is not there
    answers = [ada.http.get(asked.link), press(ada, asked.link)]

    # then the page says to type the code, and that works
    for answer in answers:
        assert answer.status_code == 200
        assert "six-digit code" in answer.text
        assert "<form" not in answer.text
        assert answer.headers.getlist("Set-Cookie") == []
    assert with_code(ada, asked.challenge, asked.code).status_code == 200


def test_a_second_factor_is_asked_for_in_the_application(build: App, monkeypatch: pytest.MonkeyPatch) -> None:
    # given an account with a second factor
    methods: list[list[str]] = []

    def applies_to(user: object, proofs: object) -> bool:
        methods.append([one.method for one in proofs])  # type: ignore[attr-defined]
        return methods[-1] == ["email"]

    toy = Feature(name="toy", needs=("signin",), challenges=(Challenge("toy", applies_to=applies_to),))
    monkeypatch.setattr(catalog, "ALL", (*catalog.ALL, toy))
    app = build(**MAIL)
    ada = Person(app, "cookie", "ada@example.com")
    ada.sign_up()
    ada.sign_out()

    # when the link is used, by the page and by the API
    page = press(ada, ask(ada).link)
    answer = with_token(ada, ask(ada).token)

    # then nobody is signed in before the second proof, which is told what the first one was
    assert page.status_code == 200
    assert "go back to the application" in page.text.lower()
    assert (answer.json["status"], answer.json["methods"]) == ("challenge", ["toy"])
    assert page.headers.getlist("Set-Cookie") == answer.headers.getlist("Set-Cookie") == []
    assert count(app, OPEN) == 0
    assert methods[-1] == ["email"]


def test_pressing_is_counted_as_a_sign_in_and_refused_as_a_page(build: App) -> None:
    # given a server that counts
    app = build(**MAIL, RATELIMIT_ENABLED=True, AUTHSVC_LIMITS_LOGIN="2/hour")
    ada = Person(app, "cookie", "ada@example.com")
    ada.sign_up()
    forged = f"{API}/magic-link/{'A' * 43}"

    # when forged links are pressed
    answers = [press(ada, forged) for _ in range(3)]

    # then the third is refused, says when to come back, and is a page still
    assert [one.status_code for one in answers] == [400, 400, 429]
    assert answers[-1].mimetype == "text/html"
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert "Wait a moment" in answers[-1].text


def test_the_operation_beside_the_page_is_no_page(ada: Person) -> None:
    answer = ada.get("/magic-link/verify")

    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}
