"""The small fixed population of these tests."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Iterator

import pytest
from django.db import transaction
from structlog.testing import capture_logs

from tests.access.world import World, build_world
from tests.standing import Standing


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """What people of the world wrote; a module may plant its own words."""
    return {}


@pytest.fixture(scope="module")
def standing_world(standing: Standing, django_db_blocker, texts: dict[str, str]) -> Iterator[bytes]:
    """The world, made once for a module, since making it costs as much as a test: they run inside its transaction."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield pickle.dumps(build_world(standing.copy(), texts=texts))
        transaction.set_rollback(True)


@pytest.fixture
def world(standing_world: bytes, db: None) -> World:
    """A copy of its own for each test, whose writes are rolled back."""
    return pickle.loads(standing_world)


@pytest.fixture
def quiet() -> Iterator[None]:
    """Thousands of refusals are expected: saying each of them aloud costs more than making it."""
    logging.disable(logging.WARNING)
    with capture_logs():
        yield
    logging.disable(logging.NOTSET)
