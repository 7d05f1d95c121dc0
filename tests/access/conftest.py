"""The small fixed population of these tests."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from tests.access.world import World, build_world
from tests.cast import Cast


@pytest.fixture
def world(cast: Cast) -> World:
    return build_world(cast)


@pytest.fixture
def quiet() -> Iterator[None]:
    """Thousands of refusals are expected: saying each of them aloud costs more than making it."""
    logging.disable(logging.WARNING)
    with capture_logs():
        yield
    logging.disable(logging.NOTSET)
