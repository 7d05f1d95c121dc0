"""The other end of a bare round trip: hears a channel in a process of its own and says it back on another."""

from __future__ import annotations

import asyncio
import sys

import uvloop
from redis.asyncio import Redis


async def main(redis_url: str, there: str, back: str) -> None:
    redis = Redis.from_url(redis_url)
    pubsub = Redis.from_url(redis_url).pubsub(ignore_subscribe_messages=True)
    await pubsub.subscribe(there)
    async for message in pubsub.listen():
        await redis.publish(back, message["data"])


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(*sys.argv[1:]))
