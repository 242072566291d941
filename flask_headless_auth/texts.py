"""Texts for people, in mails and on the pages of ours: templates, and the language of each reader.

A feature's mails stand in its folder `emails`, its pages in `pages`. A host overrides any of them by a
template of its own named `authsvc/<folder>/<name>`, for example `templates/authsvc/emails/confirm.jinja`.
"""

import gettext
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from flask import has_request_context, request

from flask_headless_auth.state import State, state

LANGUAGES = ("en", "de", "fr", "es")
"""Languages that the package speaks; the first where it knows no better."""

HERE = Path(__file__).parent


class Templates:
    """One application's templates, in a language: escaped for HTML, or plain."""

    def __init__(self, ours: State) -> None:
        folders = [HERE / "templates", *sorted((HERE / "features").iterdir())]
        own = jinja2.FileSystemLoader([str(one) for one in folders if one.is_dir()])
        hosts = ours.app.jinja_loader
        loaders = [own] if hosts is None else [_Below("authsvc/", hosts), own]
        self._loader = jinja2.ChoiceLoader(loaders)
        self._made: dict[tuple[str, bool], jinja2.Environment] = {}

    def environment(self, locale: str, *, is_html: bool) -> jinja2.Environment:
        """Templates in a language."""
        key = (locale, is_html)
        if key not in self._made:
            made = jinja2.Environment(
                loader=self._loader,
                autoescape=is_html,  # noqa: S701 - plain text is no HTML
                extensions=["jinja2.ext.i18n"],
                trim_blocks=True,
                lstrip_blocks=True,
                undefined=jinja2.StrictUndefined,
            )
            made.install_gettext_translations(translations(locale), newstyle=True)  # type: ignore[attr-defined]
            self._made[key] = made
        return self._made[key]


class _Below(jinja2.BaseLoader):
    """The templates of a loader whose names begin with a prefix, without it."""

    def __init__(self, prefix: str, loader: jinja2.BaseLoader) -> None:
        self._prefix, self._loader = prefix, loader

    def get_source(self, environment: jinja2.Environment, template: str) -> Any:
        return self._loader.get_source(environment, self._prefix + template)


@cache
def translations(locale: str) -> gettext.NullTranslations:
    """The catalogue of a language."""
    return gettext.translation("messages", HERE / "locales", [locale], fallback=True)


def templates() -> Templates:
    """The current application's templates."""
    ours = state()
    if Templates not in ours.parts:
        ours.parts[Templates] = Templates(ours)
    made: Templates = ours.parts[Templates]
    return made


def locale_for(user: Any) -> str:
    """The language for a user: the model's `locale`, else what the request's browser asks for."""
    wanted = getattr(user, "locale", None)
    short = str(wanted or "").replace("_", "-").partition("-")[0].lower()
    return short if short in LANGUAGES else locale_asked_for()


def locale_asked_for() -> str:
    """The language that the request's browser asks for, among ours."""
    asked = request.accept_languages.best_match(LANGUAGES) if has_request_context() else None
    return asked or LANGUAGES[0]
