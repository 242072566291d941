"""What a mail says: subject, plain text and HTML from one template."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask_headless_auth import texts
from flask_headless_auth.features.mail.settings import MailSettings
from flask_headless_auth.settings import CoreSettings
from flask_headless_auth.state import settings

_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
"""Control characters, line breaks, and what turns the direction of writing around."""


@dataclass(frozen=True)
class Rendered:
    """A finished text."""

    subject: str
    text: str
    html: str


def render(name: str, locale: str, context: Mapping[str, Any]) -> Rendered:
    """The mail `emails/<name>.jinja`, filled with *context*, in a language.

    The template extends whatever `layout` is, so that one file gives all three. A value stays on one line,
    whatever it holds: it makes no paragraph, and no header, of its own.

    Raises:
        jinja2.TemplateNotFound: there is no such mail.
        jinja2.UndefinedError: the text asks for something that *context* does not have.
    """
    values = {key: _one_line(value) for key, value in {**context, **_brand()}.items()} | {"locale": locale}

    def written(layout: str, *, is_html: bool = False) -> str:
        template = texts.templates().environment(locale, is_html=is_html).get_template(f"emails/{name}.jinja")
        return template.render(values, layout=layout).strip() + "\n"

    return Rendered(
        subject=_one_line(written("mail.subject.jinja")).strip(),
        text=written("mail.txt.jinja"),
        html=written("mail.html.jinja", is_html=True),
    )


def _brand() -> dict[str, str]:
    """Who writes: the product's name, or at least its host, where that leads, and its picture."""
    core, mail = settings(CoreSettings), settings(MailSettings)
    url = mail.brand_url or core.frontend_url or ""
    host = urlsplit(url or core.public_url or "").hostname or ""
    return {"brand_name": core.app_name or host, "brand_url": url, "logo_url": mail.logo_url or ""}


def _one_line(value: Any) -> Any:
    return _BREAKS.sub(" ", value) if isinstance(value, str) else value
