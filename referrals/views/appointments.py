"""My appointments, one appointment, planning and moving it, what came of it, its slip."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from hub.core.access import can, get_visible, require, visible
from hub.core.actor import Actor
from hub.core.errors import Conflict, NotVisible
from hub.core.models import record_access
from hub.core.topics import topic_token
from partners.views.pages import UNPROCESSABLE, Request, submit
from referrals.documents.slip import slip
from referrals.forms.appointments import ContractForm, MoveForm, OutcomeForm, PlanForm
from referrals.models import Appointment, AppointmentKind, Beneficiary, Referral, RegistrationGap
from referrals.selectors.appointments import CONCERN, MINE, agenda, appointment_record, get_appointment
from referrals.selectors.campaigns import summons_about
from referrals.selectors.files import get_person
from referrals.selectors.hosts import hosts_for
from referrals.selectors.joint_sessions import has_joint_sessions
from referrals.selectors.letters import letters_about, outdated
from referrals.services.appointments.outcomes import (
    cancel_appointment,
    correct_outcome,
    excuse_appointment,
    hold_appointment,
    miss_appointment,
)
from referrals.services.appointments.planning import move_appointment, plan_appointment
from referrals.services.contracts import record_contract

PAGE_OR_POST = ["GET", "HEAD", "POST"]
YEAR = 366  # days
# What the address says → whose appointments, and how a link calls them.
WHO = {
    "moi": (MINE, "Les miens"),
    "equipe": ("team", "Ceux de mon équipe"),
    "suivis": ("followed", "Ceux des personnes que je suis"),
}
FREE_KINDS = [AppointmentKind.FOLLOW_UP.value, AppointmentKind.ARRIVAL.value, AppointmentKind.SUMMONS.value]
RUN: dict[str, Callable[..., Appointment]] = {
    "hold": hold_appointment,
    "excuse": excuse_appointment,
    "miss": miss_appointment,
    "correct": correct_outcome,
    "cancel": cancel_appointment,
}
DONE = {
    "hold": "C'est noté : la personne a été reçue.",
    "excuse": "C'est noté : la personne s'est excusée.",
    "miss": "C'est noté. Rien d'autre ne se déclenche.",
    "correct": "L'issue est à noter de nouveau.",
    "cancel": "Rendez-vous annulé.",
}


@require_safe
def index(request: Request) -> HttpResponse:
    """My appointments of a day or a week, those of my team, or those of the people I follow."""
    actor, week = request.actor, request.GET.get("vue") != "jour"
    chosen = _day(request.GET.get("jour", ""), actor.today)
    first = chosen - timedelta(days=chosen.weekday()) if week else chosen
    days = 7 if week else 1
    asked = request.GET.get("qui", "")
    found = agenda(actor, first=first, days=days, whose=WHO.get(asked, (MINE, ""))[0])
    record_access("list", detail=f"appointments: {found.total}")
    context = {
        "found": found,
        "week": week,
        "asked": asked if asked in WHO else "",
        "others": [(name, label) for name, (_, label) in WHO.items() if name != asked],
        "before": first - timedelta(days=days),
        "after": first + timedelta(days=days),
        "today": actor.today,
        "joint": has_joint_sessions(actor),
    }
    return render(request, "referrals/appointments/list.html", context)


@require_safe
def coming(request: Request) -> HttpResponse:
    """Mine to come and those of the people I follow, whatever the week: where notices of several of them lead."""
    found = agenda(request.actor, first=request.actor.today, days=YEAR, whose=CONCERN)
    record_access("list", detail=f"appointments: {found.total}")
    return render(request, "referrals/appointments/coming.html", {"found": found})


@require_safe
def record(request: Request, pk: UUID) -> HttpResponse:
    return _record(request, pk)


@require_http_methods(PAGE_OR_POST)
def act(request: Request, pk: UUID, name: str) -> HttpResponse:
    """Write what came of it, or cancel it."""
    if name not in RUN:
        raise NotVisible
    if request.method != "POST":
        return redirect("appointment", pk)
    form = OutcomeForm(request.POST, auto_id=f"id_{name}_%s")
    appointment = get_appointment(request.actor, pk)
    if not form.is_valid():
        return _record(request, pk, refused=(name, form), status=UNPROCESSABLE)
    try:
        RUN[name](request.actor, appointment=appointment, note=form.cleaned_data["note"])
    except Conflict as error:
        return _record(request, pk, conflict=error.message, status=error.status)
    messages.success(request, DONE[name])
    return redirect("appointment", pk)


@require_http_methods(PAGE_OR_POST)
def move(request: Request, pk: UUID) -> HttpResponse:
    """Another day or hour."""
    appointment = get_appointment(request.actor, pk)
    require(request.actor, "appointment.change", appointment)
    form = MoveForm(request.POST or None, appointment=appointment)
    values = form.values if form.is_bound else dict
    moved = submit(request, form, lambda: move_appointment(request.actor, appointment=appointment, **values()))
    if moved:
        messages.success(request, "Rendez-vous déplacé : les personnes concernées sont prévenues.")
        return redirect("appointment", pk)
    context = {"form": form, "line": appointment_record(request.actor, pk).line}
    return render(request, "referrals/appointments/move.html", context, status=_status(request))


@require_http_methods(PAGE_OR_POST)
def plan(request: Request, pk: UUID) -> HttpResponse:
    """Fix a meeting with a person; about a gap or a referral when the address says so."""
    actor = request.actor
    person = get_person(actor, pk)
    require(actor, "appointment.plan", person)
    about, kinds = _about(actor, person, request)
    initial = {"motive": (about["gap"] and "Faire le point sur votre inscription.") or ""}
    may_keep = can(actor, "letter.override")
    hosts = hosts_for(actor, person)
    form = PlanForm(request.POST or None, hosts=hosts, kinds=kinds, may_keep=may_keep, initial=initial)
    made = submit(request, form, lambda: plan_appointment(actor, person=person, **about, **form.values()))
    if made:
        messages.success(request, "Rendez-vous fixé. Imprimez sa fiche pour la personne.")
        return redirect("appointment", made.pk)
    context = {"form": form, "person": person, "protected": _protected(person)}
    return render(request, "referrals/appointments/plan.html", context, status=_status(request))


@require_safe
def print_slip(request: Request, pk: UUID) -> HttpResponse:
    """The page to hand to the person."""
    appointment = get_appointment(request.actor, pk)
    person = get_visible(request.actor, Beneficiary, appointment.beneficiary_id)
    record_access("printed", subject=appointment)
    return pdf_answer(slip(request.actor, appointment, person), "rendez-vous.pdf")


@require_http_methods(PAGE_OR_POST)
def contract(request: Request, pk: UUID) -> HttpResponse:
    """A signed contract one knows of."""
    person = get_person(request.actor, pk)
    require(request.actor, "contract.record", person)
    form = ContractForm(request.POST or None)
    if submit(request, form, lambda: record_contract(request.actor, person=person, **form.cleaned_data)):
        messages.success(request, "Contrat noté.")
        return redirect("person", pk)
    context = {"form": form, "person": person}
    return render(request, "referrals/appointments/contract.html", context, status=_status(request))


def pdf_answer(content: bytes, name: str) -> HttpResponse:
    """A PDF shown by the browser and kept nowhere; its name says nothing of anybody."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


def _about(actor: Actor, person: Beneficiary, request: Request) -> tuple[dict[str, Any], list[str]]:
    """The gap or the referral the meeting is about (both visible, of this person), and the kinds that leaves."""
    about: dict[str, Any] = {"gap": None, "referral": None}
    rows: dict[str, tuple[str, QuerySet[Any]]] = {
        "ecart": ("gap", visible(actor, RegistrationGap)),
        "orientation": ("referral", visible(actor, Referral)),
    }
    for parameter, (name, found) in rows.items():
        if given := request.GET.get(parameter):
            about[name] = found.filter(pk=_uuid(given), beneficiary=person).first()
            if about[name] is None:
                raise NotVisible
    kinds = [name for name in ("gap", "referral") if about[name]]
    return about, kinds or FREE_KINDS


def _record(
    request: Request, pk: UUID, *, refused: tuple[str, Any] | None = None, conflict: str = "", status: int = 200
) -> HttpResponse:
    actor = request.actor
    found = appointment_record(actor, pk)
    record_access("seen", subject=found.line.appointment)
    given = dict([refused]) if refused else {}
    letters = letters_about(actor, found.line.appointment)
    forms = [(name, label, given.get(name) or OutcomeForm(auto_id=f"id_{name}_%s")) for name, label in found.moves]
    context = {
        "record": found,
        "line": found.line,
        "appointment": found.line.appointment,
        "forms": forms,
        "opened": next(iter(given), ""),
        "conflict": conflict,
        "topic": topic_token("appointment", pk),
        "letters": letters,
        "outdated": outdated(letters, found.line.appointment),
        "may_write": can(actor, "letter.write", found.line.appointment),
        "summons": summons_about(actor, found.line.appointment),
    }
    template = "_record" if request.headers.get("X-Fragment") else "record"
    return render(request, f"referrals/appointments/{template}.html", context, status=status)


def _protected(person: Beneficiary) -> bool:
    return person.do_not_call or person.do_not_write or person.confidential_address or bool(person.contact_through)


def _status(request: Request) -> int:
    return UNPROCESSABLE if request.method == "POST" else 200


def _day(text: str, today: date) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return today
    return found if abs((found - today).days) < 3660 else today


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotVisible from error
