"""What every page's frame shows: who I act for, what I may open."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, Any]:
    """The actor of the page."""
    return {"actor": getattr(request, "actor", None)}
