"""Who is told of what: the single catalogue.

A title holds counts and partners' names only, never a person's name nor a reason. A kind that lacks a declaration
fails at import (see `catalogue.Kind`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from hub.core.gate import current_actor
from notifications.catalogue import Kind, Notice, Settled, Told, announce
from notifications.journal import told_under
from partners.events import ImportFinished, ImportUndone
from referrals import recipients
from referrals.events import (
    AppointmentsChanged,
    ExplanationsEnded,
    GapsChanged,
    GapsReassigned,
    GapsWaiting,
    ReferralAnswered,
    ReferralChanged,
    ReferralSent,
    SourcesSilent,
)
from referrals.recipients import GapNotice, Recipient
from referrals.recipients_appointments import appointment_audience
from referrals.recipients_lists import silence_audience

REFERRAL_SENT = Kind(
    code="referral_sent",
    label="Orientation reçue",
    title="{partner} vous a adressé une orientation",
    plural="{partner} vous a adressé une orientation ({count} envois)",
    icon="inbox",
    url_name="referral",
    list_url_name="referrals",
    can_be_muted=False,
)
REFERRAL_ANSWERED = Kind(
    code="referral_answered",
    label="Réponse à une orientation",
    title="{partner} a répondu à une orientation",
    plural="{partner} a répondu à une orientation ({count} réponses)",
    titles={
        "accepted": "{partner} a accepté une orientation",
        "waitlisted": "{partner} a mis une orientation en liste d'attente",
        "declined": "{partner} a refusé une orientation",
        "contested": "{partner} conteste une désignation",
    },
    icon="reply",
    url_name="referral",
    list_url_name="referrals",
    can_be_muted=False,
)
REFERRAL_CHANGED = Kind(
    code="referral_changed",
    label="Orientation modifiée",
    title="Une orientation suivie avec {partner} a changé",
    plural="Une orientation suivie avec {partner} a changé {count} fois",
    titles={
        "cancel": "{partner} a annulé une orientation",
        "complete": "Une orientation suivie avec {partner} a abouti",
        "fail": "Une orientation suivie avec {partner} n'a pas abouti",
        "propose_redirect": "{partner} propose de réorienter une personne",
    },
    icon="refresh-cw",
    url_name="referral",
    list_url_name="referrals",
    can_be_muted=True,
)
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
SOURCE_SILENT = Kind(
    code="source_silent",
    label="Listes mensuelles qui n'arrivent pas",
    title="1 liste mensuelle attendue n'est pas arrivée",
    plural="{count} listes mensuelles attendues ne sont pas arrivées",
    icon="calendar-clock",
    url_name="imports",
    list_url_name="imports",
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
APPOINTMENT_CHANGED = Kind(
    code="appointment_changed",
    label="Rendez-vous fixé, déplacé ou annulé",
    title="Un rendez-vous est fixé",
    plural="{count} rendez-vous sont fixés",
    titles={"moved": "Un rendez-vous est déplacé", "cancelled": "Un rendez-vous est annulé"},
    icon="calendar",
    url_name="appointment",
    list_url_name="appointments",
    can_be_muted=True,
)
IMPORT_FINISHED = Kind(
    code="import_finished",
    label="Import terminé",
    title="Votre import est terminé",
    plural="Votre import est terminé",
    titles={
        "analysed": "Votre import est analysé : rien n'est encore appliqué",
        "applied": "Votre import est appliqué",
        "refused": "Votre import est refusé : voyez pourquoi",
    },
    icon="file-check",
    url_name="import",
    list_url_name="imports",
    can_be_muted=True,
)
IMPORT_UNDONE = Kind(
    code="import_undone",
    label="Import annulé",
    title="Un import a été annulé : ce qu'il signalait est retiré",
    plural="Un import a été annulé : ce qu'il signalait est retiré",
    icon="undo-2",
    url_name="gaps",
    list_url_name="gaps",
    can_be_muted=True,
)


@announce(ReferralSent)
def referral_sent(events: list[ReferralSent]) -> Iterator[Told]:
    """The receiving team learns that somebody is entrusted to it."""
    for event in events:
        told = recipients.referral_receivers(event.referral_id)
        yield from _about_referral(REFERRAL_SENT, event.referral_id, "sent", _others(told, event.by_id), first=True)


@announce(ReferralAnswered)
def referral_answered(events: list[ReferralAnswered]) -> Iterator[Told]:
    """The sender learns the answer; for the receiver's colleagues the referral no longer waits."""
    for event in events:
        yield Settled(kind=REFERRAL_SENT.code, subject_id=event.referral_id)
        told = recipients.referral_senders(event.referral_id)
        yield from _about_referral(REFERRAL_ANSWERED, event.referral_id, event.answer, _others(told, event.by_id))


@announce(ReferralChanged)
def referral_changed(events: list[ReferralChanged]) -> Iterator[Told]:
    """The other side learns any other change; when the product itself acted, both sides do."""
    for event in events:
        both = [*recipients.referral_senders(event.referral_id), *recipients.referral_receivers(event.referral_id)]
        told = _other_side(_others(both, event.by_id))
        yield from _about_referral(REFERRAL_CHANGED, event.referral_id, event.change, told)


@announce(GapsChanged)
def gaps_changed(events: list[GapsChanged]) -> Iterator[Told]:
    """Each recipient gets one line per import with counts, and one line per gap for what is done by hand."""
    by_job: dict[UUID | None, list[UUID]] = {}
    for event in events:
        by_job.setdefault(event.job_id, []).extend(event.gap_ids)
    for job_id, gap_ids in by_job.items():
        for told in recipients.gap_audience(tuple(dict.fromkeys(gap_ids))):
            yield from _about_gaps(told, group=str(job_id or told.gap_id or gap_ids[0]))


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


@announce(SourcesSilent)
def sources_silent(events: list[SourcesSilent]) -> Iterator[Told]:
    """Officers and heads of the place: one line by month with a count; what came is theirs to ask for."""
    for event in events:
        for (user_id, organization_id, reason), count in silence_audience(event.expected_ids).items():
            yield Notice(
                user_id=user_id,
                organization_id=organization_id,
                kind=SOURCE_SILENT.code,
                dedupe_key=f"{SOURCE_SILENT.code}:{event.month:%Y-%m}:{min(event.expected_ids).hex}",
                reason=reason,
                count=count,
            )


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


@announce(AppointmentsChanged)
def appointments_changed(events: list[AppointmentsChanged]) -> Iterator[Told]:
    """Whoever receives and the referent: one line with a count, never a name."""
    for event in events:
        for (user_id, organization_id, reason), found in appointment_audience(event.appointment_ids).items():
            if user_id == event.by_id:
                continue
            alone = found[0] if len(found) == 1 else None
            yield Notice(
                user_id=user_id,
                organization_id=organization_id,
                kind=APPOINTMENT_CHANGED.code,
                dedupe_key=f"{APPOINTMENT_CHANGED.code}:{found[0]}",
                reason=reason,
                count=len(found),
                subject_kind="appointment" if alone else "",
                subject_id=alone,
                payload={} if event.change == "planned" else {"state": event.change},
            )


@announce(ImportFinished)
def import_finished(events: list[ImportFinished]) -> Iterator[Told]:
    """Whoever brought a file learns what became of it."""
    for event in events:
        for to in recipients.import_owners(event.job_id):
            yield Notice(
                user_id=to.user_id,
                organization_id=to.organization_id,
                kind=IMPORT_FINISHED.code,
                dedupe_key=f"{IMPORT_FINISHED.code}:{event.job_id}",
                reason=to.reason,
                subject_kind="import",
                subject_id=event.job_id,
                payload={"state": event.state},
            )


@announce(ImportUndone)
def import_undone(events: list[ImportUndone]) -> Iterator[Told]:
    """Whom an import had told learns once that it was taken back; what it asked for waits no more."""
    for event in events:
        groups = [f"{kind.code}:{event.job_id}" for kind in (GAP_OPENED, GAP_CLOSED)]
        for kind, group in zip((GAP_OPENED, GAP_CLOSED), groups, strict=True):
            yield Settled(kind=kind.code, group=group)
        for user_id, organization_id, reason in told_under(groups):
            yield Notice(
                user_id=user_id,
                organization_id=organization_id,
                kind=IMPORT_UNDONE.code,
                dedupe_key=f"{IMPORT_UNDONE.code}:{event.job_id}",
                reason=reason,
            )


def _about_referral(
    kind: Kind, referral_id: UUID, state: str, told: Iterable[Recipient], *, first: bool = False
) -> Iterator[Notice]:
    for to in told:
        yield Notice(
            user_id=to.user_id,
            organization_id=to.organization_id,
            kind=kind.code,
            dedupe_key=f"{kind.code}:{referral_id}",
            reason=to.reason,
            subject_kind="referral",
            subject_id=referral_id,
            payload={"state": state, "partner_id": str(to.partner_id or "")},
            first=first,
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


def _others(told: Iterable[Recipient], author: UUID | None) -> list[Recipient]:
    """Nobody is told of what he did himself."""
    return [to for to in told if to.user_id != author]


def _other_side(told: list[Recipient]) -> list[Recipient]:
    actor = current_actor()
    mine = actor.organization_id if actor else None
    return [to for to in told if to.organization_id != mine] or told
