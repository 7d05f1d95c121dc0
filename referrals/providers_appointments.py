"""What appointments put on shared screens: Aujourd'hui, a person's timeline and side panel."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from hub.core.access import can, visible
from hub.core.actor import PARIS, Actor
from hub.core.slots import TimelineEntry, provide
from hub.core.today import SLOT, TodayLine, TodaySection
from referrals.models import Appointment, AppointmentState, EngagementContract
from referrals.panels import Panel, PanelLine
from referrals.selectors.appointments import JOINED, AppointmentLine, lines, to_tell
from referrals.selectors.campaigns import to_follow
from referrals.selectors.files import PersonFile
from referrals.selectors.joint_sessions import sessions_of_the_week

MOST = 50  # entries of one provider
SHOWN = 5  # lines of one section


@provide(SLOT)
def appointments_today(actor: Actor, _: None) -> Iterator[TodaySection]:
    """Whom I receive today, and what is left to write down of former days."""
    if not can(actor, "appointment.list"):
        return
    found = to_tell(actor)
    shown = [
        TodayLine(
            title=line.name,
            url=reverse("appointment", args=[line.appointment.pk]),
            detail=" · ".join((line.appointment.get_kind_display(), line.where)),
            when=line.appointment.starts_at,
            tone="warning" if line.to_tell else "info",
            action_label="Noter l'issue" if line.to_tell else "Voir",
        )
        for line in lines(actor, found.select_related(*JOINED)[:SHOWN])
    ]
    yield TodaySection("Rendez-vous du jour", "calendar", found.count(), shown, reverse("appointments"), position=15)


@provide(SLOT)
def joint_sessions_today(actor: Actor, _: None) -> Iterator[TodaySection]:
    """Where one sits beside the Département in the week to come."""
    if not can(actor, "appointment.list"):
        return
    found = sessions_of_the_week(actor)
    shown = [
        TodayLine(
            title=f"Séance commune · {slot.place}",
            url=reverse("joint_session", args=[slot.pk]),
            detail=f"avec {slot.organization} · places prises : {slot.taken} sur {slot.capacity}",
            when=slot.starts_at,
            tone="info",
            action_label="Voir",
        )
        for slot in found[:SHOWN]
    ]
    yield TodaySection("Séances communes", "users", len(found), shown, reverse("joint_sessions"), position=16)


@provide(SLOT)
def campaigns_today(actor: Actor, _: None) -> Iterator[TodaySection]:
    """Campaigns I sent where somebody still waits for a seat, a summons or another date."""
    if not can(actor, "campaign.list"):
        return
    found = to_follow(actor)
    shown = [
        TodayLine(
            title=one.name,
            url=reverse("campaign", args=[one.pk]),
            detail=" · ".join(_left_of(vars(one)["waiting"], vars(one)["excused"])),
            when=one.sent_at,
            tone="info",
            action_label="Suivre",
        )
        for one in found[:SHOWN]
    ]
    yield TodaySection("Convocations à suivre", "mail", len(found), shown, reverse("campaigns"), position=42)


def _left_of(waiting: int, excused: int) -> Iterator[str]:
    if waiting:
        yield f"à placer ou à convoquer : {waiting}"
    if excused:
        yield f"autre date à proposer : {excused}"


@provide("person.timeline")
def meetings_of(actor: Actor, file: PersonFile) -> Iterator[TimelineEntry]:
    """Meetings planned; never of a sensitive referral: the file may be read over a shoulder."""
    for line in _lines(actor, file):
        one = line.appointment
        yield TimelineEntry(
            at=one.planned_at,
            title=f"Rendez-vous du {one.starts_at.astimezone(PARIS):%d/%m/%Y} : {line.state_label.lower()}",
            detail=f"{one.get_kind_display()} · {line.with_whom}",
            url=reverse("appointment", args=[one.pk]),
            icon="calendar",
        )


@provide("person.timeline")
def contracts_of(actor: Actor, file: PersonFile) -> Iterator[TimelineEntry]:
    """Contracts signed."""
    if not file.supported:
        return
    for one in visible(actor, EngagementContract).filter(beneficiary=file.person).select_related("recorded_by")[:MOST]:
        until = f", jusqu'au {one.until:%d/%m/%Y}" if one.until else ""
        yield TimelineEntry(
            at=one.recorded_at,
            title=f"{one.get_kind_display()} signé le {one.signed_on:%d/%m/%Y}{until}",
            by=str(one.recorded_by or ""),
            icon="file-pen",
        )


@provide("person.panels")
def meetings_panel(actor: Actor, file: PersonFile) -> Iterator[Panel]:
    """The next meetings; how to fix one."""
    if not can(actor, "appointment.list"):
        return
    coming = [line for line in _lines(actor, file) if line.appointment.state == AppointmentState.PLANNED]
    shown = [
        PanelLine(
            f"{line.appointment.starts_at.astimezone(PARIS):%d/%m/%Y à %Hh%M}",
            f"{line.appointment.get_kind_display()} · {line.with_whom}",
            url=reverse("appointment", args=[line.appointment.pk]),
        )
        for line in reversed(coming)
    ]
    if file.person.died_on is None and can(actor, "appointment.plan", file.person):
        shown.append(PanelLine("Fixer un rendez-vous", url=reverse("appointment_plan", args=[file.person.pk])))
    if file.supported and can(actor, "contract.record", file.person):
        shown.append(PanelLine("Noter un contrat signé", url=reverse("contract", args=[file.person.pk])))
    yield Panel("Rendez-vous", "calendar", shown, empty="Aucun rendez-vous n'est fixé.")


def _lines(actor: Actor, file: PersonFile) -> list[AppointmentLine]:
    found = visible(actor, Appointment).filter(beneficiary=file.person, sensitive=False)
    return lines(actor, found.select_related(*JOINED).order_by("-starts_at")[:MOST])
