"""The small fixed population of these tests."""

from __future__ import annotations

import pytest

from tests.access.world import World, build_world
from tests.cast import Cast


@pytest.fixture
def world(cast: Cast) -> World:
    return build_world(cast)
