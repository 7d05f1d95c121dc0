"""Files: a list that does not come, an import that ended, an import taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from hashlib import md5
from uuid import UUID

from notifications.catalogue import Kind, Notice, Settled, Told, announce
from notifications.journal import payloads_under, told_under
from notifications.kinds.gaps import GAP_CLOSED, GAP_CORRECTION, GAP_OPENED, correction_group
from partners.events import ImportFinished, ImportUndone
from partners.models import ImportJob
from partners.models.files import ImportKind
from referrals import recipients
from referrals.events import ListArrived, SourcesSilent
from referrals.recipients import Recipient
from referrals.recipients_corrections import agencies_told
from referrals.recipients_lists import silence_audience
from referrals.selectors.expected import missing_lists

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
IMPORT_FINISHED = Kind(
    code="import_finished",
    label="Import terminé",
    title="Votre import est terminé",
    plural="Votre import est terminé",
    titles={
        "analysed": "Votre import est analysé : rien n'est encore appliqué",
        "applied": "Votre import est appliqué",
        "refused": "Votre import est refusé : voyez pourquoi",
        "undone": "Votre import a été annulé",
        "discarded": "Votre fichier a été abandonné : voyez par qui et pourquoi",
    },
    icon="file-check",
    url_name="import",
    list_url_name="imports",
    can_be_muted=True,
)
ROSTER_FINISHED = Kind(
    code="roster_finished",
    label="Liste de stagiaires lue",
    title="Vos listes de stagiaires sont lues : transmettez-les",
    plural="Vos listes de stagiaires sont lues : transmettez-les",
    titles={
        "applied": "Vos listes de stagiaires sont transmises au Département",
        "refused": "Une liste de stagiaires est refusée : voyez pourquoi",
    },
    icon="clipboard-list",
    url_name="rosters",
    list_url_name="rosters",
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


@announce(SourcesSilent)
def sources_silent(events: list[SourcesSilent]) -> Iterator[Told]:
    """Officers and heads of the place: one line by month with a count; what came is theirs to ask for."""
    for event in events:
        for (user_id, organization_id, reason), lists in silence_audience(event.expected_ids).items():
            yield Notice(
                user_id=user_id,
                organization_id=organization_id,
                kind=SOURCE_SILENT.code,
                dedupe_key=f"{_silence_of(event.month)}{md5(repr(lists).encode(), usedforsecurity=False).hexdigest()}",
                reason=reason,
                count=len(lists),
                payload={"lists": [str(one) for one in lists]},
            )


@announce(ListArrived)
def list_arrived(events: list[ListArrived]) -> Iterator[Told]:
    """Once all the lists of a line have come, it waits for nobody any more."""
    for department_id, month in {(event.department_id, event.month) for event in events}:
        if waiting := payloads_under(_silence_of(month)):
            missing = {str(one.pk) for one in missing_lists(department_id, month)}
            for group, payload in waiting.items():
                if missing.isdisjoint(payload.get("lists", ())):
                    yield Settled(kind=SOURCE_SILENT.code, group=group)


def _silence_of(month: date) -> str:
    return f"{SOURCE_SILENT.code}:{month:%Y-%m}:"


@announce(ImportFinished)
def import_finished(events: list[ImportFinished]) -> Iterator[Told]:
    """Whoever brought a file learns what became of it."""
    for event in events:
        kind = ImportJob.objects.values_list("kind", flat=True).get(pk=event.job_id)
        for to in recipients.import_owners(event.job_id):
            yield (_of_rosters if kind == ImportKind.ROSTER else _to_owner)(to, event.job_id, event.state)


@announce(ImportUndone)
def import_undone(events: list[ImportUndone]) -> Iterator[Told]:
    """Whom an import had told learns once that it was taken back, and so does its owner; what it asked for waits no
    more."""
    for event in events:
        groups = {f"{kind.code}:{event.job_id}": kind for kind in (GAP_OPENED, GAP_CLOSED)}
        agencies = agencies_told(ImportJob.objects.get(pk=event.job_id))
        groups |= {correction_group(event.job_id, agency): GAP_CORRECTION for agency in agencies}
        for group, kind in groups.items():
            yield Settled(kind=kind.code, group=group)
        told = told_under(list(groups))
        for to in recipients.import_owners(event.job_id):
            if to.user_id not in {event.by_id, *(user_id for user_id, _, _ in told)}:
                yield _to_owner(to, event.job_id, "undone")
        for user_id, organization_id, reason in told:
            yield Notice(
                user_id=user_id,
                organization_id=organization_id,
                kind=IMPORT_UNDONE.code,
                dedupe_key=f"{IMPORT_UNDONE.code}:{event.job_id}",
                reason=reason,
            )


def _of_rosters(to: Recipient, _: UUID, state: str) -> Notice:
    """Many at once are one line."""
    return Notice(
        user_id=to.user_id,
        organization_id=to.organization_id,
        kind=ROSTER_FINISHED.code,
        dedupe_key=f"{ROSTER_FINISHED.code}:{state}",
        reason=to.reason,
        payload={"state": state},
    )


def _to_owner(to: Recipient, job_id: UUID, state: str) -> Notice:
    return Notice(
        user_id=to.user_id,
        organization_id=to.organization_id,
        kind=IMPORT_FINISHED.code,
        dedupe_key=f"{IMPORT_FINISHED.code}:{job_id}",
        reason=to.reason,
        subject_kind="import",
        subject_id=job_id,
        payload={"state": state},
    )
