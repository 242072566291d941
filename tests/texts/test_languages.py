"""Which language somebody is written to in."""

from collections.abc import Callable
from types import SimpleNamespace

import flask
import pytest

from flask_headless_auth.texts import LANGUAGES, locale_asked_for, locale_for, translations


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ("de", "de"),
        ("de_AT", "de"),
        ("DE-at", "de"),
        ("fr_CA.UTF-8", "fr"),
        ("es-419", "es"),
        ("en_US", "en"),
        # Nothing of ours: the browser decides.
        ("it", "es"),
        ("", "es"),
        (None, "es"),
        (7, "es"),
        ("../../de", "es"),
        ("deu", "es"),
    ],
)
def test_the_user_s_locale_decides_before_the_browser(
    app: flask.Flask, wanted: object, language: str
) -> None:
    with app.test_request_context(headers={"Accept-Language": "es"}):
        assert locale_for(SimpleNamespace(locale=wanted)) == language


def test_a_model_without_a_locale_leaves_it_to_the_browser(app: flask.Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "fr"}):
        assert locale_for(SimpleNamespace()) == "fr"
        assert locale_for(None) == "fr"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("fr", "fr"),
        ("fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        ("de-AT, en;q=0.5", "de"),
        ("en;q=0.5, de-AT", "de"),
        ("it, es;q=0.2", "es"),
        ("de;q=0, fr;q=0.1", "fr"),
        ("de;q=0", "en"),
        ("it", "en"),
        ("*", "en"),
        ("", "en"),
        ("\x00, ;q=x, -", "en"),
    ],
)
def test_the_browser_s_first_language_of_ours_is_taken(app: flask.Flask, header: str, language: str) -> None:
    with app.test_request_context(headers={"Accept-Language": header} if header else {}):
        assert locale_asked_for() == language


def test_without_a_request_it_is_english(app: flask.Flask) -> None:
    with app.app_context():
        assert locale_asked_for() == "en"
        assert locale_for(SimpleNamespace(locale="fr")) == "fr"


@pytest.mark.parametrize("locale", [*LANGUAGES, "it", ""])
def test_a_language_without_a_catalogue_is_english(locale: str) -> None:
    said = translations(locale).gettext("Sign in")

    assert (said == "Sign in") is (locale not in LANGUAGES[1:])


def test_the_recipient_s_locale_is_kept_with_the_mail(build: Callable[..., flask.Flask]) -> None:
    # A mail is written later, by a thread or a command, where there is no request to ask.
    with build().test_request_context(headers={"Accept-Language": "es"}):
        assert locale_for(SimpleNamespace(locale="de_AT")) == "de"
