"""Pieces of Markdown."""

import importlib
import inspect
import re
from collections.abc import Iterable, Sequence
from typing import Any

from flask_headless_auth import operations
from flask_headless_auth.feature import Feature
from flask_headless_auth.settings import Settings

MADE = "<!-- Made by docs/generate.py from the code; edit that. -->\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a pipe inside a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(one.replace('|', '&#124;') for one in line)} |\n" for line in lines)


def anchor(heading: str) -> str:
    """The fragment that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def code(value: object) -> str:
    return f"`{value}`"


def listed(values: Iterable[str]) -> str:
    return ", ".join(values)


def prose(item: Any) -> str:
    """The whole docstring."""
    return inspect.getdoc(item) or ""


def sentence(item: Any) -> str:
    """The first paragraph of a docstring, on one line."""
    return operations.first_sentence(item)


def package(feature: Feature) -> Any:
    """The package of a feature, whose docstring describes it."""
    return importlib.import_module(f"flask_headless_auth.features.{feature.name}")


def title(section: type[Settings]) -> str:
    """`SessionSettings` as `Session`."""
    return section.__name__.removesuffix("Settings")
