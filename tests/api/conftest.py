"""Machines at the doors: one client per member, by bearer key or by browser session."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from hub.core.gate import tenant
from hub.core.volatile import prefixed, redis
from partners.models import Membership
from partners.services.tokens import create_token
from tests.cast import actor

V1 = "/api/v1/"


class Machine:
    """A client that holds one member's key."""

    def __init__(self, member: Membership) -> None:
        with tenant(actor(member)) as acting:
            self.token, self.key = create_token(acting, label="essai", days=30)
        self.client = Client(headers={"Authorization": f"Bearer {self.key}"})

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(_address(path), query)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.client.post(
            _address(path), json.dumps(body or {}), content_type="application/json", headers=headers
        )

    def patch(self, path: str, body: Any) -> Any:
        return self.client.patch(_address(path), json.dumps(body), content_type="application/json")

    def send(self, path: str, **form: Any) -> Any:
        return self.client.post(_address(path), form)


def _address(path: str) -> str:
    return path if path.startswith("/") else V1 + path


@pytest.fixture
def machine() -> Callable[[Membership], Machine]:
    """A new client for a member."""
    return Machine


@pytest.fixture(autouse=True)
def fresh_rates() -> None:
    """Counters of other tests are forgotten; `cache.clear()` would also empty what the other worker keeps."""
    for key in redis().scan_iter(prefixed("rate:*")):
        redis().delete(key)
