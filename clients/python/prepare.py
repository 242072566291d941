"""Prints a spec as openapi-python-client needs it: `python prepare.py openapi.json > prepared.json`.

The generator asks for a token wherever an operation may have one. An operation that works without one, whose
security has an empty alternative, is given none, so that both kinds of client may call it.
"""

import json
import sys
from pathlib import Path
from typing import Any


def prepared(document: dict[str, Any]) -> dict[str, Any]:
    """The spec with every operation open that may be called without a token."""
    for path in document["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict) and {} in operation.get("security", ()):
                operation["security"] = []
    return document


if __name__ == "__main__":
    json.dump(prepared(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))), sys.stdout)
