"""Invented people and referrals, made by the real services."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from hub.core.actor import PARIS, Actor
from hub.core.gate import tenant
from hub.core.workdays import is_open
from partners.models import Commune, Membership, Organization
from referrals.models import Beneficiary, Referral, Track, TrackDecision
from referrals.services.pathways import decide_track
from referrals.services.people import create_beneficiary
from referrals.services.referrals import send_referral
from tests.cast import Cast, actor

METZ = "57463"


def person(cast: Cast, *, nir: str = "", insee: str = METZ, by: Membership | None = None, **values: Any) -> Beneficiary:
    """A person of Metz unless said otherwise, written by the social worker."""
    given = {
        "last_name": "FICTIF",
        "first_names": "Amélie",
        "birth_date": date(1985, 4, 12),
        "rights_state": "open",
        "subject_to_obligations": True,
        "commune_id": insee if Commune.objects.filter(pk=insee).exists() else None,
    } | values
    with tenant(actor(by or cast.social_worker)) as acting:
        return create_beneficiary(acting, values=given, nir=nir)


def decision(
    cast: Cast,
    who: Beneficiary,
    *,
    track: str = Track.SOCIO_PROFESSIONAL,
    to: Organization | None = None,
    on: date = date(2026, 7, 1),
    by: Actor | None = None,
) -> TrackDecision:
    """A track decided by the social worker; UDAF is designated unless said otherwise."""
    with tenant(by or actor(cast.social_worker)) as acting:
        return decide_track(
            acting, person=who, track=track, decided_on=on, effective_on=on, designated=to or cast.udaf, informed_on=on
        )


def referral(
    cast: Cast,
    who: Beneficiary,
    *,
    to: Organization | None = None,
    by: Membership | None = None,
    now: datetime | None = None,
    **values: Any,
) -> Referral:
    """A proposal of the social worker to the SIAE, sent."""
    with tenant(actor(by or cast.social_worker, now)) as acting:
        given = {"need": "Un premier emploi", "informed_on": acting.today} | values
        return send_referral(acting, person=who, receiver=to or cast.siae, **given)


def reread(cast: Cast, row: Any) -> Any:
    """The row as it is now."""
    with tenant(Actor.system(cast.department.pk)):
        return type(row).objects.get(pk=row.pk)


def open_day(after: int = 14) -> date:
    """An open day of Moselle, so many calendar days from now or a little later."""
    found = datetime.now(PARIS).date() + timedelta(days=after)
    while not is_open(found):
        found += timedelta(days=1)
    return found
