"""Every test runs as the application's own database role, on a real PostgreSQL and a real Redis.

The database is created by the owner; `default` then mirrors it under the role `hub_app`. A superuser would see
through row-level security and prove nothing.
"""

from __future__ import annotations

import gc
from unittest.mock import patch

import pytest
from django.db import connections
from django.test import TransactionTestCase

from tests.cast import Cast
from tests.standing import Standing, drop_database, make_database, point_at


def pytest_collection():
    """What is imported stays: looking for garbage in it, now or during every test, finds none."""
    gc.disable()


def pytest_collection_finish():
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def standing(django_test_environment, django_db_blocker, django_db_modify_db_settings):
    """The tests' database: migrated, the cast in it."""
    owner = connections["owner"]
    real, name = owner.settings_dict["NAME"], owner.creation._get_test_db_name()
    with django_db_blocker.unblock():
        make_database(name)
        point_at(name)
        standing = Standing()
        connections.close_all()
        # Django would empty every table after a transactional test.
        with patch.object(TransactionTestCase, "_fixture_teardown", lambda test: standing.restore()):
            yield standing
        standing.close()
        point_at(real)
        drop_database(name)


@pytest.fixture(scope="session")
def django_db_setup(standing):
    """What pytest-django asks for before a test that uses the database."""


@pytest.fixture
def cast(db, standing: Standing) -> Cast:
    """Two Départements, their organisations and one member per role (see `tests/cast.py`)."""
    return standing.copy()
