"""Trainings: what came of a candidate, for whoever positioned her."""

from __future__ import annotations

from collections.abc import Iterator

from collective_actions.events import CandidacyMoved
from collective_actions.models import Candidacy
from notifications.catalogue import Kind, Notice, Told, announce
from partners.models import Membership

CANDIDACY_MOVED = Kind(
    code="candidacy_moved",
    label="Candidature à une formation",
    title="{partner} vous dit ce que devient une candidature à une formation",
    plural="{partner} vous dit ce que devient une candidature à une formation ({count} étapes)",
    titles={
        "select": "{partner} a retenu une candidature à une formation",
        "complete": "Une formation suivie avec {partner} est achevée",
        "interrupt": "Une formation suivie avec {partner} s'est interrompue",
    },
    icon="graduation-cap",
    url_name="training_session",
    list_url_name="trainings",
    can_be_muted=True,
)
TOLD = ("select", "complete", "interrupt")


@announce(CandidacyMoved)
def candidacy_moved(events: list[CandidacyMoved]) -> Iterator[Told]:
    """Whoever positioned her, while he works there; the referral tells the other steps."""
    for event in events:
        one = Candidacy.objects.get(pk=event.candidacy_id)
        if event.result not in TOLD or one.created_by_id in (None, event.by_id):
            continue
        here = Membership.objects.filter(department_id=event.department_id, organization=one.organization_id)
        if here.filter(user_id=one.created_by_id, active=True).exists():
            yield Notice(
                user_id=one.created_by_id,
                organization_id=one.organization_id,
                kind=CANDIDACY_MOVED.code,
                dedupe_key=f"{CANDIDACY_MOVED.code}:{one.pk}",
                reason="vous avez positionné cette personne",
                subject_kind="training",
                subject_id=one.session_id,
                payload={"state": event.result, "partner_id": str(one.receiver_id or "")},
            )
