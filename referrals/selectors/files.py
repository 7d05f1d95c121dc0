"""One person's file as its page shows it: identity by level, safe contact, state, the one next action."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from hub.core.access import can, visible
from hub.core.actor import Actor
from hub.core.dates import age_on
from hub.core.errors import NotVisible, ReasonRequired
from partners.models import Membership, User
from referrals.disclosure import disclose, level_of, reaches, short_name
from referrals.models import (
    AssignmentKind,
    Beneficiary,
    FileOpening,
    Level,
    Referral,
    ReferralState,
    RegistrationExemption,
    RegistrationGap,
    RegistrationStatus,
    SupportAssignment,
    TrackDecision,
)
from referrals.models.beneficiaries import Sex
from referrals.models.registration import OPEN_GAP_STATES
from referrals.policies.people import people_within_reach

BORN = {Sex.FEMALE.label: "née le", Sex.MALE.label: "né le"}


@dataclass(frozen=True, slots=True)
class NextAction:
    """The one thing expected now: a sentence, and where to do it (`url_name` takes `key`)."""

    text: str
    label: str = ""
    url_name: str = ""
    key: UUID | None = None


@dataclass(frozen=True, slots=True)
class PersonFile:
    """What slots `person.timeline` and `person.panels` receive, and what the page shows.

    `facts` is what the level discloses and nothing else; everything below it is empty under level `support`.
    """

    person: Beneficiary
    level: str
    name: str
    facts: dict[str, Any]
    age: int | None = None
    decision: TrackDecision | None = None
    referent: SupportAssignment | None = None
    registration: RegistrationStatus | None = None
    gap: RegistrationGap | None = None
    exemption: RegistrationExemption | None = None

    @property
    def summary(self) -> str:
        """Birth, sex and place, as far as the level shows them."""
        facts, told = self.facts, []
        sex = facts.get("sex") or Sex.UNKNOWN.label
        if birth := facts.get("birth_date"):
            born = BORN.get(sex, "né(e) le")
            told.append(f"{born} {birth:%d/%m/%Y}" + ("" if self.age is None else f" ({self.age} ans)"))
        if sex != Sex.UNKNOWN.label:
            told.append(sex)
        if facts.get("city") and not facts.get("confidential_address"):
            told.append(facts["city"])
        if territory := facts.get("territory"):
            told.append(f"territoire de {territory}")
        return " · ".join(told)

    @property
    def supported(self) -> bool:
        """Does the level show tracks, referents and registration?"""
        return reaches(self.level, Level.SUPPORT)

    @property
    def contact_open(self) -> bool:
        """Does the level show how to reach the person?"""
        return reaches(self.level, Level.PLACEMENT)

    @property
    def protected(self) -> bool:
        """Is there something to know before any contact?"""
        one = self.person
        return one.do_not_call or one.do_not_write or one.confidential_address or bool(one.contact_through)


def get_person(actor: Actor, pk: UUID) -> Beneficiary:
    """A visible person. Raises `ReasonRequired` when only a reason is missing, `NotVisible` otherwise."""
    found = visible(actor, Beneficiary).select_related("territory", "commune").filter(pk=pk).first()
    if found is not None:
        return found
    if people_within_reach(actor, Beneficiary.objects.filter(department_id=actor.department_id)).filter(pk=pk).exists():
        raise ReasonRequired
    raise NotVisible


def person_file(actor: Actor, pk: UUID) -> PersonFile:
    """The file of one person; raises like `get_person`."""
    person = get_person(actor, pk)
    level = level_of(actor, person)
    name, facts = short_name(person, level), disclose(person, level)
    birth = facts.get("birth_date")
    age = age_on(birth, actor.today) if birth and not person.died_on else None
    if not reaches(level, Level.SUPPORT):
        return PersonFile(person, level, name, facts, age)
    return PersonFile(
        person,
        level,
        name,
        facts,
        age,
        decision=current_decision(person),
        referent=single_referent(person),
        registration=RegistrationStatus.objects.filter(beneficiary=person).first(),
        gap=visible(actor, RegistrationGap).filter(beneficiary=person, state__in=OPEN_GAP_STATES).first(),
        exemption=RegistrationExemption.objects.filter(beneficiary=person, until__gte=actor.today).first(),
    )


def next_action(actor: Actor, file: PersonFile) -> NextAction:
    """Who must do what now; the first that holds."""
    person = file.person
    if person.died_on:
        return NextAction("Dossier clos : plus aucun courrier ni rappel ne part.")
    waiting = _referral_to_answer(actor, person)
    if waiting is not None:
        return NextAction("Une orientation attend votre réponse.", "Répondre", "referral", waiting.pk)
    if file.gap is not None:
        return NextAction("Son inscription est à vérifier avec elle.", "Voir l'écart", "gap", file.gap.pk)
    if file.supported and file.decision is None:
        if can(actor, "track.decide", person):
            return NextAction(
                "Aucune orientation n'est décidée.", "Décider de l'orientation", "track_decide", person.pk
            )
        return NextAction("Le Département doit décider de l'orientation.")
    referent = file.referent
    if referent is not None and referent.referent_id is None and can(actor, "assignment.distribute", referent):
        return NextAction(
            "Personne n'est encore nommé pour l'accompagner.", "Nommer le référent", "assignment_referent", referent.pk
        )
    awaited = _referral_awaited(actor, person)
    if awaited is not None:
        return NextAction("Une orientation attend sa réponse.", "Voir l'orientation", "referral", awaited.pk)
    return NextAction("Rien n'est en attente.")


def current_decision(person: Beneficiary) -> TrackDecision | None:
    """The decision in force."""
    open_ones = TrackDecision.objects.filter(beneficiary=person, ended_on=None, voided_at=None)
    return open_ones.select_related("designated", "decided_by").first()


def single_referent(person: Beneficiary) -> SupportAssignment | None:
    """Who supports the person now."""
    active = SupportAssignment.objects.filter(beneficiary=person, ends_on=None, kind=AssignmentKind.SINGLE_REFERENT)
    return active.select_related("organization", "team", "referent").first()


def get_assignment(actor: Actor, pk: UUID) -> SupportAssignment:
    """A visible assignment with its person; raises `NotVisible`."""
    found = visible(actor, SupportAssignment).filter(pk=pk).select_related("organization", "team", "referent").first()
    if found is None:
        raise NotVisible
    return found


def get_decision(actor: Actor, pk: UUID) -> TrackDecision:
    """A visible decision; raises `NotVisible`."""
    found = visible(actor, TrackDecision).filter(pk=pk).select_related("beneficiary", "designated").first()
    if found is None:
        raise NotVisible
    return found


def possible_referents(actor: Actor, assignment: SupportAssignment) -> QuerySet[User]:
    """Members of the referent organisation who may be named."""
    members = Membership.objects.filter(
        organization_id=assignment.organization_id, department_id=actor.department_id, active=True
    ).filter(Q(team=None) | Q(team__sees_people=True))
    return User.objects.filter(pk__in=members.values("user"), is_active=True)


def openings_to_review(actor: Actor, *, reviewed: bool) -> QuerySet[FileOpening]:
    """Files opened outside a team, for the manager; the person is not named, her file opens from there."""
    return visible(actor, FileOpening).filter(reviewed_at__isnull=not reviewed).select_related("user", "reviewed_by")


def _referral_to_answer(actor: Actor, person: Beneficiary) -> Referral | None:
    waiting = visible(actor, Referral).filter(
        beneficiary=person, receiver_id=actor.organization_id, state=ReferralState.SENT
    )
    if actor.team_id and not actor.manager:
        waiting = waiting.filter(Q(receiver_team=None) | Q(receiver_team_id=actor.team_id))
    return waiting.first()


def _referral_awaited(actor: Actor, person: Beneficiary) -> Referral | None:
    """The oldest one not answered as far as the actor may know: an answer in its twenty seconds is not one yet.

    Never a sensitive one: the file may be read over a shoulder.
    """
    held = Q(held_until__gt=actor.now, told_at=None, state_before_answer=ReferralState.SENT)
    unanswered = Q(state=ReferralState.SENT) | held & ~Q(receiver_id=actor.organization_id)
    sent = visible(actor, Referral).filter(unanswered, beneficiary=person, sensitive=False)
    return sent.order_by("sent_at").first()
