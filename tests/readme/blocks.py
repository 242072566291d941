"""The fenced code blocks of a Markdown file: where each stands, and what it says."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^(?P<indent>\s*)(?P<ticks>`{3,})\s*(?P<language>[\w+-]*)[^`]*$")
HEADING = re.compile(r"^(?P<level>#{1,6})\s+(?P<title>.+?)\s*$")
TAG = re.compile(r"^\s*<!--\s*snippet:\s*(?P<tag>[\w-]+)\s*-->\s*$")


@dataclass(frozen=True)
class Block:
    """One fenced block. `key` names it: the heading just above it, and its place below that heading."""

    language: str
    text: str
    line: int
    """The number, in the file, of the first line of `text`."""
    headings: tuple[str, ...]
    """From the title of the file down to the heading just above."""
    ordinal: int
    tag: str | None
    """What `<!-- snippet: tag -->` on the line before the fence says."""

    @property
    def key(self) -> tuple[str, int]:
        return (self.headings[-1] if self.headings else "", self.ordinal)

    @property
    def name(self) -> str:
        """The key as one word, for the name of a test: `step-1-minimal-setup-5-lines-1`."""
        heading, ordinal = self.key
        return f"{re.sub(r'[^a-z0-9]+', '-', heading.lower()).strip('-')}-{ordinal}"


def blocks_in(file: Path) -> list[Block]:
    """The blocks of `file`, in reading order; none when there is no such file."""
    return read(file.read_text(encoding="utf-8")) if file.exists() else []


def read(markdown: str) -> list[Block]:
    """The blocks of a text. A fence that is never closed raises `ValueError`."""
    found: list[Block] = []
    headings: list[str] = []
    count: Counter[tuple[str, ...]] = Counter()
    tag: str | None = None
    lines = enumerate(markdown.split("\n"), start=1)
    for number, line in lines:
        if fence := FENCE.match(line):
            body = []
            for _, inner in lines:
                if inner.strip() == fence["ticks"]:
                    break
                body.append(inner.removeprefix(fence["indent"]))
            else:
                raise ValueError(f"line {number}: this fence is never closed")
            path = tuple(headings)
            count[path] += 1
            text = "".join(f"{inner}\n" for inner in body)
            found.append(Block(fence["language"], text, number + 1, path, count[path], tag))
            tag = None
        elif heading := HEADING.match(line):
            level = len(heading["level"])
            headings[level - 1 :] = [heading["title"]]
            tag = None
        elif comment := TAG.match(line):
            tag = comment["tag"]
        elif line.strip():
            tag = None
    return found
