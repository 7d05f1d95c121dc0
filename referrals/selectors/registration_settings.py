"""Settings of registration, as their page shows them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from hub.core.access import get_visible, visible
from hub.core.actor import Actor
from referrals.imports.codes import EXIT_CODES
from referrals.models import ExitCode, ExpectedList


def exit_codes(actor: Actor) -> QuerySet[ExitCode]:
    """The Département's table; what alerts first."""
    return visible(actor, ExitCode).order_by("-alerting", "code")


def missing_codes(actor: Actor) -> int:
    """How many of the usual motives the table lacks."""
    known = set(visible(actor, ExitCode).values_list("code", flat=True))
    return sum(one.code not in known for one in EXIT_CODES)


def expected_lists(actor: Actor) -> QuerySet[ExpectedList]:
    return visible(actor, ExpectedList).select_related("territory").order_by("-active", "label")


def get_exit_code(actor: Actor, pk: UUID) -> ExitCode:
    """A motive of this Département; raises `NotVisible`."""
    return get_visible(actor, ExitCode, pk)


def get_expected_list(actor: Actor, pk: UUID) -> ExpectedList:
    """An expected list of this Département; raises `NotVisible`."""
    return get_visible(actor, ExpectedList, pk)
