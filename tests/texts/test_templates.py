"""Where texts come from: the package, or templates of the host that stand above them."""

from collections.abc import Callable
from pathlib import Path

import flask
import jinja2
import pytest

from flask_headless_auth import forms
from flask_headless_auth.features.mail.rendering import render
from flask_headless_auth.texts import paragraphs, templates
from tests.texts.reading import FILES, filled

Write = Callable[[str, str], None]

PAGE = """{% extends "page.jinja" %}{% block title %}Are you {{ name }}?{% endblock %}
{% block body %}<form method="post"><button>{% trans %}Sign in{% endtrans %}</button></form>{% endblock %}"""


@pytest.fixture
def app(build: Callable[..., flask.Flask], tmp_path: Path) -> flask.Flask:
    """An application that may have templates of its own."""
    made = build(AUTHSVC_APP_NAME="Acme", FRONTEND_URL="https://acme.example")
    made.root_path, made.template_folder = str(tmp_path), "templates"
    return made


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a template of the host."""

    def at(name: str, text: str) -> None:
        path = tmp_path / "templates" / "authsvc" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    return at


def test_a_host_without_templates_has_ours(app: flask.Flask) -> None:
    # given hosts whose folder does not exist, or who have none
    for folder in ("templates", None):
        app.template_folder = folder

        # then every mail is there
        with app.app_context():
            assert [name for name in FILES if not render(name, "en", filled(name)).text] == []


def test_a_mail_of_the_host_stands_above_ours(app: flask.Flask, write: Write) -> None:
    # given a host's own confirmation
    write(
        "emails/confirm.jinja",
        "{% extends layout %}{% block subject %}Ahoy{% endblock %}"
        "{% block body %}Come aboard, {{ hours }}.\n\n{{ button(link, 'Aye & yes') }}{% endblock %}",
    )

    # when it is rendered
    with app.app_context():
        mail = render("confirm", "en", filled("confirm"))
        other = render("reset_password", "en", filled("reset_password"))

    # then it is theirs, in both halves, and the others are ours
    assert mail.subject == "Ahoy"
    assert "Come aboard, 47.\n\nAye & yes:\na-link-z\n" in mail.text
    assert "Come aboard, 47." in mail.html
    assert "Aye &amp; yes</a>" in mail.html
    assert other.subject == "Choose a new password"


def test_a_host_changes_one_part_of_a_mail(app: flask.Flask, write: Write) -> None:
    # given a template that extends the one it stands for
    write(
        "emails/confirm.jinja",
        "{% extends 'shipped/emails/confirm.jinja' %}{% block subject %}Ahoy{% endblock %}",
    )

    # when it is rendered in another language
    with app.app_context():
        mail = render("confirm", "de", filled("confirm"))

    # then the rest is as it was
    assert mail.subject == "Ahoy"
    assert "Meine Adresse bestätigen:\na-link-z" in mail.text


def test_a_layout_of_the_host_frames_every_mail(app: flask.Flask, write: Write) -> None:
    # given a host's layout around what is shipped
    write(
        "mail.html.jinja",
        "{% extends 'shipped/mail.html.jinja' %}{% block signature %}<i>Yours</i>{% endblock %}",
    )

    # then each mail has it, and the plain half does not change
    with app.app_context():
        for name in FILES:
            mail = render(name, "en", filled(name))
            assert "<i>Yours</i>" in mail.html
            assert "Yours" not in mail.text


def test_templates_of_the_host_outside_of_our_folder_are_not_ours(app: flask.Flask, write: Write) -> None:
    # given a host with a template of the same name for itself
    write("../emails/confirm.jinja", "theirs")

    # then our mail is ours
    with app.app_context():
        assert "theirs" not in render("confirm", "en", filled("confirm")).text
        with pytest.raises(jinja2.TemplateNotFound):
            templates().environment("en", is_html=True).get_template("../emails/confirm.jinja")


def test_a_template_of_a_blueprint_counts_as_the_host_s(app: flask.Flask, tmp_path: Path) -> None:
    # given a blueprint with templates
    folder = tmp_path / "shop" / "authsvc" / "emails"
    folder.mkdir(parents=True)
    (folder / "address_in_use.jinja").write_text(
        "{% extends layout %}{% block subject %}Shop{% endblock %}{% block body %}.{% endblock %}"
    )
    app.register_blueprint(flask.Blueprint("shop", __name__, template_folder=str(tmp_path / "shop")))

    with app.app_context():
        assert render("address_in_use", "en", {}).subject == "Shop"


def test_paragraphs_end_at_blank_lines() -> None:
    assert paragraphs("\n\n a\nb \n \n\nc\n") == ["a\nb", "c"]
    assert paragraphs(" \n\n ") == []


def test_a_page_is_in_the_reader_s_language_and_escaped(app: flask.Flask, write: Write) -> None:
    # given a page with one form
    write("pages/question.jinja", PAGE)

    # when a German reader opens it
    with app.test_request_context(headers={"Accept-Language": "de-AT, en;q=0.5"}):
        page = forms.show("question", status=400, name="<b>Eve</b>")

    # then words and headers are German, and what was given stays text
    body = page.get_data(as_text=True)
    assert page.status_code == 400
    assert "<button>Anmelden</button>" in body
    assert "<title>Are you &lt;b&gt;Eve&lt;/b&gt;? · Acme</title>" in body
    assert "<h1>Are you &lt;b&gt;Eve&lt;/b&gt;?</h1>" in body
    assert '<html lang="de">' in body
    assert '<a href="https://acme.example">Acme</a>' in body
    assert page.headers["Content-Language"] == "de"
    assert page.headers["Vary"] == "Accept-Language"
    assert page.headers["Referrer-Policy"] == "same-origin"


def test_a_form_leads_to_this_server_and_to_where_people_may_be_sent(
    build: Callable[..., flask.Flask], tmp_path: Path, write: Write
) -> None:
    # given a front end, an app with a scheme of its own, and origins of browsers
    app = build(
        FRONTEND_URL="https://acme.example",
        AUTHSVC_CORS_ORIGINS=["https://other.example:8443"],
        AUTHSVC_REDIRECT_URLS=["com.acme.notes:/back"],
    )
    app.root_path, app.template_folder = str(tmp_path), "templates"
    write("pages/question.jinja", PAGE)

    # when a page is shown
    with app.test_request_context():
        policy = forms.show("question", name="you").headers["Content-Security-Policy"]

    # then a redirect that answers its form may go there, and nothing else is allowed
    assert policy.split("; ") == [
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "form-action 'self' com.acme.notes: https://acme.example https://other.example:8443",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]


def test_the_style_sheet_of_pages_is_there_without_the_docs(build: Callable[..., flask.Flask]) -> None:
    answer = build(AUTHSVC_ENABLE_DOCS=False).test_client().get("/api/auth/docs/page.css")

    assert answer.status_code == 200
    assert answer.mimetype == "text/css"
