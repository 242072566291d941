"""Links from one page of the documentation to another, or to a file of the repository, lead somewhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [
        ROOT / "README.md",
        ROOT / "CHANGELOG.md",
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "docs/decisions").glob("*.md"),
    ]
)
LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")
FENCED = re.compile(r"^(?P<ticks>`{3,}).*?^(?P=ticks)", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^#+\s+(?P<title>.+?)\s*$", re.MULTILINE)


def prose_of(page: Path) -> str:
    """A page without its code blocks."""
    return FENCED.sub("", page.read_text(encoding="utf-8"))


def anchors_of(page: Path) -> set[str]:
    """The fragments that GitHub gives the headings of a page."""
    titles = (match["title"] for match in HEADING.finditer(prose_of(page)))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def dead_links_of(page: Path) -> Iterator[str]:
    for link in LINK.finditer(prose_of(page)):
        target, _, fragment = link["target"].partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        there = (page.parent / target).resolve() if target else page
        if not there.exists():
            yield f"{link['target']}: no such file"
        elif fragment and fragment not in anchors_of(there):
            yield f"{link['target']}: no such heading"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    assert list(dead_links_of(page)) == []


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    # given a page with two links that lead somewhere and two that do not
    other = tmp_path / "other.md"
    other.write_text("# Here it is\n")
    page = tmp_path / "page.md"
    page.write_text("[a](other.md#here-it-is) [b](https://example.com/x) [c](gone.md) [d](other.md#not-here)")

    # then the two are named
    assert list(dead_links_of(page)) == ["gone.md: no such file", "other.md#not-here: no such heading"]
