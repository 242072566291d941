"""Every mail says all it should and nothing else, in each language, in plain text and in HTML."""

from collections.abc import Callable, Iterator

import flask
import jinja2
import pytest

from flask_headless_auth.features import catalog
from flask_headless_auth.features.mail.rendering import Rendered, render
from tests.support.apps import make_app
from tests.texts.reading import FILES, LANGUAGES, Html, asked_for, counted, filled, flat, optional, translated

HOSTILE = """<script>alert('{name}')</script>"'><img src=x onerror=y> {{{{ 7*7 }}}} %(link)s &amp; é"""
BREAKING = "a-{name}\r\nBcc: eve@example.com\n\n<p>\x00\u2028\u202eb"

CONTEXTS = {
    "confirm": {"link", "not_me_link", "hours"},
    "already_registered": {"link"},
    "address_in_use": set(),
    "confirm_change": {"link", "hours"},
    "email_change_requested": {"new_address", "when", "undo_link"},
    "email_changed": {"new_address", "when", "undo_link"},
    "reset_password": {"link", "minutes"},
    "password_changed": {"when", "undo_link"},
    "password_reset": {"when", "undo_link"},
    "magic_link": {"link", "code", "minutes"},
    "new_device": {"device", "address", "when", "undo_link"},
    "refresh_reused": {"when", "undo_link"},
}
"""What those who send these mails give to them."""


COUNTING = [name for name in FILES if counted(name)]


@pytest.fixture(scope="module")
def made() -> flask.Flask:
    """An application with a name and a front end; its database is never asked."""
    return make_app("sqlite://", AUTHSVC_APP_NAME="Acme & Sons", FRONTEND_URL="https://acme.example")


@pytest.fixture
def app(made: flask.Flask) -> Iterator[flask.Flask]:
    """The same, in its context."""
    with made.app_context():
        yield made


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("locale", LANGUAGES)
def test_both_halves_say_every_value(app: flask.Flask, name: str, locale: str) -> None:
    # given a value for all that the text asks for
    context = filled(name)

    # when it is rendered
    mail = render(name, locale, context)

    # then text and HTML have each of them, and who writes
    page = Html(mail.html)
    for value in [*context.values(), "Acme & Sons", "https://acme.example"]:
        assert value in flat(mail.text)
        assert value in flat(page.text) or value in page.links
    assert ("html", ("lang",)) in page.elements
    assert f'<html lang="{locale}">' in mail.html


@pytest.mark.parametrize("name", FILES)
def test_each_language_has_words_of_its_own(app: flask.Flask, name: str) -> None:
    mails = [render(name, locale, filled(name)) for locale in LANGUAGES]

    assert len({mail.subject for mail in mails}) == len(LANGUAGES)
    assert len({mail.text for mail in mails}) == len(LANGUAGES)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_no_sentence_stays_english(app: flask.Flask, name: str, language: str) -> None:
    mail = render(name, language, filled(name))

    # A sentence is found in its catalogue however its template is wrapped.
    said = flat(f"{mail.subject} {mail.text}")
    assert translated(name, language)
    assert [one for one in translated(name, language) if flat(one) not in said] == []


@pytest.mark.parametrize("name", FILES)
def test_hostile_values_stay_text(app: flask.Flask, name: str) -> None:
    # given the elements of the mail with harmless values
    harmless = Html(render(name, "en", filled(name)).html)

    # when the values are HTML, templates, placeholders and entities
    context = filled(name, HOSTILE)
    mail = render(name, "en", context)

    # then there is no element more, and people read what was given
    page = Html(mail.html)
    assert page.elements == harmless.elements
    for value in context.values():
        assert flat(value) in flat(mail.text)
        assert flat(value) in flat(page.text) or value in page.links
    assert "<script" not in mail.html
    assert "49" not in mail.text


@pytest.mark.parametrize("name", FILES)
def test_a_value_makes_no_line_of_its_own(app: flask.Flask, name: str) -> None:
    # given a mail with harmless values
    harmless = render(name, "en", filled(name))

    # when they have line breaks, and what turns the direction of writing around
    mail = render(name, "en", filled(name, BREAKING))

    # then the subject is one line, and the text has as many paragraphs as ever
    assert mail.subject == harmless.subject
    assert mail.subject.isprintable()
    assert mail.text.count("\n\n") == harmless.text.count("\n\n")
    assert not any(line.startswith("Bcc") for line in mail.text.splitlines())
    assert not {"\x00", "\r", "\u2028", "\u202e"} & set(mail.text + mail.html)
    assert Html(mail.html).elements == Html(harmless.html).elements


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name in FILES for value in sorted(asked_for(name) - optional(name))]
)
def test_a_missing_value_is_an_error(app: flask.Flask, name: str, value: str) -> None:
    context = filled(name)
    del context[value]

    with pytest.raises(jinja2.UndefinedError, match=value):
        render(name, "en", context)


def test_a_mail_that_does_not_exist_is_an_error(app: flask.Flask) -> None:
    with pytest.raises(jinja2.TemplateNotFound):
        render("birthday", "en", {})


@pytest.mark.parametrize("name", CONTEXTS)
def test_a_text_asks_for_what_its_sender_gives(name: str) -> None:
    assert asked_for(name) - optional(name) == CONTEXTS[name]


def test_every_declared_mail_has_a_text_of_its_own() -> None:
    # given the mails that features declare
    declared = [(feature.name, mail) for feature in catalog.ALL for mail in feature.mails]

    # then each has its file in its feature's folder, and no two have one name
    for feature, mail in declared:
        assert FILES[mail.name].parents[1].name == feature
    assert len(FILES) == len({path.name for path in FILES.values()})

    # and a notice asks for nothing but what its event says, and when, and how to undo it
    for _, mail in declared:
        if mail.tells_of is not None:
            undo = {"undo_link"} if mail.can_be_undone else set()
            assert asked_for(mail.name) - optional(mail.name) <= {"when", *mail.says} | undo


@pytest.mark.parametrize("name", COUNTING)
@pytest.mark.parametrize("locale", LANGUAGES)
def test_one_of_something_is_not_many(app: flask.Flask, name: str, locale: str) -> None:
    # when a text counts one, and two
    one, two = (
        render(name, locale, {**filled(name), **dict.fromkeys(counted(name), count)}) for count in "12"
    )

    # then more than the digit differs
    assert one.text.replace("1", "2") != two.text


@pytest.mark.parametrize("name", FILES)
def test_the_plain_half_is_wrapped_and_its_links_stand_alone(app: flask.Flask, name: str) -> None:
    long = "https://acme.example/" + "x" * 90
    context = {one: long if one.endswith("link") else value for one, value in filled(name).items()}

    lines = render(name, "de", context).text.splitlines()

    assert [line for line in lines if len(line) > 72 and line != long] == []
    assert lines.count(long) == sum(one.endswith("link") for one in context)
    assert "\n\n\n" not in "\n".join(lines)


def test_nothing_is_fetched_but_the_logo(build: Callable[..., flask.Flask], app: flask.Flask) -> None:
    # given an application with a logo, and one without
    logo = "https://acme.example/logo.png?a=1&b=2"
    with build(AUTHSVC_MAIL_LOGO_URL=logo, AUTHSVC_APP_NAME="Acme").app_context():
        pictured = [Html(render(name, "en", filled(name)).html) for name in FILES]
    plain = [render(name, "en", filled(name)).html for name in FILES]

    # then that is all that a mail program loads
    assert [page.fetched for page in pictured] == [[logo]] * len(FILES)
    assert [Html(html).fetched for html in plain] == [[]] * len(FILES)
    assert [html for html in plain if "url(" in html or "@import" in html or "<link" in html] == []


@pytest.mark.parametrize(
    ("config", "name", "url"),
    [
        (
            {"AUTHSVC_APP_NAME": "Acme", "FRONTEND_URL": "https://app.acme.example"},
            "Acme",
            "https://app.acme.example",
        ),
        (
            {
                "AUTHSVC_APP_NAME": "Acme",
                "FRONTEND_URL": "https://app.acme.example",
                "AUTHSVC_MAIL_BRAND_URL": "https://acme.example",
            },
            "Acme",
            "https://acme.example",
        ),
        ({"FRONTEND_URL": "https://app.acme.example"}, "app.acme.example", "https://app.acme.example"),
        ({"AUTHSVC_PUBLIC_URL": "https://auth.acme.example"}, "auth.acme.example", ""),
    ],
)
def test_a_mail_says_who_writes(
    build: Callable[..., flask.Flask], config: dict[str, str], name: str, url: str
) -> None:
    with build(**config).app_context():
        mail = render("address_in_use", "en", {})

    assert mail.text.rstrip().splitlines()[-3 if url else -2 :] == ["-- ", name, *([url] if url else [])]
    assert set(Html(mail.html).links) == ({url} if url else set())


def test_the_code_is_shown_in_groups_and_copied_as_six_digits(app: flask.Flask) -> None:
    mail: Rendered = render(
        "magic_link", "en", {"link": "https://acme.example", "code": "012345", "minutes": "10"}
    )

    assert "\n\n012345\n\n" in mail.text
    assert "<span>012</span><span style=" in mail.html
    assert "012345" in Html(mail.html).text
