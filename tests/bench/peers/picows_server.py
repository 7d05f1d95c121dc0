"""The limit in Python: picows, one Redis connection, every message to every socket."""

from __future__ import annotations

import asyncio
import sys

import uvloop
from picows import WSListener, WSMsgType, WSTransport, ws_create_server
from redis.asyncio import Redis

SOCKETS: set[WSTransport] = set()


class Listener(WSListener):
    def on_ws_connected(self, transport: WSTransport) -> None:
        SOCKETS.add(transport)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        SOCKETS.discard(transport)


async def main(port: int, redis_url: str, channel: str) -> None:
    server = await ws_create_server(lambda _: Listener(), "127.0.0.1", port)
    pubsub = Redis.from_url(redis_url).pubsub(ignore_subscribe_messages=True)
    await pubsub.subscribe(channel)
    async with server:
        async for message in pubsub.listen():
            for socket in list(SOCKETS):
                socket.send(WSMsgType.TEXT, message["data"])


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
