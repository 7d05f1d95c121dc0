"""Our live process and the bare servers, each with the same crowd and the same Redis channel."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import uvloop
from asgiref.sync import sync_to_async
from redis.asyncio import Redis

from hub.core.topics import topic_token
from hub.demo.server import live
from notifications.doorbells import topic_channel
from tests.bench import crowd
from tests.bench.machine import cpu_seconds, free_port, running, serving
from tests.bench.sockets import Crowd

TOPIC = "bench:fanout"
CHANNEL = "bench-fanout"
NODE = Path(__file__).parent / "peers" / "node_ws.js"
PADDING = "x" * 100  # a frame of about 190 bytes for everybody


@dataclass(slots=True)
class Stage:
    """A server with its crowd: `publish` says one thing to everybody."""

    name: str
    pid: int
    crowd: Crowd
    redis: Redis
    channel: str
    ours: bool
    version: int = 0

    async def publish(self) -> None:
        self.version += 1
        body = {"v": self.version} if self.ours else {"v": self.version, "p": PADDING}
        await self.redis.publish(self.channel, json.dumps(body))

    def cpu(self) -> float:
        return cpu_seconds(self.pid)


@asynccontextmanager
async def ours(sockets: int) -> AsyncIterator[Stage]:
    """The product's live process; every socket follows one topic."""
    port = free_port()
    with serving(live(port), port, probe="/health/") as pid:
        signed = await sync_to_async(crowd.headers)(sockets, port)
        heard = Crowd(b'"topic"')
        await heard.open(f"ws://127.0.0.1:{port}/ws/notifications/", signed)
        token = topic_token("bench", "fanout")
        heard.say(json.dumps({"op": "follow", "tokens": [token]}))
        stage = Stage("pacte", pid, heard, _redis(), topic_channel(TOPIC), True)
        await _ready(stage, sockets)
        yield stage
        await heard.close()


@asynccontextmanager
async def peer(name: str, sockets: int) -> AsyncIterator[Stage]:
    """A bare server: picows, websockets, channels (RedisPubSubChannelLayer) or node (`ws`)."""
    port = free_port()
    if name == "node":
        manager = running(["node", str(NODE), str(port), os.environ["REDIS_URL"], CHANNEL], port)
    elif name == "channels":
        manager = serving(("uvicorn", "tests.bench.peers.channels_server:application", *live(port)[2:]), port)
    else:
        manager = serving((f"tests.bench.peers.{name}_server", str(port), os.environ["REDIS_URL"], CHANNEL), port)
    with manager as pid:
        heard = Crowd(b'"v"')
        await heard.open(f"ws://127.0.0.1:{port}/", [{} for _ in range(sockets)])
        stage = Stage(name, pid, heard, _redis(), CHANNEL, False)
        await _ready(stage, sockets)
        yield stage
        await heard.close()


async def frames_per_cpu_second(stage: Stage, messages: int, burst: int = 20) -> float:
    """Messages as fast as the crowd hears them, in small bursts; frames by second of the server's processor."""
    sockets = len(stage.crowd.ears)
    before, heard = stage.cpu(), stage.crowd.heard
    for start in range(0, messages, burst):
        for _ in range(burst):
            await stage.publish()
        await stage.crowd.until(heard + (start + burst) * sockets)
    return messages * sockets / max(stage.cpu() - before, 0.01)


async def last_client(stage: Stage) -> float:
    """Milliseconds from one message to the last client."""
    sockets, heard = len(stage.crowd.ears), stage.crowd.heard
    await asyncio.sleep(0.05)
    begun = time.perf_counter()
    await stage.publish()
    await stage.crowd.until(heard + sockets)
    return (stage.crowd.last - begun) * 1000


def node_missing() -> str:
    """Why Node's `ws` cannot be measured, '' when it can."""
    if not shutil.which("node"):
        return "no node on this machine"
    found = subprocess.run(["node", str(NODE), "--check"], capture_output=True, check=False)
    folder = Path(os.environ["PACTE_VAR"]) / "bench" / "node"
    return "" if found.returncode == 0 else f"the package ws is missing: npm install --prefix {folder} ws"


def run(main: object) -> None:
    """On uvloop, like the servers."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)  # type: ignore[arg-type]


def _redis() -> Redis:
    return Redis.from_url(os.environ["REDIS_URL"])


async def _ready(stage: Stage, sockets: int) -> None:
    """Until everybody hears."""
    for _ in range(100):
        heard = stage.crowd.heard
        await stage.publish()
        await asyncio.sleep(0.2)
        if stage.crowd.heard - heard == sockets:
            return
    raise RuntimeError(f"{stage.name}: not every socket hears")
