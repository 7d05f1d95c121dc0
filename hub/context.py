"""What every page's frame shows: who I act for, what I may open. Computed only when a template asks."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from hub.core.actor import Actor
from hub.core.back import ours
from hub.core.doors import Entry, entries, exists
from hub.navigation import ACCOUNT_MENU, MAIN, drawn
from partners.models import Membership


class Frame:
    """The frame of one page; every property costs at most one query, and none on a bare page."""

    bell = ("notifications/_bell.html", "_nothing.html")  # the first that exists

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.actor: Actor | None = getattr(request, "actor", None)
        self.user = getattr(request, "user", None)

    @property
    def signed_in(self) -> bool:
        """Is there somebody to show a frame to, and a transaction that still answers?"""
        return bool(self.user and self.user.is_authenticated) and not connection.needs_rollback

    @property
    def layout(self) -> str:
        """The frame for whoever has one, a bare page for the others."""
        return "base.html" if self.signed_in else "_bare.html"

    @property
    def back_url(self) -> str:
        """The page of ours the user came from, or the first one."""
        return ours(self.request, self.request.headers.get("Referer", "")) or "/"

    @cached_property
    def navigation(self) -> list[Entry]:
        return entries(MAIN, self.actor, self.request.path) if self.actor else []

    @cached_property
    def rail(self) -> str:
        return drawn("_navigation.html", tuple(self.navigation)) if self.navigation else ""

    @cached_property
    def account_links(self) -> str:
        return drawn("_account_links.html", tuple(entries(ACCOUNT_MENU, self.actor, self.request.path)))

    @property
    def memberships(self) -> list[Membership]:
        """Every organisation this user may act for, as the actor's provider read them."""
        return getattr(self.request, "memberships", [])

    @cached_property
    def membership(self) -> Membership | None:
        """The one this page acts for."""
        current = self.actor.membership_id if self.actor else None
        return next((m for m in self.memberships if m.pk == current), None)

    @cached_property
    def several_departments(self) -> bool:
        return len({m.department_id for m in self.memberships}) > 1

    @cached_property
    def switch_url(self) -> str:
        return next(exists("switch_membership"), "")

    @cached_property
    def search_url(self) -> str:
        return next(exists("search"), "")

    @cached_property
    def demo_accounts_url(self) -> str:
        """The page of invented people, in a demo only."""
        return next(exists("demo_accounts_page"), "") if settings.DEMO else ""


def frame(request: HttpRequest) -> dict[str, Any]:
    """The actor of the page and its frame."""
    return {"actor": getattr(request, "actor", None), "frame": Frame(request)}
