"""Finding people: by words of their name, by filters, by NIR for the Département alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from hub.core.access import can, visible
from hub.core.actor import Actor
from hub.core.crypto import keyed_hash
from hub.core.errors import Invalid, NotVisible, ReasonRequired
from hub.core.identifiers import check_nir
from hub.core.models import record_access
from hub.core.text import fold
from referrals.models import AssignmentKind, Beneficiary, Level, RegistrationGap, SupportAssignment, TrackDecision
from referrals.models.registration import OPEN_GAP_STATES
from referrals.policies.people import active_grants, people_within_reach

SHORTEST = 2
JOINED = ("territory", "commune")


def search(actor: Actor, asked: dict[str, Any]) -> QuerySet[Beneficiary]:
    """The people the actor sees, narrowed by what was asked. Raises `Invalid` for a single letter."""
    people = visible(actor, Beneficiary).select_related(*JOINED)
    if text := asked["q"].strip():
        people = _named(actor, people, text)
    if territory := asked.get("territory"):
        people = people.filter(territory=territory)
    if rights := asked.get("rights_state"):
        people = _of_supported(actor, people).filter(rights_state=rights)
    if track := asked.get("track"):
        open_decisions = visible(actor, TrackDecision).filter(track=track, ended_on=None, voided_at=None)
        people = people.filter(pk__in=open_decisions.values("beneficiary"))
    if referent := asked.get("referent"):
        now = visible(actor, SupportAssignment).filter(
            organization=referent, ends_on=None, kind=AssignmentKind.SINGLE_REFERENT
        )
        people = people.filter(pk__in=now.values("beneficiary"))
    if asked["open_gap"] is not None:
        gaps = visible(actor, RegistrationGap).filter(state__in=OPEN_GAP_STATES).values("beneficiary")
        people = people.filter(pk__in=gaps) if asked["open_gap"] else people.exclude(pk__in=gaps)
    return people


def find_by_nir(actor: Actor, raw: str) -> QuerySet[Beneficiary]:
    """The person with this NIR among those the actor sees; hidden and absent are the same. Logged. Raises `Invalid`."""
    checked = check_nir(raw)
    if checked.nir13 is None:
        sentence = "Ce numéro n'a pas la forme attendue."
        raise Invalid(sentence, fields={"nir": sentence})
    record_access("nir_search")
    return visible(actor, Beneficiary).filter(national_number__hash=keyed_hash(checked.nir13)).select_related(*JOINED)


def get_person(actor: Actor, pk: UUID) -> Beneficiary:
    """One person. Raises `ReasonRequired` within one's organisation but outside one's team, else `NotVisible`."""
    person = visible(actor, Beneficiary).select_related(*JOINED).filter(pk=pk).first()
    if person is not None:
        return person
    elsewhere = people_within_reach(actor, Beneficiary.objects.all()).filter(pk=pk).first()
    if elsewhere is not None and can(actor, "person.open", elsewhere):
        raise ReasonRequired
    raise NotVisible


def _named(actor: Actor, people: QuerySet[Beneficiary], text: str) -> QuerySet[Beneficiary]:
    """Every word begins a word of the name; a number of the file, whole, for the Département."""
    if len(text) < SHORTEST:
        raise Invalid("Écrivez deux lettres au moins.", fields={"q": "Écrivez deux lettres au moins."})
    names = Q()
    for word in fold(text).replace("-", " ").split():
        names &= (
            Q(search_key__startswith=word) | Q(search_key__contains=f" {word}") | Q(search_key__contains=f"-{word}")
        )
    if actor.is_wide:
        exact = text.replace(" ", "")
        return people.filter(names | Q(caf_number=exact) | Q(internal_id=text) | Q(pes_keys__contains=[exact]))
    # A level that hides the last name must not let it be guessed letter by letter.
    named = active_grants(actor).exclude(level=Level.MINIMAL).values("beneficiary")
    return people.filter(names, pk__in=named)


def _of_supported(actor: Actor, people: QuerySet[Beneficiary]) -> QuerySet[Beneficiary]:
    """Filters on rights work only where the level opens rights."""
    if actor.is_wide:
        return people
    supported = active_grants(actor).filter(level__in=(Level.SUPPORT, Level.FULL)).values("beneficiary")
    return people.filter(pk__in=supported)
