"""Whom a fact concerns: the users to be told, each with the reason why. Read by the flush, as the product itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from partners.models import Function, ImportJob, Membership
from partners.selectors.absences import away_today
from referrals.models import AssignmentKind, GapKind, RegistrationGap, SupportAssignment, Track
from referrals.recipients_corrections import planned_corrections

ANSWERS = (Function.COUNSELLING, Function.SOCIAL_WORK)
# On the professional track the absence goes back to whoever decided; what ended goes to the referent (domain §5).
TOLD_TO_PRESCRIBER = (GapKind.NEVER_REGISTERED, GapKind.NOT_REREGISTERED, GapKind.DISAPPEARED)


STANDING_IN = "vous remplacez une personne absente"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A user to be told, for one organisation; `partner_id` is the organisation on the other side, if any."""

    user_id: UUID
    organization_id: UUID
    reason: str
    partner_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GapNotice:
    """What one user is told of several gaps: counts, the gap itself when there is only one, where they are."""

    user_id: UUID
    organization_id: UUID
    reason: str
    opened: int
    closed: int
    gap_id: UUID | None = None
    label: str = ""


def referral_receivers(referral_id: UUID) -> list[Recipient]:
    """The member it is entrusted to, else those of the receiving team who answer, else the managers."""
    return _recipients(_in_charge(referral_id, "receiver", "sender"), "cette orientation vous est adressée")


def referral_senders(referral_id: UUID) -> list[Recipient]:
    """The member who sent it, else the sending team, else the managers."""
    return _recipients(_in_charge(referral_id, "sender", "receiver"), "vous suivez cette orientation")


def import_owners(job_id: UUID) -> list[Recipient]:
    """Whoever brought the file."""
    job = ImportJob.objects.get(pk=job_id)
    if job.created_by_id is None:
        return []
    return [
        Recipient(user_id=job.created_by_id, organization_id=job.organization_id, reason="vous avez déposé ce fichier")
    ]


def gap_audience(gap_ids: Iterable[UUID]) -> list[GapNotice]:
    """Per user, how many of these gaps opened and closed (domain §5): prescriber, referent, officer of the place."""
    facts = _gap_facts(list(gap_ids))
    if not facts:
        return []
    members = _Members(list(_active(facts[0].department_id).prefetch_related("territories")))
    told: dict[tuple[UUID, UUID, str], list[GapFacts]] = {}
    for gap in facts:
        for membership, reason in members.of(gap):
            told.setdefault((membership.user_id, membership.organization_id, reason), []).append(gap)
    return [_gap_notice(*key, found) for key, found in told.items()]


def gap_holders(gap_ids: Iterable[UUID]) -> list[GapNotice]:
    """Who must act next on each of these gaps: the member in charge, else the team, else whom it was told to."""
    facts = _gap_facts(list(gap_ids))
    if not facts:
        return []
    members = _Members(list(_active(facts[0].department_id).prefetch_related("territories")))
    charged = _in_charge_of(facts)
    told: dict[tuple[UUID, UUID, str], list[GapFacts]] = {}
    for gap in facts:
        found = members.holding(*charged[gap.id]), "vous en êtes chargé"
        for member, reason in members.once([found] if found[0] else members.acting(gap)):
            told.setdefault((member.user_id, member.organization_id, reason), []).append(gap)
    return [_gap_notice(*key, found) for key, found in told.items()]


def ended_audience(beneficiary_ids: Iterable[UUID]) -> list[GapNotice]:
    """The referents of these people, each once with a count; `gap_id` stays None: there is no gap."""
    followed = SupportAssignment.objects.filter(
        beneficiary__in=list(beneficiary_ids), ends_on=None, kind=AssignmentKind.SINGLE_REFERENT
    )
    facts = list(followed.values_list("department_id", "organization_id", "team_id", "referent_id"))
    if not facts:
        return []
    members = _Members(list(_active(facts[0][0]).prefetch_related("territories")))
    counted: Counter[tuple[UUID, UUID, str]] = Counter()
    for _, organization_id, team_id, referent_id in facts:
        found = members.referents(organization_id, team_id, referent_id), "vous êtes le référent"
        counted.update((m.user_id, m.organization_id, reason) for m, reason in members.once([found]))
    return [
        GapNotice(user_id=user, organization_id=own, reason=reason, opened=n, closed=0)
        for (user, own, reason), n in counted.items()
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadNotice:
    """What one head of service is told of one partner: how many of its gaps wait."""

    user_id: UUID
    organization_id: UUID
    partner_id: UUID
    count: int


def gap_heads(gap_ids: Iterable[UUID]) -> list[HeadNotice]:
    """Heads of service of the place, one line by partner: never one per person."""
    facts = _gap_facts(list(gap_ids))
    if not facts:
        return []
    members = _Members(list(_active(facts[0].department_id).prefetch_related("territories")))
    counted: Counter[tuple[UUID, UUID, UUID]] = Counter()
    for gap in facts:
        for head in members.heads(gap.territory_id):
            counted[(head.user_id, head.organization_id, gap.organization_id or head.organization_id)] += 1
    return [
        HeadNotice(user_id=user, organization_id=own, partner_id=partner, count=n)
        for (user, own, partner), n in counted.items()
    ]


def _in_charge_of(facts: list[GapFacts]) -> dict[UUID, tuple[UUID | None, UUID | None]]:
    rows = RegistrationGap.objects.filter(pk__in=[gap.id for gap in facts])
    return {pk: (user, team) for pk, user, team in rows.values_list("pk", "in_charge", "in_charge_team")}


def members_of(department_id: UUID, users: Iterable[UUID]) -> list[tuple[UUID, UUID]]:
    """(user, organisation) of the active members among these users."""
    found = _active(department_id).filter(user_id__in=list(users))
    return list(found.values_list("user_id", "organization_id"))


def planned_audience(department_id: UUID) -> list[dict[str, Any]]:
    """Whom the plan of this transaction would tell: {organization, team, count of gaps}, most concerned first."""
    with connection.cursor() as cursor:
        cursor.execute(PLANNED_FACTS)
        alike = [(count, GapFacts(*facts)) for count, *facts in cursor.fetchall()]
    members = _Members(list(_active(department_id).prefetch_related("territories")))
    found: Counter[tuple[str, str]] = Counter()
    for count, gap in alike:
        for side in {(str(one.organization), str(one.team or "")) for one, _ in members.of(gap)}:
            found[side] += count
    ranked = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    told = [{"organization": organization, "team": team, "count": n} for (organization, team), n in ranked]
    return told + planned_corrections()


class GapFacts(NamedTuple):
    """What decides who is told of a gap; ids and codes only."""

    id: UUID
    department_id: UUID
    is_open: bool
    kind: str
    territory_id: UUID | None
    territory: str
    track: str | None
    decided_by_id: UUID | None
    organization_id: UUID | None
    team_id: UUID | None
    referent_id: UUID | None


# One statement whatever the number of gaps: an import may open thousands.
FOLLOWED = """
  JOIN referrals_beneficiary b ON b.id = g.beneficiary_id
  LEFT JOIN partners_territory t ON t.id = b.territory_id
  LEFT JOIN referrals_trackdecision d ON d.beneficiary_id = b.id AND d.ended_on IS NULL AND d.voided_at IS NULL
  LEFT JOIN referrals_supportassignment a
         ON a.beneficiary_id = b.id AND a.ends_on IS NULL AND a.kind = 'single_referent'
"""
FACTS = "t.id, coalesce(t.name, ''), d.track, d.decided_by_id, a.organization_id, a.team_id, a.referent_id"
GAP_FACTS = f"""
SELECT g.id, g.department_id, g.state IN ('open', 'acknowledged', 'in_progress'), g.kind, {FACTS}
  FROM unnest(%s::uuid[]) AS wanted(id) JOIN referrals_registrationgap g ON g.id = wanted.id {FOLLOWED}
"""
# Gaps alike are told to the same people: one of them, and how many they are.
PLANNED_FACTS = f"""
SELECT count(*), (array_agg(g.gap_id))[1], b.department_id, g.act IN ('open', 'change_kind'),
       coalesce(g.kind, g.former), {FACTS}
  FROM outcome g {FOLLOWED}
 GROUP BY 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
"""


def _gap_facts(gap_ids: list[UUID]) -> list[GapFacts]:
    with connection.cursor() as cursor:
        cursor.execute(GAP_FACTS, [gap_ids])
        return [GapFacts(*row) for row in cursor.fetchall()]


def _gap_notice(user_id: UUID, organization_id: UUID, reason: str, gaps: list[GapFacts]) -> GapNotice:
    opened = sum(gap.is_open for gap in gaps)
    territories = {gap.territory for gap in gaps if gap.territory}
    return GapNotice(
        user_id=user_id,
        organization_id=organization_id,
        reason=reason,
        opened=opened,
        closed=len(gaps) - opened,
        gap_id=gaps[0].id if len(gaps) == 1 else None,
        label=territories.pop() if len(territories) == 1 else "",
    )


class _Members:
    """The active members of a Département, found by what they do; each question is answered once."""

    def __init__(self, members: list[Membership]) -> None:
        self.members = members
        self._away = away_today(m.pk for m in members)
        self._places = {m.pk: {territory.pk for territory in m.territories.all()} for m in members}
        self._prescribers: Callable[[UUID | None, UUID | None], list[Membership]] = cache(self._find_prescribers)
        self._referents: Callable[..., list[Membership]] = cache(self._find_referents)
        self._officers: Callable[[UUID | None], list[Membership]] = cache(self._find_officers)

    def of(self, gap: GapFacts) -> Iterator[tuple[Membership, str]]:
        """Members to be told of one gap, each once, with the reason; a gap is never told to nobody."""
        concerned = list(self._concerned(gap))
        return self.once(concerned if any(found for found, _ in concerned) else [self._last(gap)])

    def acting(self, gap: GapFacts) -> Iterator[tuple[list[Membership], str]]:
        """Of those, whoever must act: not the officers, who count."""
        first = next(self._concerned(gap))
        yield first if first[0] else self._last(gap)

    def _last(self, gap: GapFacts) -> tuple[list[Membership], str]:
        """Nobody decided, follows or coordinates: the heads of service, else the managers of the Département."""
        own = [m for m in self.members if m.organization.kind_id == "department" and m.role == "manager"]
        return self.heads(gap.territory_id) or own, "personne d'autre ne peut en être prévenu"

    def heads(self, territory_id: UUID | None) -> list[Membership]:
        """Heads of service of the Département for a place; those without territory are for all of them."""
        heads = [m for m in self.members if Function.SUPERVISION in m.functions]
        own = [m for m in heads if m.organization.kind_id == "department"]
        return [m for m in own if territory_id is None or not self._places[m.pk] or territory_id in self._places[m.pk]]

    def holding(self, user_id: UUID | None, team_id: UUID | None) -> list[Membership]:
        """The member in charge, else the members of the team in charge, else nobody."""
        named = [m for m in self.members if user_id and m.user_id == user_id]
        return named or [m for m in self.members if team_id and m.team_id == team_id]

    def referents(self, organization_id: UUID, team_id: UUID | None, referent_id: UUID | None) -> list[Membership]:
        """The member named, else the team, else the managers of the organisation."""
        return self._referents(organization_id, team_id, referent_id)

    def once(self, found_with_reasons: Iterable[tuple[list[Membership], str]]) -> Iterator[tuple[Membership, str]]:
        """Each member once, with his first reason; then whoever stands in for those who are away."""
        told: dict[UUID, tuple[Membership, str]] = {}
        for found, reason in found_with_reasons:
            for member in found:
                told.setdefault(member.user_id, (member, reason))
        for member, _ in list(told.values()):
            for one in self._stand_ins(member):
                told.setdefault(one.user_id, (one, STANDING_IN))
        yield from told.values()

    def _stand_ins(self, away: Membership) -> list[Membership]:
        """Of a member who is away: the colleague he named, else the others of his team who are there."""
        if away.pk not in self._away:
            return []
        named = [m for m in self.members if m.pk == self._away[away.pk]]
        team = [m for m in self.members if away.team_id and m.team_id == away.team_id and m.pk not in self._away]
        return named or team

    def _concerned(self, gap: GapFacts) -> Iterator[tuple[list[Membership], str]]:
        if gap.track == Track.PROFESSIONAL and gap.kind in TOLD_TO_PRESCRIBER:
            yield (
                self._prescribers(gap.decided_by_id, gap.territory_id),
                "vous avez décidé de l'orientation ou suivez la commune",
            )
        elif gap.organization_id:
            yield self._referents(gap.organization_id, gap.team_id, gap.referent_id), "vous êtes le référent"
        yield self._officers(gap.territory_id), "vous coordonnez le territoire"

    def _find_prescribers(self, author_id: UUID | None, territory_id: UUID | None) -> list[Membership]:
        author = [m for m in self.members if m.user_id == author_id and m.organization.kind_id == "department"]
        return author or [
            m
            for m in self.members
            if Function.SOCIAL_WORK in m.functions and m.team and m.team.territory_id == territory_id
        ]

    def _find_referents(
        self, organization_id: UUID, team_id: UUID | None, referent_id: UUID | None
    ) -> list[Membership]:
        own = [m for m in self.members if m.organization_id == organization_id]
        sees = [m for m in own if m.team is None or m.team.sees_people]
        return (
            [m for m in own if m.user_id == referent_id]
            or [m for m in sees if team_id and m.team_id == team_id]
            or [m for m in sees if m.role == "manager"]
        )

    def _find_officers(self, territory_id: UUID | None) -> list[Membership]:
        return [m for m in self.members if Function.COORDINATION in m.functions and territory_id in self._places[m.pk]]


def _active(department_id: UUID) -> QuerySet[Membership]:
    return Membership.objects.filter(
        department_id=department_id, active=True, user__is_active=True, organization__active=True
    ).select_related("organization", "team")


class Candidate(NamedTuple):
    """An active member of one side of a referral, with what that side asked for."""

    user_id: UUID
    organization_id: UUID
    manages: bool
    answers: bool
    sees_people: bool
    in_team: bool
    named: bool
    any_team: bool
    partner_id: UUID


# One statement, and no objects: it runs within every sending.
CANDIDATES = """
SELECT m.user_id, m.organization_id, m.role = 'manager', m.functions && %(answers)s::varchar[],
       coalesce(t.sees_people, true), coalesce(m.team_id = r.{side}_team_id, false),
       coalesce(m.user_id = r.{side}_user_id, false), r.{side}_team_id IS NULL, r.{other}_id
  FROM referrals_referral r
  JOIN partners_organization o ON o.id = r.{side}_id AND o.active
  JOIN partners_membership m ON m.organization_id = o.id AND m.department_id = r.department_id AND m.active
  JOIN partners_user u ON u.id = m.user_id AND u.is_active
  LEFT JOIN partners_team t ON t.id = m.team_id
 WHERE r.id = %(referral)s
 ORDER BY m.id
"""


def _in_charge(referral_id: UUID, side: str, other: str) -> list[Candidate]:
    with connection.cursor() as cursor:
        cursor.execute(
            CANDIDATES.format(side=side, other=other),
            {"answers": [str(function) for function in ANSWERS], "referral": referral_id},
        )
        own = [Candidate(*row) for row in cursor.fetchall()]
    sees = [one for one in own if one.sees_people]
    answer = [one for one in sees if one.answers]
    return (
        [one for one in own if one.named]
        or [one for one in answer if one.in_team or one.any_team]
        or [one for one in sees if one.manages]
    )


def _recipients(found: list[Candidate], reason: str) -> list[Recipient]:
    return [
        Recipient(user_id=one.user_id, organization_id=one.organization_id, reason=reason, partner_id=one.partner_id)
        for one in found
    ]
