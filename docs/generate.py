"""Writes the pages of the docs that come from the code, and the table of endpoints in README.md.

    python docs/generate.py            writes what has changed
    python docs/generate.py --check    writes nothing; names what is stale and exits with 1

The pages follow the default application: what it declares, and what its OpenAPI document says. Two runs give
the same bytes.
"""

import importlib.util
import sys
from pathlib import Path
from typing import Any

from writers import endpoints, reference, settings

from flask_headless_auth.contract import Api
from flask_headless_auth.state import part

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
README = ROOT / "README.md"


def document() -> dict[str, Any]:
    """The OpenAPI document of the default application."""
    found = importlib.util.spec_from_file_location("default_app", DOCS / "examples" / "default" / "app.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    with module.app.app_context():
        return part(Api).document()


def pages() -> dict[Path, str]:
    """Every generated file with its text."""
    spec = document()
    found = endpoints.operations_of(spec)
    return {
        DOCS / "endpoints.md": endpoints.page(spec, found),
        DOCS / "settings.md": settings.page(),
        DOCS / "errors.md": reference.errors_page(found),
        DOCS / "events.md": reference.events_page(found),
        DOCS / "features.md": reference.features_page(),
        README: endpoints.with_table(README.read_text(encoding="utf-8"), found),
    }


def stale(path: Path, text: str) -> bool:
    """Whether a committed page says something else."""
    return not path.exists() or path.read_text(encoding="utf-8") != text


def main(check: bool) -> int:
    """Write, or only name, the pages that are stale."""
    changed = {path: text for path, text in pages().items() if stale(path, text)}
    for path, text in changed.items():
        if not check:
            path.write_text(text, encoding="utf-8")
        print(f"{path.relative_to(ROOT)} {'is stale' if check else 'written'}")
    return 1 if check and changed else 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
