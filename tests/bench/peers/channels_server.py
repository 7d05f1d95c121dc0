"""Channels with its own layer: a consumer in a group, RedisPubSubChannelLayer, a bridge from the same channel."""

from __future__ import annotations

import asyncio
import os

from django.conf import settings

if not settings.configured:
    layer = {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [{"address": os.environ["REDIS_URL"], "socket_timeout": None}], "prefix": "bench-peer"},
    }
    settings.configure(CHANNEL_LAYERS={"default": layer}, SECRET_KEY="bench")

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from redis.asyncio import Redis

CHANNEL = "bench-fanout"


class Consumer(AsyncWebsocketConsumer):
    groups = ("everybody",)

    async def said(self, event: dict[str, str]) -> None:
        await self.send(text_data=event["text"])


consumer = Consumer.as_asgi()
_bridges: list[asyncio.Task[None]] = []


async def _bridge() -> None:
    pubsub = Redis.from_url(os.environ["REDIS_URL"]).pubsub(ignore_subscribe_messages=True)
    await pubsub.subscribe(CHANNEL)
    layer = get_channel_layer()
    async for message in pubsub.listen():
        await layer.group_send("everybody", {"type": "said", "text": message["data"].decode()})


async def application(scope, receive, send):  # type: ignore[no-untyped-def]
    if not _bridges:
        _bridges.append(asyncio.create_task(_bridge()))
    await consumer(scope, receive, send)
