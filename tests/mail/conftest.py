"""Fixtures of the tests of mail."""

from collections.abc import Iterator

import pytest

from tests.support.smtp import Sink, sink


@pytest.fixture
def server() -> Iterator[Sink]:
    """A mail server that takes everything, without encryption."""
    with sink() as made:
        yield made
