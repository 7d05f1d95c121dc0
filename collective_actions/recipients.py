"""Whom facts of trainings concern, each with the reason why. Read by the flush, as the product itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from collective_actions.models import Trainee, TrainingSession
from partners.models import Function, Membership
from referrals.recipients import ended_audience

AGENCY = "agency"
DEVELOPERS = (AGENCY, "department")  # elsewhere the function opens no file of trainees
DEVELOPS = "vous suivez les fins de formation du territoire"
IN_CHARGE = "vous avez pris cette personne en charge"
BRINGS = "vous déposez les listes de stagiaires"
PAYS = ("region",)  # whoever pays for trainings is asked with the body that gives them


def roster_audience(session_ids: Iterable[UUID]) -> dict[tuple[UUID, UUID, str], list[UUID]]:
    """(user, organisation, reason) → which of these sessions are asked of him, in a fixed order."""
    sessions = list(TrainingSession.objects.filter(pk__in=list(session_ids)).select_related("training").order_by("pk"))
    if not sessions:
        return {}
    members = Membership.objects.filter(
        department_id=sessions[0].department_id, active=True, user__is_active=True, organization__active=True,
        functions__contains=[Function.ROSTERS],
    ).select_related("organization")  # fmt: skip
    told: dict[tuple[UUID, UUID, str], list[UUID]] = defaultdict(list)
    for member in members:
        for session in sessions:
            parties = (session.training.organization_id, session.training.publisher_id)
            if member.organization.kind_id in PAYS or member.organization_id in parties:
                told[member.user_id, member.organization_id, BRINGS].append(session.pk)
    return dict(told)


class Developers:
    """Job developers of agencies and of the Département, by territory; one without territory covers them all."""

    def __init__(self, members: Iterable[Membership]) -> None:
        self._members = [(one, {place.pk for place in one.territories.all()}) for one in members]

    def of(self, territory_id: UUID | None) -> list[Membership]:
        """Those who cover this territory; all of them when nobody knows where the person lives."""
        return [one for one, places in self._members if not places or territory_id is None or territory_id in places]

    def organizations(self, territory_id: UUID | None) -> set[UUID]:
        """The partners they work for, to whom the person must be opened."""
        return {one.organization_id for one in self.of(territory_id) if one.organization.kind_id == AGENCY}


def developers_by_territory(department_id: UUID) -> Developers:
    """The job developers of a Département (two queries)."""
    members = Membership.objects.filter(
        department_id=department_id, active=True, user__is_active=True, organization__active=True,
        organization__kind__in=DEVELOPERS, functions__contains=[Function.JOB_DEVELOPMENT],
    ).select_related("organization")  # fmt: skip
    return Developers(members.prefetch_related("territories"))


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingNotice:
    """What one user is told of the ends of several trainings."""

    user_id: UUID
    organization_id: UUID
    reason: str
    trainee_ids: tuple[UUID, ...]


def ending_audience(trainee_ids: Iterable[UUID]) -> list[EndingNotice]:
    """Who sees these people again: whoever is in charge, else the job developers of the place; and the referents."""
    trainees = list(
        Trainee.objects.filter(pk__in=list(trainee_ids)).select_related("beneficiary", "in_charge").order_by("pk")
    )
    if not trainees:
        return []
    told: dict[tuple[UUID, UUID, str], list[UUID]] = defaultdict(list)
    developers = developers_by_territory(trainees[0].department_id)
    for one in trainees:
        if one.in_charge_id and one.in_charge_organization_id:
            told[one.in_charge_id, one.in_charge_organization_id, IN_CHARGE].append(one.pk)
            continue
        for member in developers.of(one.beneficiary.territory_id):
            told[member.user_id, member.organization_id, DEVELOPS].append(one.pk)
    _referents(trainees, told)
    return [
        EndingNotice(user_id=user, organization_id=own, reason=reason, trainee_ids=tuple(ids))
        for (user, own, reason), ids in told.items()
    ]


def _referents(trainees: list[Trainee], told: dict[tuple[UUID, UUID, str], list[UUID]]) -> None:
    """Each referent once for each training, unless he is told of it already."""
    for one in trainees:
        users = {user for (user, _, _), ids in told.items() if one.pk in ids}
        for notice in ended_audience([one.beneficiary_id]):
            if notice.user_id not in users:
                told[notice.user_id, notice.organization_id, notice.reason].append(one.pk)
