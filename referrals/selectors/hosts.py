"""With whom a person may meet: oneself, a team of one's organisation, the organisation that supports her."""

from __future__ import annotations

from dataclasses import dataclass

from hub.core.actor import Actor
from partners.models import Membership, Organization, Team
from referrals.models import Beneficiary, SupportAssignment

MOST = 100


@dataclass(frozen=True, slots=True)
class Host:
    """One choice of the list; `key` is what the form sends."""

    key: str
    label: str
    organization: Organization
    team: Team | None = None
    member_id: object = None


def hosts_for(actor: Actor, person: Beneficiary | None) -> list[Host]:
    """The actor first, then his team's members, the teams, then (for the Département) who supports the person."""
    own = Organization.objects.get(pk=actor.organization_id)
    team = Team.objects.filter(pk=actor.team_id).first() if actor.team_id else None
    found = [Host("me", "Moi-même", own, team, actor.user_id)]
    members = Membership.objects.filter(
        organization=own, department_id=actor.department_id, team=team, active=True
    ).exclude(user_id=actor.user_id)
    if team:
        found += [Host(f"member:{m.user_id}", f"{m.user}", own, team, m.user_id) for m in _joined(members)]
    teams = Team.objects.filter(organization=own, department_id=actor.department_id, sees_people=True)
    found += [Host(f"team:{one.pk}", f"Équipe {one}", own, one) for one in teams[:MOST]]
    if actor.is_wide and person is not None:
        found += _supporters(actor, person)
    return found


def _joined(members: object) -> list[Membership]:
    return list(members.select_related("user").order_by("user__last_name")[:MOST])  # type: ignore[attr-defined]


def _supporters(actor: Actor, person: Beneficiary) -> list[Host]:
    active = SupportAssignment.objects.filter(beneficiary=person, ends_on=None).exclude(
        organization_id=actor.organization_id
    )
    return [
        Host(
            f"support:{one.pk}",
            " · ".join(str(part) for part in ("Référent", one.organization, one.team, one.referent) if part),
            one.organization,
            one.team,
            one.referent_id,
        )
        for one in active.select_related("organization", "team", "referent")[:10]
    ]
