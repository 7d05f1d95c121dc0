"""Whom a fact concerns: the users to be told, each with the reason why. Read by the flush, as the product itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from partners.models import Function, ImportJob, Membership
from referrals.models import (
    AssignmentKind,
    GapKind,
    Referral,
    RegistrationGap,
    SupportAssignment,
    Track,
    TrackDecision,
)
from referrals.models.registration import OPEN_GAP_STATES

ANSWERS = (Function.COUNSELLING, Function.SOCIAL_WORK)
TOLD_TO_REFERENT = (GapKind.STRUCK_OFF, GapKind.CEASED)


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
    referral = Referral.objects.get(pk=referral_id)
    found = _in_charge(referral, referral.receiver_id, referral.receiver_team_id, referral.receiver_user_id)
    return _recipients(found, "cette orientation vous est adressée", partner_id=referral.sender_id)


def referral_senders(referral_id: UUID) -> list[Recipient]:
    """The member who sent it, else the sending team, else the managers."""
    referral = Referral.objects.get(pk=referral_id)
    found = _in_charge(referral, referral.sender_id, referral.sender_team_id, referral.sender_user_id)
    return _recipients(found, "vous suivez cette orientation", partner_id=referral.receiver_id)


def import_owners(job_id: UUID) -> list[Recipient]:
    """Whoever brought the file."""
    job = ImportJob.objects.get(pk=job_id)
    if job.created_by_id is None:
        return []
    return [
        Recipient(user_id=job.created_by_id, organization_id=job.organization_id, reason="vous avez déposé ce fichier")
    ]


def gap_audience(gap_ids: Iterable[UUID]) -> list[GapNotice]:
    """Per user, how many of these gaps opened and closed (domain §5): prescriber, referent, officer of the territory."""
    gaps = list(RegistrationGap.objects.filter(pk__in=list(gap_ids)).select_related("beneficiary__territory"))
    told: dict[tuple[UUID, UUID, str], list[RegistrationGap]] = {}
    for gap, membership, reason in _told_of(gaps):
        told.setdefault((membership.user_id, membership.organization_id, reason), []).append(gap)
    return [_gap_notice(*key, found) for key, found in told.items()]


def _gap_notice(user_id: UUID, organization_id: UUID, reason: str, gaps: list[RegistrationGap]) -> GapNotice:
    opened = sum(gap.state in OPEN_GAP_STATES for gap in gaps)
    territories = {gap.beneficiary.territory.name for gap in gaps if gap.beneficiary.territory}
    return GapNotice(
        user_id=user_id,
        organization_id=organization_id,
        reason=reason,
        opened=opened,
        closed=len(gaps) - opened,
        gap_id=gaps[0].pk if len(gaps) == 1 else None,
        label=territories.pop() if len(territories) == 1 else "",
    )


def _told_of(gaps: list[RegistrationGap]) -> Iterator[tuple[RegistrationGap, Membership, str]]:
    people = [gap.beneficiary_id for gap in gaps]
    decisions = {
        one.beneficiary_id: one
        for one in TrackDecision.objects.filter(beneficiary_id__in=people, ended_on=None, voided_at=None)
    }
    referents = {
        one.beneficiary_id: one
        for one in SupportAssignment.objects.filter(
            beneficiary_id__in=people, ends_on=None, kind=AssignmentKind.SINGLE_REFERENT
        )
    }
    members = _Members(list(_active(gaps[0].department_id))) if gaps else _Members([])
    for gap in gaps:
        seen: set[UUID] = set()
        for membership, reason in members.of(gap, decisions.get(gap.beneficiary_id), referents.get(gap.beneficiary_id)):
            if membership.user_id not in seen:
                seen.add(membership.user_id)
                yield gap, membership, reason


class _Members:
    """The active members of a Département, found by what they do."""

    def __init__(self, members: list[Membership]) -> None:
        self.members = members

    def of(
        self, gap: RegistrationGap, decision: TrackDecision | None, support: SupportAssignment | None
    ) -> Iterator[tuple[Membership, str]]:
        if decision and decision.track == Track.PROFESSIONAL and gap.kind not in TOLD_TO_REFERENT:
            for member in self._prescribers(gap, decision):
                yield member, "vous avez décidé de l'orientation ou suivez la commune"
        elif support:
            for member in self._referents(support):
                yield member, "vous êtes le référent"
        for member in self.members:
            if Function.COORDINATION in member.functions and gap.beneficiary.territory_id in self._places(member):
                yield member, "vous coordonnez le territoire"

    def _prescribers(self, gap: RegistrationGap, decision: TrackDecision) -> list[Membership]:
        author = [
            m for m in self.members if m.user_id == decision.decided_by_id and m.organization.kind_id == "department"
        ]
        return author or [
            m
            for m in self.members
            if Function.SOCIAL_WORK in m.functions and m.team and m.team.territory_id == gap.beneficiary.territory_id
        ]

    def _referents(self, support: SupportAssignment) -> list[Membership]:
        own = [m for m in self.members if m.organization_id == support.organization_id]
        return (
            [m for m in own if m.user_id == support.referent_id]
            or [m for m in own if support.team_id and m.team_id == support.team_id]
            or [m for m in own if m.role == "manager"]
        )

    @staticmethod
    def _places(member: Membership) -> set[UUID]:
        return {territory.pk for territory in member.territories.all()}


def _active(department_id: UUID) -> QuerySet[Membership]:
    return (
        Membership.objects.filter(
            department_id=department_id, active=True, user__is_active=True, organization__active=True
        )
        .select_related("organization", "team")
        .prefetch_related("territories")
    )


def _in_charge(
    referral: Referral, organization_id: UUID, team_id: UUID | None, user_id: UUID | None
) -> list[Membership]:
    own = list(_active(referral.department_id).filter(organization_id=organization_id))
    sees = [m for m in own if m.team is None or m.team.sees_people]
    answer = [m for m in sees if not set(ANSWERS).isdisjoint(m.functions)]
    return (
        [m for m in own if user_id and m.user_id == user_id]
        or [m for m in answer if team_id and m.team_id == team_id]
        or ([m for m in answer] if team_id is None else [])
        or [m for m in sees if m.role == "manager"]
    )


def _recipients(members: list[Membership], reason: str, *, partner_id: UUID) -> list[Recipient]:
    return [
        Recipient(user_id=m.user_id, organization_id=m.organization_id, reason=reason, partner_id=partner_id)
        for m in members
    ]
