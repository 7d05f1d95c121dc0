"""Every route says who may open it; a route that says nothing answers 404."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

PUBLIC = "public"  # anybody
ACCOUNT = "account"  # a signed-in user, even without organisation
MEMBER = "member"  # a signed-in user acting for an organisation; or a rule's name, without object


def route(pattern: str, view: Callable[..., Any], *, name: str, access: str) -> URLPattern:
    """`django.urls.path` with its access rule: `public`, `account`, `member` or the name of a rule."""
    if getattr(view, "access", access) != access:
        raise RuntimeError(f"{name}: the same view cannot stand behind two rules")
    view.access = access  # type: ignore[attr-defined]
    return path(pattern, view, name=name)
