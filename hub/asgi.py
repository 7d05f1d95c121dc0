"""Sockets and event streams in production, everything in the demo (uvicorn)."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings")
pages = get_asgi_application()  # before anything that needs the applications

from notifications.live.routing import sockets, with_stream  # noqa: E402

application = ProtocolTypeRouter({"http": with_stream(pages), "websocket": sockets})
