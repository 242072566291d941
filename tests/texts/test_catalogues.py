"""The catalogues say all that the templates say, in every language, and are compiled."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from flask_headless_auth.texts import LANGUAGES, translations
from tests.texts.reading import PACKAGE, catalogue

ROOT = PACKAGE.parent
TRANSLATED = LANGUAGES[1:]


def forms(message: Message) -> list[tuple[str, str]]:
    """Each form of a translation behind the form it translates: the first the singular, others the plural."""
    if not message.pluralizable:
        return [(str(message.id), str(message.string))]
    one, many = message.id
    first, *rest = message.string
    return [(one, first), *((many, form) for form in rest)]


def test_the_committed_catalogues_are_as_the_templates_say_now() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "catalogues.py"), "--check"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
    )

    assert done.returncode == 0, f"{done.stdout}{done.stderr}Run `make generate`, and translate what is new."


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated(language: str) -> None:
    waiting = [
        message.id
        for message in catalogue(language)
        if message.id and not all(translation.strip() for _, translation in forms(message))
    ]

    assert waiting == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_placeholders_agree(language: str) -> None:
    # given every sentence with its translation, and what Babel itself finds wrong
    wrong = [(message.id, [str(one) for one in errors]) for message, errors in catalogue(language).check()]

    # then each form fills in what the sentence fills in; one of something may say so in a word
    for message in catalogue(language):
        for source, translation in forms(message) if message.id else ():
            extra = _placeholders(translation) - _placeholders(
                message.id[1] if message.pluralizable else source
            )
            missing = _placeholders(source) - _placeholders(translation)
            wrong += [(source, [translation])] if extra or missing else []
    assert wrong == []


def _placeholders(text: str) -> set[str]:
    return {part.partition(")")[0] for part in text.split("%(")[1:]}


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_bring_no_markup(language: str) -> None:
    # A translation is not escaped: the templates trust it as they trust themselves.
    said = [translation for message in catalogue(language) if message.id for _, translation in forms(message)]

    assert [one for one in said if set("<>&\n") & set(one)] == []


def test_what_is_read_at_run_time_is_compiled() -> None:
    assert translations("de").gettext("Sign in") == "Anmelden"
    assert translations("fr").ngettext(
        "The link works for one hour.", "The link works for %(hours)s hours.", 0
    ) == ("Le lien est valable %(hours)s heure.")


@pytest.mark.slow
def test_the_wheel_has_templates_catalogues_and_styles(tmp_path: Path) -> None:
    # when the wheel is built
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(tmp_path),
        str(ROOT),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

    # then all that is read at run time is in it
    [wheel] = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    read = [path for kind in ("*.jinja", "*.mo", "*.css") for path in PACKAGE.rglob(kind)]
    assert len(read) > 15
    assert [path for path in read if path.relative_to(ROOT).as_posix() not in packed] == []
