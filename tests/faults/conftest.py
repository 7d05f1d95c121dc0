from tests.notifications.fixtures import committed, live, own_live, own_redis, redis_server

__all__ = ["committed", "live", "own_live", "own_redis", "redis_server"]
