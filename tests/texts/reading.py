"""Reading what the templates say, with their own eyes and with those of a mail program."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import jinja2
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from jinja2 import meta, nodes

import flask_headless_auth
from flask_headless_auth.texts import LANGUAGES as LANGUAGES

PACKAGE = Path(flask_headless_auth.__file__).parent
FILES = {path.stem: path for path in sorted(PACKAGE.glob("features/*/emails/*.jinja"))}
"""Every mail of the package."""

GIVEN = {"layout", "button", "anchor", "digits", "fact", "_", "gettext", "ngettext"}
"""What the layouts and gettext bring along."""


def trees(name: str) -> Iterator[nodes.Template]:
    """A mail's template and those that it extends by name, parsed."""
    environment = jinja2.Environment(extensions=["jinja2.ext.i18n"])
    waiting = [FILES[name]]
    while waiting:
        tree = environment.parse(waiting.pop().read_text(encoding="utf-8"))
        waiting += [PACKAGE / "templates" / one for one in meta.find_referenced_templates(tree) if one]
        yield tree


def asked_for(name: str) -> set[str]:
    """The values that a mail's text asks for."""
    return set().union(*(meta.find_undeclared_variables(tree) for tree in trees(name))) - GIVEN


def counted(name: str) -> set[str]:
    """The values that a mail's text counts with; they are numbers, as text like all the others."""
    return _through("int", name)


def optional(name: str) -> set[str]:
    """The values that a mail's text can do without."""
    return _through("default", name)


def _through(filter_name: str, name: str) -> set[str]:
    filters = [one for tree in trees(name) for one in tree.find_all(nodes.Filter) if one.name == filter_name]
    return {variable.name for one in filters for variable in one.find_all(nodes.Name)}


def filled(name: str, value: str = "a-{name}-z") -> dict[str, str]:
    """A context for a mail: *value* for each name it asks for, and numbers that differ."""
    numbers = (str(number) for number in (47, 83, 61, 74))
    return {
        one: next(numbers) if one in counted(name) else value.format(name=one)
        for one in sorted(asked_for(name))
    }


def catalogue(language: str) -> Catalog:
    """A language's catalogue as its translators see it."""
    with (PACKAGE / "locales" / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def translated(name: str, language: str) -> list[str]:
    """The sentences of a mail's own template in a language, but those with something to fill in."""
    place = FILES[name].relative_to(PACKAGE.parent).as_posix()
    found = [str(one.string) for one in catalogue(language) if place in {file for file, _ in one.locations}]
    return [one for one in found if "%(" not in one]


class Html(HTMLParser):
    """An HTML text as a program reads it: elements with the names of their attributes, text, addresses."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.text = ""
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        values = dict(attrs)
        if tag == "a":
            self.links.append(values["href"] or "")
        self.fetched += [values[one] or "" for one in ("src", "srcset", "background") if one in values]

    def handle_data(self, data: str) -> None:
        self.text += data


def flat(text: str) -> str:
    """A text without its line breaks."""
    return re.sub(r"\s+", " ", text)
