"""How a route is described in OpenAPI: a French sentence, its body, its answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema

from hub.core.rest.idempotency import HEADER

KEY = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description="Une même clé et un même corps donnent la première réponse, sans second effet (24 heures).",
)


def reads(summary: str, answer: Any, *, query: Any = None, description: str = "") -> Callable[[Any], Any]:
    """A GET: what it gives, and the serializer of its query string."""
    return extend_schema(
        summary=summary,
        description=description or summary,
        parameters=[query] if query else [],
        responses={200: answer},
    )


def writes(
    summary: str,
    *,
    body: Any = None,
    answer: Any = None,
    status: int = 200,
    description: str = "",
    examples: list[Any] | None = None,
    keyed: bool = True,
) -> Callable[[Any], Any]:
    """A POST, PATCH or PUT: the body it takes, what it answers."""
    return extend_schema(
        summary=summary,
        description=description or summary,
        parameters=[KEY] if keyed else [],
        request=body,
        responses={status: answer},
        examples=examples or [],
    )
