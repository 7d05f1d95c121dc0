"""The library `websockets`, bare: one Redis connection, `broadcast` to every socket."""

from __future__ import annotations

import asyncio
import sys

import uvloop
from redis.asyncio import Redis
from websockets.asyncio.server import ServerConnection, broadcast, serve

SOCKETS: set[ServerConnection] = set()


async def handler(socket: ServerConnection) -> None:
    SOCKETS.add(socket)
    try:
        await socket.wait_closed()
    finally:
        SOCKETS.discard(socket)


async def main(port: int, redis_url: str, channel: str) -> None:
    pubsub = Redis.from_url(redis_url).pubsub(ignore_subscribe_messages=True)
    await pubsub.subscribe(channel)
    async with serve(handler, "127.0.0.1", port, compression=None):
        async for message in pubsub.listen():
            broadcast(SOCKETS, message["data"].decode())


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
