"""Rosters as their pages show them: files on their form, sessions with and without a list.

Nothing here reads who is known, but `recognised`, for the Département alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from collective_actions.models import Question, Roster, RosterQuestion, Trainee, TrainingSession
from hub.core.access import can, get_visible, visible
from hub.core.actor import Actor
from hub.core.errors import NotVisible
from hub.core.pages import Page, paginate, total
from hub.core.topics import topic_token
from partners.models import ImportJob, ImportRow, Territory
from partners.models.files import ImportKind, ImportState

PAGE = 25
OLDEST = timedelta(days=60)  # a session opened before that has no list any more to wait for
YEAR = timedelta(days=365)
MOVING = (ImportState.RECEIVED, ImportState.ANALYSING, ImportState.APPLYING)
REJECTS = "rejected"


@dataclass(frozen=True, slots=True)
class RosterFile:
    """One file brought: what its form says; `recognised` and `doubtful` are None for whoever may not know."""

    job: ImportJob
    token: str  # follows a file at work
    faults: list[str]
    doubts: list[str]
    recognised: int | None = None
    doubtful: int | None = None

    @property
    def waits(self) -> bool:
        """Does it wait for somebody to confirm it?"""
        return self.job.state == ImportState.ANALYSED

    @property
    def rejected(self) -> int:
        return int(self.job.counts.get("rejected", 0))

    @property
    def says(self) -> bool:
        """Is there a line to send?"""
        return says_something(self.job)


@dataclass(frozen=True, slots=True)
class RosterFiles:
    """One page of files, how many there are, those that may be sent together and how many of their lines cannot."""

    page: Page[ImportJob]
    files: list[RosterFile]
    total: int
    waiting: list[ImportJob]

    @property
    def rejected(self) -> int:
        return sum(int(job.counts.get("rejected", 0)) for job in self.waiting)

    @property
    def token(self) -> str:
        """Follows the files at work, while there are some."""
        return next((file.token for file in self.files if file.token), "")


@dataclass(frozen=True, slots=True)
class Place:
    """A territory: sessions begun within a year, those with a list. No territory: the place is not known."""

    name: str
    sessions: int
    listed: int

    @property
    def rate(self) -> int | None:
        """Percent, rounded; None without session."""
        return round(100 * self.listed / self.sessions) if self.sessions else None


@dataclass(frozen=True, slots=True)
class Asked:
    """A session about which something is asked."""

    session: TrainingSession
    label: str
    question: RosterQuestion


@dataclass(frozen=True, slots=True)
class Coverage:
    """Where lists of trainees come from, and what is missing."""

    places: list[Place]
    everywhere: Place
    asked: list[Asked]


def roster_files(actor: Actor, *, after: str = "") -> RosterFiles:
    """The files one may see, latest first (the same queries for one and for fifty)."""
    jobs = visible(actor, ImportJob).filter(kind=ImportKind.ROSTER)
    page = paginate(
        jobs.select_related("file", "created_by", "organization"), order=("-created_at", "id"), after=after, size=PAGE
    )
    waiting = waiting_files(actor) if can(actor, "roster.bring") else []
    recognised, doubtful = _known(actor, page.rows)
    files = [
        RosterFile(
            job,
            topic_token("import", job.pk) if job.state in MOVING else "",
            [said for said in job.warnings if said.startswith("Ligne ")],
            [said for said in job.warnings if said.startswith("À vérifier")],
            recognised.get(job.pk, 0) if recognised is not None else None,
            doubtful.get(job.pk, 0) if doubtful is not None else None,
        )
        for job in page.rows
    ]
    return RosterFiles(page, files, total(page, jobs, after=after), waiting)


def roster_file(actor: Actor, pk: UUID) -> ImportJob:
    """One visible file; raises `NotVisible`, the same for a file of another kind."""
    job = get_visible(actor, ImportJob, pk, "file", "organization")
    if job.kind != ImportKind.ROSTER:
        raise NotVisible
    return job


def waiting_files(actor: Actor) -> list[ImportJob]:
    """Analysed files this actor may confirm together: those with a line to send."""
    jobs = visible(actor, ImportJob).filter(kind=ImportKind.ROSTER, state=ImportState.ANALYSED)
    found = jobs.order_by("created_at", "id")[:PAGE]
    return [job for job in found if says_something(job) and can(actor, "import.confirm", job)]


def says_something(job: ImportJob) -> bool:
    """Has an analysed file a line that can be read, and was not read already?"""
    unread = sum(int(job.counts.get(name, 0)) for name in (REJECTS, "duplicate"))
    return int(job.counts.get("lines", 0)) > unread


def _known(actor: Actor, jobs: list[ImportJob]) -> tuple[dict[UUID, int] | None, dict[UUID, int] | None]:
    if not can(actor, "import.rows"):
        return None, None
    ids = [job.pk for job in jobs]
    counted = Trainee.objects.filter(roster__job__in=ids).values_list("roster__job").annotate(n=Count("pk"))
    rows = ImportRow.objects.filter(job__in=ids).values_list("job").annotate(n=Count("pk"))
    return dict(counted.order_by()), dict(rows.order_by())


def coverage(actor: Actor) -> Coverage:
    """Sessions begun within a year, with and without list, by territory; what is still asked."""
    begun = visible(actor, TrainingSession).filter(
        cancelled_at=None, starts_on__lte=actor.today, starts_on__gt=actor.today - YEAR
    )
    listed = Exists(Roster.objects.filter(session=OuterRef("pk")))
    counted = {
        territory: (sessions, with_list)
        for territory, sessions, with_list in begun.order_by()
        .values_list("territory")
        .annotate(n=Count("pk"), listed=Count("pk", filter=listed))
    }
    names = dict(visible(actor, Territory).order_by("code").values_list("pk", "name"))
    places = [Place(name, *counted.get(pk, (0, 0))) for pk, name in names.items()]
    if None in counted:
        places.append(Place("Lieu non précisé", *counted[None]))
    whole = Place("Ensemble", sum(one.sessions for one in places), sum(one.listed for one in places))
    return Coverage(places, whole, _asked(actor))


def _asked(actor: Actor) -> list[Asked]:
    rows = RosterQuestion.objects.filter(
        session__in=visible(actor, TrainingSession).values("pk"), settled_on=None
    ).select_related("session__training__organization", "session__territory")
    return [Asked(row.session, row.get_question_display(), row) for row in rows.order_by("asked_on", "id")[:PAGE]]


def open_questions(actor: Actor) -> QuerySet[RosterQuestion]:
    """What is still asked about sessions, oldest first."""
    rows = RosterQuestion.objects.filter(department_id=actor.department_id, settled_on=None)
    return rows.select_related("session__training").order_by("asked_on", "id")


def still_asked(question: str, session_ids: Iterable[str]) -> bool:
    """Is one of these sessions still without what is asked?"""
    sessions = TrainingSession.objects.filter(pk__in=list(session_ids), cancelled_at=None)
    missing = sessions.filter(rosters=None) if question == Question.ROSTER else unended(sessions)
    return missing.exists()


def without_roster(actor: Actor) -> QuerySet[TrainingSession]:
    """Sessions going on that nobody listed yet."""
    return _going_on(actor).filter(rosters=None)


def without_end(actor: Actor) -> QuerySet[TrainingSession]:
    """Sessions going on whose latest list leaves the end of some lines unknown."""
    return unended(_going_on(actor))


def unended(sessions: QuerySet[TrainingSession]) -> QuerySet[TrainingSession]:
    """Those of `sessions` whose end is unknown, for themselves and for somebody of their latest list."""
    latest = Roster.objects.filter(session=OuterRef("pk")).order_by("-received_at", "id").values("without_end")[:1]
    return sessions.annotate(unended=Subquery(latest)).filter(unended__gt=0, ends_on=None)


def _going_on(actor: Actor) -> QuerySet[TrainingSession]:
    here = TrainingSession.objects.filter(department_id=actor.department_id, cancelled_at=None)
    open_now = here.filter(starts_on__lte=actor.today, starts_on__gte=actor.today - OLDEST)
    return open_now.filter(Q(ends_on=None) | Q(ends_on__gte=actor.today))
