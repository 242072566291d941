"""The pages that come from the code are as the code is now, whoever makes them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("endpoints.md", "settings.md", "errors.md", "events.md", "features.md")


def generate(root: Path, *options: str, seed: str = "0") -> subprocess.CompletedProcess[str]:
    """Runs the generator of *root*, with string hashes as *seed* orders them."""
    return subprocess.run(
        [sys.executable, str(root / "docs" / "generate.py"), *options],
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def copy_to(folder: Path) -> Path:
    """The docs and the README in a place of their own."""
    shutil.copytree(
        ROOT / "docs", folder / "docs", ignore=shutil.ignore_patterns("node_modules", "__pycache__")
    )
    shutil.copy(ROOT / "README.md", folder / "README.md")
    return folder


def test_every_generated_page_is_as_the_code_says_now() -> None:
    # when the generator looks at the committed pages
    done = generate(ROOT, "--check")

    # then none is stale
    assert done.returncode == 0, f"{done.stdout}{done.stderr}Run `make generate`."
    assert done.stdout == ""


@pytest.mark.slow
def test_two_runs_write_the_same_bytes(tmp_path: Path) -> None:
    # given the docs without their generated pages
    copy = copy_to(tmp_path)
    for name in PAGES:
        (copy / "docs" / name).unlink()

    # when they are written twice, with sets and dictionaries in another order
    assert generate(copy, seed="1").returncode == 0
    first = {name: (copy / "docs" / name).read_bytes() for name in PAGES}
    again = generate(copy, seed="2")

    # then the second run finds nothing to write, and the committed pages are the same
    assert again.stdout == ""
    assert first == {name: (ROOT / "docs" / name).read_bytes() for name in PAGES}


@pytest.mark.slow
def test_a_page_that_was_changed_by_hand_is_named_and_written_anew(tmp_path: Path) -> None:
    # given a page and a table in the README that say something else
    copy = copy_to(tmp_path)
    page, readme = copy / "docs" / "errors.md", copy / "README.md"
    written = page.read_text(), readme.read_text()
    page.write_text(written[0].replace("email_taken", "mail_taken"))
    readme.write_text(written[1].replace("/login`", "/log-in`"))
    assert (page.read_text(), readme.read_text()) != written

    # when the generator looks
    check = generate(copy, "--check")

    # then it names both, and a run without the option mends them
    assert check.returncode == 1
    assert check.stdout.splitlines() == ["docs/errors.md is stale", "README.md is stale"]
    assert generate(copy).returncode == 0
    assert (page.read_text(), readme.read_text()) == written
