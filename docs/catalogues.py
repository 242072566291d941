"""Brings the catalogues of translations up to what the templates say, and compiles them.

    python docs/catalogues.py            writes what has changed; new sentences wait for a translation
    python docs/catalogues.py --check    writes nothing; names what is stale and exits with 1

`locales/messages.pot` holds every sentence of the templates, `locales/<language>/LC_MESSAGES/messages.po` its
translations, which people write, and `messages.mo` is made from that. A sentence that no template says any
more is dropped. Two runs give the same bytes.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from flask_headless_auth.texts import LANGUAGES

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "flask_headless_auth"
LOCALES = PACKAGE / "locales"

READING = {"trimmed": "true", "silent": "false"}
"""How templates are read; `texts.Templates` reads them the same way."""


class Catalogue(Catalog):
    """A catalogue whose header names no date and no tool, which would differ from run to run."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """The header that gettext needs."""
        language = (
            [("Language", str(self.locale)), ("Plural-Forms", self.plural_forms)] if self.locale else []
        )
        return [
            ("Project-Id-Version", "flask-headless-auth"),
            *language,
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
        ]


def sentences() -> Catalogue:
    """Every sentence of the templates with the files that say it."""
    found = Catalogue(header_comment="# Sentences of flask-headless-auth. Made by docs/catalogues.py.")
    for path in sorted(PACKAGE.rglob("*.jinja")):
        with path.open("rb") as file:
            for line, text, _, context in extract(babel_extract, file, options=READING):
                found.add(text, locations=[(path.relative_to(ROOT).as_posix(), line)], context=context)
    return found


def translated(template: Catalogue, path: Path, language: str) -> Catalogue:
    """The sentences of *template* with the translations that *path* has so far."""
    known = read_po(io.BytesIO(path.read_bytes() if path.exists() else b""), locale=language)
    made = Catalogue(language, header_comment=f"# Sentences of flask-headless-auth: {language}.", fuzzy=False)
    for message in template:
        if message.id:
            old = known.get(message.id, message.context)
            made.add(
                message.id,
                string=old.string if old is not None else None,
                locations=message.locations,
                context=message.context,
            )
    return made


def files() -> Iterator[tuple[Path, bytes]]:
    """Every file with what it should say."""
    template = sentences()
    yield LOCALES / "messages.pot", as_po(template)
    for language in LANGUAGES[1:]:
        path = LOCALES / language / "LC_MESSAGES" / "messages.po"
        catalogue = translated(template, path, language)
        yield path, as_po(catalogue)
        compiled = io.BytesIO()
        write_mo(compiled, catalogue)
        yield path.with_suffix(".mo"), compiled.getvalue()


def as_po(catalogue: Catalogue) -> bytes:
    """A catalogue as text."""
    written = io.BytesIO()
    write_po(written, catalogue, width=110, include_lineno=False)
    return written.getvalue()


def main(check: bool) -> int:
    """Write, or only name, the files that are stale."""
    changed = {path: body for path, body in files() if not path.exists() or path.read_bytes() != body}
    for path, body in changed.items():
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
        print(f"{path.relative_to(ROOT)} {'is stale' if check else 'written'}")
    return 1 if check and changed else 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
