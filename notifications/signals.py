"""Signing out closes the sockets of that session at once, not at the next minute's check."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.dispatch import receiver

from notifications.doorbells import control_channel, publish


@receiver(user_logged_out)
def check_sockets(sender: Any, user: Any, **kwargs: Any) -> None:
    """Ask the live processes to look again at this user's sockets, once the session is gone."""
    if user is not None:
        body = json.dumps({"check": str(user.pk)})
        transaction.on_commit(lambda: _ask(body))


def _ask(body: str) -> None:
    publish([(control_channel(), body)])
