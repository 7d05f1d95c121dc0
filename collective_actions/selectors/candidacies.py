"""Candidacies as pages show them: those of a session, a person's in her timeline, entries in figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from collective_actions.models import Candidacy, CandidacyLog, Outcome, Trainee, TrainingSession
from collective_actions.models.candidacies import CONTRARY, LIVING
from collective_actions.services.candidacies.results import CONTRARIES, FAVOURABLE, is_open_again
from collective_actions.workflows import CANDIDACY
from hub.core.access import can, get_visible, visible
from hub.core.actor import Actor
from hub.core.pages import Page, paginate, total
from hub.core.slots import TimelineEntry, provide
from referrals.models import Beneficiary, SupportAssignment
from referrals.panels import Panel, PanelLine
from referrals.selectors.files import PersonFile
from referrals.selectors.known import known_people, name_in

PAGE = 25
MOST = 50  # of a person's timeline
JOINED = ("session__training", "organization", "receiver", "referral")
BUTTONS = {"present": "Présente", "select": "Retenue", "enter": "Entrée", "complete": "Achevée"}
CONTRARY_BUTTONS = {
    "miss": "Non présentée", "reject": "Non retenue", "stay_out": "Non entrée", "interrupt": "Interrompue",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CandidateLine:
    """One candidate as this actor may read her, and the gestures that are his: (name, label)."""

    candidacy: Candidacy
    name: str
    open: bool
    reason: str
    favourable: list[tuple[str, str]]
    contrary: list[tuple[str, str]]
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class Candidates:
    """A page of the candidates of a session that are the actor's to know."""

    page: Page[Candidacy]
    lines: list[CandidateLine]
    total: int


@dataclass(frozen=True, slots=True)
class Entries:
    """People who entered a training in a year, people accompanied meanwhile."""

    year: int
    entered: int
    accompanied: int

    @property
    def share(self) -> float | None:
        """Per cent, one decimal; None when nobody was accompanied."""
        return round(100 * self.entered / self.accompanied, 1) if self.accompanied else None


def candidates_of(actor: Actor, session: TrainingSession, *, after: str = "") -> Candidates:
    """Who is on a session, as far as the actor may know; four queries whatever the number."""
    rows = visible(actor, Candidacy).filter(session=session)
    page = paginate(rows.select_related(*JOINED), order=("created_at", "id"), after=after, size=PAGE)
    known = known_people(actor, (one.beneficiary_id for one in page.rows))
    lines = [_line(actor, one, name_in(known, one.beneficiary_id), one.beneficiary_id in known) for one in page.rows]
    return Candidates(page, lines, total(page, rows, after=after))


def get_candidacy(actor: Actor, pk: object) -> Candidacy:
    """One candidacy with what its gestures need; raises `NotVisible`."""
    return get_visible(actor, Candidacy, str(pk), *JOINED)


def training_entries(actor: Actor, year: int) -> Entries:
    """People entering training among people accompanied (programme, indicator 2.4).

    Each person once in the year, whether a roster or a candidacy says that she entered.
    """
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    entered = visible(actor, Candidacy).filter(entered_on__range=(first, last))
    listed = visible(actor, Trainee).exclude(outcome__in=(Outcome.NEVER_STARTED, Outcome.CANCELLED))
    listed = listed.filter(starts_on__range=(first, last))
    followed = visible(actor, SupportAssignment).filter(starts_on__lte=last).exclude(ends_on__lt=first)
    return Entries(
        year,
        entered.order_by().values("beneficiary").union(listed.order_by().values("beneficiary")).count(),
        followed.order_by().values("beneficiary").distinct().count(),
    )


@provide("person.timeline")
def candidacies_of(actor: Actor, file: PersonFile) -> Iterator[TimelineEntry]:
    """Each step of a person's candidacies."""
    mine = visible(actor, Candidacy).filter(beneficiary=file.person).order_by()
    log = CandidacyLog.objects.filter(candidacy__in=mine.values("pk"))
    labels = {name: step.label for name, step in CANDIDACY.transitions.items()} | {"position": "Positionnée"}
    for line in log.select_related("candidacy__session__training").order_by("-at")[:MOST]:
        session = line.candidacy.session
        yield TimelineEntry(
            at=line.at,
            title=f"Formation « {session.training.title} » : {labels.get(line.name, line.name).lower()}",
            detail=_reason(actor, line.candidacy) if line.name in CONTRARIES else "",
            url=reverse("training_session", args=[session.pk]),
            icon="graduation-cap",
        )


@provide("person.panels")
def trainings_of(actor: Actor, file: PersonFile) -> Iterator[Panel]:
    """Where the person is a candidate now, and the way to the calendar for her."""
    if not can(actor, "candidacy.create", file.person):
        return
    mine = visible(actor, Candidacy).filter(beneficiary=file.person, state__in=LIVING).select_related(*JOINED)
    lines = [
        PanelLine(
            one.session.training.title,
            " · ".join((one.get_state_display(), one.session.training.body_name)),
            url=reverse("training_session", args=[one.session_id]),
        )
        for one in mine[:MOST]
    ]
    more = f"{reverse('trainings')}?pour={file.person.pk}"
    yield Panel(
        "Formations",
        "graduation-cap",
        lines,
        empty="Aucune candidature en cours.",
        more=more,
        more_label="Chercher une formation",
    )


def _line(actor: Actor, one: Candidacy, name: str, is_open: bool) -> CandidateLine:
    allowed = CANDIDACY.allowed_from("positioned" if is_open_again(one) else one.state)
    answers = can(actor, "candidacy.answer", one)
    return CandidateLine(
        candidacy=one,
        name=name,
        open=is_open,
        reason=_reason(actor, one),
        favourable=[(key, BUTTONS[key]) for key in FAVOURABLE if answers and key in allowed],
        contrary=[(key, CONTRARY_BUTTONS[key]) for key in CONTRARIES if answers and key in allowed],
        may_withdraw="withdraw" in allowed and can(actor, "candidacy.withdraw", one),
    )


def _reason(actor: Actor, one: Candidacy) -> str:
    """Reasons of the person are for both parties and whoever supports her: the scope shows it to nobody else."""
    return one.get_reason_display() if one.state in CONTRARY else ""


def candidate_of(actor: Actor, pk: object) -> Beneficiary:
    """A person the actor may position; raises `NotVisible`."""
    return get_visible(actor, Beneficiary, str(pk))
