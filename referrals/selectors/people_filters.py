"""What the list of people may be asked, as one condition on visible people; built once per shape of question."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet, TextField, Value

from hub.core.access import visible
from hub.core.actor import Actor
from hub.core.compiled import Several, Text
from hub.core.identifiers import BadIdentifier, caf_number, pes_keys
from hub.core.text import fold
from referrals.models import AssignmentKind, Beneficiary, Referral, RegistrationGap, SupportAssignment, TrackDecision
from referrals.models.referrals import OPEN_STATES
from referrals.models.registration import OPEN_GAP_STATES
from referrals.policies.people import named_people

WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 6


class Asked(NamedTuple):
    """Filters of the list; for a search its words and what they would be as identifiers."""

    words: Several | None = None
    text: Text | None = None
    pes_keys: Several | None = None
    caf_number: Text | None = None
    territory: UUID | None = None
    track: str = ""
    referent: UUID | None = None
    show: tuple[str, ...] = ()


def asked(filters: Mapping[str, Any]) -> Asked:
    """The filters of a form (all optional: `q`, `territory`, `track`, `referent`, `show`)."""
    chosen = Asked(
        territory=filters.get("territory"),
        track=filters.get("track") or "",
        referent=filters.get("referent"),
        show=tuple(filters.get("show") or ()),
    )
    query = (filters.get("q") or "").strip()
    if not query:
        return chosen
    keys, words = pes_keys(query), Several(WORD.findall(fold(query))[:MOST_WORDS])
    return chosen._replace(
        words=words, text=Text(query), pes_keys=Several(keys) if keys else None, caf_number=_caf_number(query)
    )


def filtered(actor: Actor, asked: Asked) -> QuerySet[Beneficiary]:
    """The visible people that every given filter keeps."""
    people = visible(actor, Beneficiary) if asked.words is None else _found(actor, asked)
    if asked.territory:
        people = people.filter(territory=asked.territory)
    if asked.track:
        people = people.filter(Exists(_decisions().filter(track=asked.track)))
    if asked.referent:
        people = people.filter(Exists(_referents().filter(organization=asked.referent)))
    for name in asked.show:
        people = people.filter(condition(actor, name))
    return people


def condition(actor: Actor, name: str) -> Any:
    """A filter by its name, as a condition on people."""
    conditions = {
        "mine": lambda: Exists(_portfolio(actor)),
        "no_track": lambda: ~Exists(_decisions()),
        "no_referent": lambda: Q(~Exists(_referents()), died_on=None),
        "open_referral": lambda: Exists(_open_referrals(actor)),
        "open_gap": lambda: Exists(_open_gaps(actor)),
    }
    return conditions[name]()


def _found(actor: Actor, asked: Asked) -> QuerySet[Beneficiary]:
    """Every word in any name, without accents; for the Département, also an exact identifier.

    A name is searched only where the level shows it: a person known by first name and initial is not found by name.
    """
    people, by_name = named_people(actor, Beneficiary.objects.all()), _named(asked.words)
    return people.filter(by_name | _identified(asked)) if actor.is_wide else people.filter(by_name)


def _named(words: Several | None) -> Q:
    """SQL: every word is in the names, found by index (`people_named` holds the second lock too)."""
    template = "ARRAY(SELECT people_named(%(expressions)s))"
    found = Func(Value(words, ArrayField(TextField())), template=template)
    return Q(Func(F("pk"), found, template="(%(expressions)s))", arg_joiner=" = ANY(", output_field=BooleanField()))


def _identified(asked: Asked) -> Q:
    found = Q(internal_id=asked.text)
    if asked.pes_keys is not None:
        found |= Q(pes_keys__overlap=asked.pes_keys)
    return found | Q(caf_number=asked.caf_number) if asked.caf_number else found


def _caf_number(text: str) -> Text | None:
    try:
        number = caf_number(text)
    except BadIdentifier:
        return None
    return Text(number) if number else None


def _decisions() -> QuerySet[TrackDecision]:
    return TrackDecision.objects.filter(beneficiary=OuterRef("pk"), ended_on=None, voided_at=None)


def _referents() -> QuerySet[SupportAssignment]:
    return SupportAssignment.objects.filter(
        beneficiary=OuterRef("pk"), ends_on=None, kind=AssignmentKind.SINGLE_REFERENT
    )


def _portfolio(actor: Actor) -> QuerySet[SupportAssignment]:
    """Those entrusted to me; to my team or organisation, when nobody was named yet."""
    mine = Q(referent_id=actor.user_id)
    unnamed = Q(referent=None, organization_id=actor.organization_id)
    if actor.team_id:
        unnamed &= Q(team=None) | Q(team_id=actor.team_id)
    return SupportAssignment.objects.filter(mine | unnamed, beneficiary=OuterRef("pk"), ends_on=None)


def _open_referrals(actor: Actor) -> QuerySet[Referral]:
    """Never the sensitive ones of others: row-level security and the scope both leave them out."""
    referrals = visible(actor, Referral).filter(state__in=OPEN_STATES, sent_at__isnull=False)
    return referrals.filter(beneficiary=OuterRef("pk"))


def _open_gaps(actor: Actor) -> QuerySet[RegistrationGap]:
    return visible(actor, RegistrationGap).filter(beneficiary=OuterRef("pk"), state__in=OPEN_GAP_STATES)
