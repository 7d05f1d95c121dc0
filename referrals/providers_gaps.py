"""What gaps and files put on shared screens: Aujourd'hui, a person's timeline and side panel."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from hub.core.access import can
from hub.core.actor import Actor
from hub.core.slots import TimelineEntry, provide
from hub.core.today import SLOT, TodayLine, TodaySection
from referrals.panels import Panel, PanelLine
from referrals.selectors.explanations import answers_of, known_of, my_ended_explanations
from referrals.selectors.files import PersonFile
from referrals.selectors.gaps import history, kind_label, status_sentence, to_check, today_lines
from referrals.selectors.imports import waiting_imports

SHOWN = 5  # lines of one section
JOINED = ("beneficiary__territory", "beneficiary__registration")


@provide(SLOT)
def gaps_today(actor: Actor, _: None) -> Iterator[TodaySection]:
    """Registrations to check, of one's people, team or territory; nobody's first action is to take one in charge."""
    if not can(actor, "gap.list"):
        return
    found = to_check(actor)
    shown = [
        TodayLine(
            title=line.name,
            url=reverse("gap", args=[line.gap.pk]),
            detail=" · ".join(filter(None, (line.kind, line.territory, *line.known))),
            when=line.gap.opened_at,
            tone="info" if line.may_take else "neutral",
            action_label="Prendre en charge" if line.may_take else "Voir",
            action_url=reverse("gap_take_charge", args=[line.gap.pk]) if line.may_take else "",
        )
        for line in today_lines(actor, found.select_related(*JOINED)[:SHOWN])
    ]
    yield TodaySection("Inscriptions à vérifier", "clipboard-check", found.count(), shown, reverse("gaps"), position=40)


@provide(SLOT)
def ended_today(actor: Actor, _: None) -> Iterator[TodaySection]:
    """Explained absences that have ended, of the people one is the referent of: still so, and until when?"""
    if not can(actor, "gap.list"):
        return
    found = my_ended_explanations(actor)
    shown = [
        TodayLine(
            title=str(person),
            url=reverse("person_explain", args=[person.pk]),
            detail="Toujours absente des listes : est-ce encore le cas ?",
            when=person.ended,
            action_label="Répondre",
        )
        for person in found[:SHOWN]
    ]
    yield TodaySection("Absences expliquées arrivées à terme", "calendar-clock", found.count(), shown, position=45)


@provide(SLOT)
def imports_today(actor: Actor, _: None) -> Iterator[TodaySection]:
    """Files analysed, that a person must confirm."""
    if not can(actor, "import.list"):
        return
    found = waiting_imports(actor)
    shown = [
        TodayLine(
            title=job.file.name or "Fichier sans nom",
            url=reverse("import", args=[job.pk]),
            detail=" · ".join(filter(None, (job.get_kind_display(), str(job.territory or "")))),
            when=job.state_at,
            tone="warning",
            action_label="Lire et confirmer",
        )
        for job in found[:SHOWN]
    ]
    yield TodaySection("Imports à confirmer", "file-check", found.count(), shown, reverse("imports"), position=50)


@provide("person.timeline")
def lists_of(actor: Actor, file: PersonFile) -> Iterator[TimelineEntry]:
    """What registration lists said of the person."""
    if file.supported and can(actor, "gap.list"):
        yield from history(actor, file.person, sees=can(actor, "gap.motive"))


@provide("person.panels")
def registration_panel(actor: Actor, file: PersonFile) -> Iterator[Panel]:
    """Whether the person is registered, and what is to check."""
    if not file.supported or not can(actor, "gap.list"):
        return
    sees = can(actor, "gap.motive")
    status = file.registration
    lines = []
    if file.gap:
        detail = f"{kind_label(file.gap, sees=sees)} · {file.gap.get_state_display().lower()}"
        lines.append(PanelLine("Inscription à vérifier", detail, url=reverse("gap", args=[file.gap.pk])))
    if status:
        category = f"Catégorie {status.category}" if status.category and sees else ""
        seen = f"vue sur la liste de {status.last_listed:%m/%Y}" if status.last_listed else ""
        detail = " · ".join(filter(None, (category, seen)))
        lines.append(PanelLine(status_sentence(status, sees=sees), detail))
    lines.extend(PanelLine(said) for said in known_of(actor, [file.person], sees=sees)[file.person.pk])
    lines.extend(PanelLine(said) for said in answers_of(file.person))
    yield Panel("Inscription", "clipboard-check", lines, empty=status_sentence(None, sees=sees))
