from tests.notifications.fixtures import live, own_live, own_redis, redis_server

__all__ = ["live", "own_live", "own_redis", "redis_server"]
