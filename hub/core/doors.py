"""Doors to pages, as menus and tabs list them: a door shows when its screen exists and its own rule lets the actor in.

The rule is read from the route itself (`hub.core.urls.route`), so that a menu can never promise what a page refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from django.urls import NoReverseMatch, resolve, reverse

from hub.core.access import RULES, can
from hub.core.actor import Actor
from hub.core.urls import ACCOUNT, MEMBER, PUBLIC


@dataclass(frozen=True, slots=True)
class Door:
    """A label, a lucide icon and the name of the URL behind it."""

    label: str
    icon: str
    name: str
    useful: Callable[[Actor], bool] = bool  # to whom the rule lets in, is there something behind it?


@dataclass(frozen=True, slots=True)
class Entry:
    """A door the actor may open, `current` when the page shown stands behind it."""

    label: str
    icon: str
    url: str
    current: bool


def entries(doors: tuple[Door, ...], actor: Actor | None, path: str) -> list[Entry]:
    """The doors this actor may open, in order; the longest address that begins `path` is the current one."""
    found = [(door, url) for door in doors if (url := _open(door.name, actor)) and (not actor or door.useful(actor))]
    current = max((url for _, url in found if _stands_behind(path, url)), key=len, default="")
    return [Entry(door.label, door.icon, url, url == current) for door, url in found]


def _open(name: str, actor: Actor | None) -> str:
    """The address behind a URL name, or '' when it does not exist or is closed to this actor."""
    url, access = _behind(name)
    if access in (PUBLIC, ACCOUNT):
        return url
    if access is None or actor is None:
        return ""
    return url if access == MEMBER or (access in RULES and can(actor, access)) else ""


@cache
def _behind(name: str) -> tuple[str, str | None]:
    """The address and the rule of a URL name, which routes fix once for all; '' when there is none."""
    try:
        url = reverse(name)
    except NoReverseMatch:
        return "", None
    return url, getattr(resolve(url).func, "access", None)


def _stands_behind(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)


def exists(*names: str) -> Iterator[str]:
    """The addresses of the names that exist, in order."""
    yield from (url for name in names if (url := _behind(name)[0]))
