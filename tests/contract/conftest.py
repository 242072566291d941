"""Fixtures of the tests of the contract."""

import json
from functools import cache
from typing import Any

import pytest

from tests.contract.applications import APPLICATIONS, document_of


@cache
def text(name: str) -> str:
    """A document, made once."""
    return json.dumps(document_of(APPLICATIONS[name]()))


@pytest.fixture(params=list(APPLICATIONS))
def document(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The contract of each kind of application in turn."""
    copy: dict[str, Any] = json.loads(text(request.param))
    return copy
