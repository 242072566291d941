"""Texts for people, in mails and on the pages of ours: templates, and the language of each reader.

A feature's mails stand in its folder `emails`, its pages in `pages`. A host overrides any of them, and the
layouts `mail.html.jinja`, `mail.txt.jinja`, `notice.jinja` and `page.jinja`, by a template of its own named
`authsvc/<name>`, for example `templates/authsvc/emails/confirm.jinja`. Such a template may extend the one it
stands for, which is still there as `shipped/<name>`.
"""

import gettext
import re
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import flask
import jinja2
from flask import has_request_context, request

from flask_headless_auth.state import State, state

LANGUAGES = ("en", "de", "fr", "es")
"""Languages that the package speaks; the first where it knows no better."""

HERE = Path(__file__).parent

T = TypeVar("T", bound=str)


class Templates:
    """One application's templates, in a language: escaped for HTML, or plain."""

    def __init__(self, app: flask.Flask) -> None:
        folders = [HERE / "templates", *sorted((HERE / "features").iterdir())]
        shipped = jinja2.FileSystemLoader([str(one) for one in folders if one.is_dir()])
        # Flask's own loader of a host's templates: those of its blueprints too, and none is fine.
        hosts = _Below("authsvc/", app.create_global_jinja_loader())
        self._loader = jinja2.ChoiceLoader([hosts, shipped, jinja2.PrefixLoader({"shipped": shipped})])
        self._made: dict[tuple[str, bool], jinja2.Environment] = {}

    def environment(self, locale: str, *, is_html: bool) -> jinja2.Environment:
        """Templates in a language. A name that a template uses and nobody filled is an error."""
        key = (locale, is_html)
        if key not in self._made:
            made = jinja2.Environment(
                loader=self._loader,
                autoescape=is_html,  # noqa: S701 - plain text is no HTML
                extensions=["jinja2.ext.i18n"],
                lstrip_blocks=True,
                undefined=jinja2.StrictUndefined,
            )
            # A sentence is one line in the catalogues, however its template is wrapped.
            made.policies["ext.i18n.trimmed"] = True
            made.filters["paragraphs"] = paragraphs
            made.install_gettext_translations(translations(locale), newstyle=True)  # type: ignore[attr-defined]
            self._made[key] = made
        return self._made[key]


class _Below(jinja2.BaseLoader):
    """The templates of a loader whose names begin with a prefix, without it."""

    def __init__(self, prefix: str, loader: jinja2.BaseLoader) -> None:
        self._prefix, self._loader = prefix, loader

    def get_source(self, environment: jinja2.Environment, template: str) -> Any:
        return self._loader.get_source(environment, self._prefix + template)


def paragraphs(text: T) -> list[T]:
    """The parts of a text between blank lines; HTML stays HTML."""
    parts = re.split(r"\n\s*\n", text)
    return [type(text)(part.strip()) for part in parts if part.strip()]


@cache
def translations(locale: str) -> gettext.NullTranslations:
    """The catalogue of a language; English, the language of the templates, has none."""
    return gettext.translation("messages", HERE / "locales", [locale], fallback=True)


def templates() -> Templates:
    """The current application's templates."""
    ours: State = state()
    if Templates not in ours.parts:
        ours.parts[Templates] = Templates(ours.app)
    made: Templates = ours.parts[Templates]
    return made


def locale_for(user: Any) -> str:
    """The language for a user: the model's `locale`, else what the request's browser asks for."""
    return _ours(getattr(user, "locale", None)) or locale_asked_for()


def locale_asked_for() -> str:
    """The language that the request's browser asks for, among ours."""
    asked = request.accept_languages if has_request_context() else ()
    # Not `best_match`: to "de-AT, en;q=0.5" it answers English, the only one it finds to the letter.
    return next((short for tag, quality in asked if quality > 0 and (short := _ours(tag))), LANGUAGES[0])


def _ours(tag: Any) -> str | None:
    """The language of a tag such as `de_AT` or `de-at`, if it is one of ours."""
    short = str(tag or "").replace("_", "-").partition("-")[0].lower()
    return short if short in LANGUAGES else None
