"""What this app puts on shared screens: services in the search box, lists of trainees that are missing, trainings."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from collective_actions.models import Placement, Trainee
from collective_actions.selectors.endings import ENDING, ending_lines, to_prepare, to_see
from collective_actions.selectors.placements import placement_lines, to_ask
from collective_actions.selectors.rosters import open_questions
from hub.core.access import can, visible
from hub.core.actor import Actor
from hub.core.slots import provide
from hub.core.today import SEARCH_SLOT, SLOT, TodayLine, TodaySection
from partners.selectors.directory.asked import Asked
from partners.selectors.directory.search import search_services
from referrals.panels import Panel, PanelLine
from referrals.selectors.files import PersonFile

SHOWN = 5


@provide(SEARCH_SLOT)
def search_directory(actor: Actor, query: str) -> Iterator[TodaySection]:
    """Services, by name, theme, place or who offers them."""
    asked = Asked(q=query)
    if not asked.words:
        return
    found = search_services(actor, asked, size=SHOWN)
    lines = [
        TodayLine(one.name, reverse("service", args=[one.pk]), " · ".join(filter(None, (one.provider.name, one.city))))
        for one in found.page.rows
    ]
    url = f"{reverse('directory')}?{urlencode({'q': query})}"
    yield TodaySection("Services", "book-open", found.total, lines, url, position=30)


@provide(SLOT)
def rosters_to_bring(actor: Actor, _: None) -> Iterator[TodaySection]:
    """Sessions whose list or end is missing: for whoever brings rosters and is not the Département."""
    if actor.is_wide or not can(actor, "roster.bring"):
        return
    found = open_questions(actor)
    lines = [
        TodayLine(
            title=str(one.session),
            url=reverse("rosters"),
            detail=one.get_question_display(),
            when=one.asked_on,
            tone="warning",
            action_label="Déposer la liste",
        )
        for one in found[:SHOWN]
    ]
    url = reverse("roster_coverage")
    yield TodaySection("Listes de stagiaires à compléter", "clipboard-list", found.count(), lines, url, position=20)


@provide(SLOT)
def trainings_ended(actor: Actor, _: None) -> Iterator[TodaySection]:
    """Whose training ended and who waits to be seen again, then whose training is about to end."""
    if not can(actor, "trainee.follow"):
        return
    board = reverse("training_ends")
    ended, ending = to_see(actor), to_prepare(actor)
    yield TodaySection(
        "Formations terminées, à revoir", "graduation-cap", ended.count(),
        _ends(actor, ended, "Noter l'entretien"), board, position=25,
    )  # fmt: skip
    yield TodaySection(
        "Formations qui se terminent cette semaine", "calendar-clock", ending.count(),
        _ends(actor, ending, "Préparer la sortie"), f"{board}?state={ENDING}", position=25,
    )  # fmt: skip


def _ends(actor: Actor, found: QuerySet[Trainee], label: str) -> list[TodayLine]:
    return [
        TodayLine(
            title=line.name,
            url=reverse("training_end", args=[line.trainee.pk]),
            detail=line.trainee.session.training.title,
            when=line.end,
            tone="warning" if line.late else "info",
            action_label=label,
        )
        for line in ending_lines(actor, found[:SHOWN])
    ]


@provide(SLOT)
def jobs_to_ask(actor: Actor, _: None) -> Iterator[TodaySection]:
    """Jobs I follow where it is time to ask how it goes, or something goes wrong."""
    if not can(actor, "placement.follow"):
        return
    found = to_ask(actor)
    lines = [
        TodayLine(
            title=line.name,
            url=reverse("placement", args=[line.placement.pk]),
            detail=line.placement.get_contract_display(),
            when=line.placement.difficulty_on or line.next_on,
            tone="warning" if line.placement.difficulty_on else "info",
            action_label="Faire le point",
        )
        for line in placement_lines(actor, found[:SHOWN])
    ]
    url = f"{reverse('placements')}?mine=on"
    yield TodaySection("Emplois suivis : points à faire", "briefcase-business", found.count(), lines, url, position=26)


@provide("person.panels")
def trainings_of(actor: Actor, file: PersonFile) -> Iterator[Panel]:
    """Her trainings, the latest first."""
    if not can(actor, "trainee.list"):
        return
    found = visible(actor, Trainee).filter(beneficiary=file.person).select_related("session__training__organization")
    lines = [
        PanelLine(one.session.training.title, _lasts(one), url=reverse("training_end", args=[one.pk]))
        for one in found.order_by("-starts_on", "id")[:SHOWN]
    ]
    if lines:
        yield Panel("Formations", "graduation-cap", lines)


@provide("person.panels")
def jobs_of(actor: Actor, file: PersonFile) -> Iterator[Panel]:
    """Her jobs that are or were followed, the latest first."""
    if not can(actor, "trainee.list"):
        return
    lines = [
        PanelLine(one.get_contract_display(), _works(one), url=reverse("placement", args=[one.pk]))
        for one in visible(actor, Placement).filter(beneficiary=file.person)[:SHOWN]
    ]
    if lines:
        yield Panel("Emplois suivis", "briefcase-business", lines)


def _works(job: Placement) -> str:
    """Where, since or until when, and whether a hand is asked for."""
    dates = f"depuis le {job.starts_on:%d/%m/%Y}"
    if job.ended_on:
        dates = f"du {job.starts_on:%d/%m/%Y} au {job.ended_on:%d/%m/%Y}"
    return " · ".join(filter(None, (job.employer, dates, "médiation demandée" if job.difficulty_on else "")))


def _lasts(trainee: Trainee) -> str:
    """Who gives it, from when to when, how it ended."""
    end = trainee.left_on or trainee.ends_on
    dates = f"du {trainee.starts_on:%d/%m/%Y} au {end:%d/%m/%Y}" if end else f"depuis le {trainee.starts_on:%d/%m/%Y}"
    ended = trainee.get_outcome_display() if trainee.outcome else ""
    absent = "absente de la nouvelle liste" if trainee.missing else ""
    return " · ".join(filter(None, (trainee.session.training.body, dates, ended, absent)))
