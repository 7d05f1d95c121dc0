"""A monthly list that did not come by its day (domain §5): its row keeps it from being told twice."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from hub.core.actor import Actor
from hub.core.events import emit
from partners.models import Department
from partners.models.files import IN_FORCE
from referrals.events import SourcesSilent
from referrals.models import ExpectedList, RegistrationList
from referrals.selectors.expected import missing_lists, month_due


@transaction.atomic
def tell_silent_sources(actor: Actor) -> list[ExpectedList]:
    """The lists of the last month due that did not come and that nobody was told of yet; told in one event.

    Nothing before the Département's first list: a source that never began is not silent.
    """
    month = month_due(actor.today, Department.objects.get(pk=actor.department_id).delay("list_due"))
    if not RegistrationList.objects.filter(month__lte=month, job__state__in=IN_FORCE).exists():
        return []
    silent = [one for one in missing_lists(actor.department_id, month) if _marked(one, month)]
    if silent:
        ids = tuple(one.pk for one in silent)
        emit(SourcesSilent(department_id=actor.department_id, expected_ids=ids, month=month))
    return silent


def _marked(expected: ExpectedList, month: date) -> bool:
    """False when another worker, or an earlier hour, has told it."""
    untold = ExpectedList.objects.filter(pk=expected.pk).exclude(alerted_month__gte=month)
    return untold.update(alerted_month=month) == 1
