"""Fixtures of live delivery: one Redis and one uvicorn per test process, on the test database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connections

from hub.core import volatile
from tests.notifications.servers import LiveServer, RedisServer


@pytest.fixture(scope="session")
def own_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def redis_server(own_redis: RedisServer, settings) -> Iterator[RedisServer]:
    """The Redis that this process publishes to, started again if a test left it dead."""
    if own_redis.process is None:
        own_redis.start()
    settings.REDIS_URL = own_redis.url
    volatile.redis.cache_clear()
    yield own_redis
    volatile.redis.cache_clear()


@pytest.fixture(scope="session")
def own_live(django_db_setup, own_redis: RedisServer) -> Iterator[LiveServer]:
    server = LiveServer(database=connections["default"].settings_dict["NAME"], redis_url=own_redis.url)
    yield server
    server.kill()


@pytest.fixture
def committed(transactional_db) -> None:
    """Really committed transactions."""


@pytest.fixture
def live(own_live: LiveServer, redis_server: RedisServer, committed: None) -> LiveServer:
    """The live process, started again if a test left it dead."""
    if own_live.process is None:
        own_live.start()
    return own_live
