"""Every test runs as the application's own database role, on a real PostgreSQL and a real Redis.

The database is created by the owner; `default` then mirrors it under the role `hub_app`. A superuser would see
through row-level security and prove nothing.
"""

from __future__ import annotations

import pickle
from importlib import import_module

import pytest
from django.db import connections
from django.test.utils import setup_databases, teardown_databases
from pytest_django.plugin import blocking_manager_key

from hub.migrating import light_migrations
from partners.models import OrganizationKind
from tests.cast import Cast, build_cast

# Suffix of the copy kept as migrations left it: servers of other processes get copies of that one.
PRISTINE = "_pristine"


class StandingCast:
    """The cast as it stands committed in the tests' database: made once, since building it costs as much as a test.

    Each test is given a copy of its own; what it writes is rolled back. A transactional test empties every table, and
    the cast with them.
    """

    _pickled: bytes | None = None

    def build(self) -> None:
        self._pickled = pickle.dumps(build_cast())

    def fell(self) -> None:
        self._pickled = None

    def copy(self) -> Cast:
        """The cast; built where the tables are empty (a transactional test after another)."""
        return pickle.loads(self._pickled) if self._pickled else build_cast()


STANDING = StandingCast()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, django_db_modify_db_settings):
    with django_db_blocker.unblock():
        with light_migrations():
            databases = setup_databases(verbosity=0, interactive=False, aliases={"owner"})
        pristine = f"{connections['owner'].settings_dict['NAME']}{PRISTINE}"
        connections.close_all()
        _maintain(f'DROP DATABASE IF EXISTS "{pristine}"')
        _maintain(f'CREATE DATABASE "{pristine}" TEMPLATE "{pristine.removesuffix(PRISTINE)}"')
        STANDING.build()
        connections.close_all()
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        _maintain(f'DROP DATABASE "{pristine}"')
        teardown_databases(databases, verbosity=0)


def _maintain(sql: str) -> None:
    with connections["owner"]._nodb_cursor() as cursor:
        cursor.execute(sql)


def pytest_collection_modifyitems(items):
    """A transactional test empties tables at its end: only the owner may."""
    for item in items:
        if _is_transactional(item):
            databases = {"transaction": True, "databases": ["default", "owner"]}
            item.add_marker(pytest.mark.django_db(**databases), append=False)


def _is_transactional(item: pytest.Item) -> bool:
    mark = item.get_closest_marker("django_db")
    return bool(mark and mark.kwargs.get("transaction"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    """Put back what migrations wrote and the cast, once a transactional test has emptied every table."""
    try:
        return (yield)
    finally:
        if nextitem is not None and _is_transactional(item):
            STANDING.fell()
            with item.config.stash[blocking_manager_key].unblock():
                _keep_kinds()
                if not _is_transactional(nextitem):
                    STANDING.build()
                connections.close_all()


def _keep_kinds() -> None:
    kinds = import_module("partners.migrations.0003_organization_kinds").KINDS
    OrganizationKind.objects.bulk_create(
        (OrganizationKind(code=code, label=label, position=at) for at, (code, label) in enumerate(kinds, start=1)),
        ignore_conflicts=True,
    )


@pytest.fixture
def cast(db) -> Cast:
    """Two Départements, their organisations and one member per role (see `tests/cast.py`)."""
    return STANDING.copy()
