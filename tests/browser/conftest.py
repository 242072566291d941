"""Servers and the browser of this folder's stories. All are slow."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import node_programs, servers


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever is here starts servers, Node or Chromium."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The URL of the default application under gunicorn."""
    node_programs.node()
    with servers.gunicorn(tmp_path) as url:
        yield url
