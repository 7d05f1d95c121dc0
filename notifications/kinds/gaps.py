"""Registration gaps: opened and closed, entrusted, waiting too long, explained no longer."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from notifications.catalogue import Kind, Notice, Settled, Told, announce
from referrals import recipients
from referrals.events import ExplanationsEnded, GapsChanged, GapsReassigned, GapsWaiting
from referrals.recipients import GapNotice
from referrals.recipients_corrections import correction_audience

GAP_OPENED = Kind(
    code="gap_opened",
    label="Écarts d'inscription à vérifier",
    title="1 inscription est à vérifier",
    plural="{count} inscriptions sont à vérifier",
    icon="circle-alert",
    url_name="gap",
    list_url_name="gaps",
    can_be_muted=False,
)
GAP_CLOSED = Kind(
    code="gap_closed",
    label="Écarts d'inscription refermés",
    title="1 écart d'inscription est refermé",
    plural="{count} écarts d'inscription sont refermés",
    icon="circle-check",
    url_name="gap",
    list_url_name="gaps",
    can_be_muted=True,
)
GAP_ASSIGNED = Kind(
    code="gap_assigned",
    label="Inscriptions qui vous sont confiées",
    title="1 inscription à vérifier vous est confiée",
    plural="{count} inscriptions à vérifier vous sont confiées",
    icon="hand",
    url_name="gap",
    list_url_name="gaps",
    can_be_muted=False,
)
GAP_HANDED_OVER = Kind(
    code="gap_handed_over",
    label="Inscriptions confiées à quelqu'un d'autre",
    title="Des inscriptions que vous suiviez sont confiées à quelqu'un d'autre",
    plural="Des inscriptions que vous suiviez sont confiées à quelqu'un d'autre",
    icon="signpost",
    url_name="gaps",
    list_url_name="gaps",
    can_be_muted=True,
)
GAP_REMINDER = Kind(
    code="gap_reminder",
    label="Inscriptions qui attendent une suite",
    title="1 inscription à vérifier attend toujours une suite",
    plural="{count} inscriptions à vérifier attendent toujours une suite",
    icon="clock-alert",
    url_name="gap",
    list_url_name="gaps",
    can_be_muted=False,
)
GAP_ESCALATED = Kind(
    code="gap_escalated",
    label="Inscriptions sans suite chez un partenaire",
    title="{partner} : 1 inscription sans suite malgré un rappel",
    plural="{partner} : {count} inscriptions sans suite malgré un rappel",
    icon="clock-alert",
    url_name="gap_board",
    list_url_name="gap_board",
    can_be_muted=False,
)
GAP_CORRECTION = Kind(
    code="gap_correction",
    label="À corriger du côté du service de l'emploi",
    title="1 personne de vos listes est à vérifier de votre côté",
    plural="{count} personnes de vos listes sont à vérifier de votre côté",
    icon="reply",
    url_name="gap_corrections",
    list_url_name="gap_corrections",
    can_be_muted=False,
)
EXPLANATION_ENDED = Kind(
    code="explanation_ended",
    label="Absences expliquées arrivées à terme",
    title="1 absence expliquée est arrivée à terme",
    plural="{count} absences expliquées sont arrivées à terme",
    icon="calendar-clock",
    url_name="home",
    list_url_name="home",
    can_be_muted=True,
)


@announce(GapsChanged)
def gaps_changed(events: list[GapsChanged]) -> Iterator[Told]:
    """Each recipient gets one line per import with counts, and one line per gap for what is done by hand."""
    by_job: dict[UUID | None, list[UUID]] = {}
    for event in events:
        by_job.setdefault(event.job_id, []).extend(event.gap_ids)
    for job_id, gap_ids in by_job.items():
        for told in recipients.gap_audience(tuple(dict.fromkeys(gap_ids))):
            yield from _about_gaps(told, group=str(job_id or told.gap_id or gap_ids[0]))
        if job_id:  # a list was applied: what is done by hand is nothing to correct
            yield from _to_correct(events[0].department_id, gap_ids, job_id)


@announce(GapsReassigned)
def gaps_reassigned(events: list[GapsReassigned]) -> Iterator[Told]:
    """Whoever now holds them, and whoever held them before: one line each, whatever the number of gestures."""
    gap_ids = tuple(dict.fromkeys(gap for event in events for gap in event.gap_ids))
    authors = {event.by_id for event in events}
    new = [told for told in recipients.gap_holders(gap_ids) if told.user_id not in authors]
    for told in new:
        yield from _waiting(GAP_ASSIGNED, told, gap_ids[0].hex)
    former = {user for event in events for user in event.former} - {told.user_id for told in new} - authors
    for user, organization in recipients.members_of(events[0].department_id, former):
        yield Notice(
            user_id=user,
            organization_id=organization,
            kind=GAP_HANDED_OVER.code,
            dedupe_key=f"{GAP_HANDED_OVER.code}:{gap_ids[0].hex}",
            reason="vous en étiez chargé",
        )


@announce(GapsWaiting)
def gaps_waiting(events: list[GapsWaiting]) -> Iterator[Told]:
    """A reminder grouped by recipient, then one line by partner to the heads of service."""
    for event in events:
        group = min(event.gap_ids).hex
        for told in [] if event.escalated else recipients.gap_holders(event.gap_ids):
            yield from _waiting(GAP_REMINDER, told, group)
        for head in recipients.gap_heads(event.gap_ids) if event.escalated else []:
            yield Notice(
                user_id=head.user_id,
                organization_id=head.organization_id,
                kind=GAP_ESCALATED.code,
                dedupe_key=f"{GAP_ESCALATED.code}:{group}:{head.partner_id.hex}",
                reason="vous encadrez le territoire",
                count=head.count,
                payload={"partner_id": str(head.partner_id)},
            )


@announce(ExplanationsEnded)
def explanations_ended(events: list[ExplanationsEnded]) -> Iterator[Told]:
    """A question to the referent, one line whatever the number of people."""
    for event in events:
        for told in recipients.ended_audience(event.beneficiary_ids):
            yield from _waiting(EXPLANATION_ENDED, told, min(event.beneficiary_ids).hex + f"{event.on:%Y%m%d}")


def _waiting(kind: Kind, told: GapNotice, group: str) -> Iterator[Notice]:
    yield Notice(
        user_id=told.user_id,
        organization_id=told.organization_id,
        kind=kind.code,
        dedupe_key=f"{kind.code}:{group}",
        reason=told.reason,
        count=told.opened + told.closed,
        subject_kind="gap" if told.gap_id else "",
        subject_id=told.gap_id,
    )


def correction_group(job_id: UUID, agency: str) -> str:
    """The key of what an import asks one agency's correspondents to correct."""
    return f"{GAP_CORRECTION.code}:{job_id}:{agency}"


def _to_correct(department_id: UUID, gap_ids: list[UUID], job_id: UUID) -> Iterator[Notice]:
    for told in correction_audience(department_id, gap_ids):
        yield Notice(
            user_id=told.user_id,
            organization_id=told.organization_id,
            kind=GAP_CORRECTION.code,
            dedupe_key=correction_group(job_id, told.agency),
            reason=f"vous êtes le correspondant ({told.name})",
            count=told.count,
        )


def _about_gaps(told: GapNotice, *, group: str) -> Iterator[Told]:
    if told.closed and told.gap_id:
        yield Settled(kind=GAP_OPENED.code, subject_id=told.gap_id)
    for kind, count in ((GAP_OPENED, told.opened), (GAP_CLOSED, told.closed)):
        if count:
            yield Notice(
                user_id=told.user_id,
                organization_id=told.organization_id,
                kind=kind.code,
                dedupe_key=f"{kind.code}:{group}",
                reason=f"{told.reason} ({told.label})" if told.label else told.reason,
                count=count,
                subject_kind="gap" if told.gap_id else "",
                subject_id=told.gap_id,
            )
