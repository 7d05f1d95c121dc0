"""One session: its dates, who comes, the marks of attendance, the sheet to sign."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from collective_actions.documents.sheet import attendance_sheet
from collective_actions.forms.actions import (
    MARKS,
    FeedbackForm,
    NewSessionForm,
    NoteForm,
    ReasonForm,
    SessionForm,
    attendance_marks,
)
from collective_actions.models import Session
from collective_actions.selectors.actions import get_session
from collective_actions.selectors.enrolments import SessionRecord, session_record
from collective_actions.services.actions.sessions import cancel_session, conclude, record_attendance
from collective_actions.services.actions.writing import add_sessions, edit_session
from collective_actions.views.actions import is_fragment, mine
from hub.core.access import can
from hub.core.errors import Conflict, Invalid, NotVisible, Refused
from hub.core.models import record_access
from hub.core.topics import topic_token
from partners.views.pages import Request, form_page, gesture, submit
from referrals.views.appointments import pdf_answer

PAGE_OR_POST = ["GET", "HEAD", "POST"]
SHEET_NAME = "feuille.pdf"  # says nothing of anybody


@require_http_methods(PAGE_OR_POST)
def session_new(request: Request, pk: UUID) -> HttpResponse:
    """One more date of an action, or several weeks of them."""
    action = mine(request, pk, "action.edit")
    form = NewSessionForm(request.POST or None)
    made = submit(request, form, lambda: add_sessions(request.actor, action=action, **form.values()))
    if made:
        messages.success(request, f"Séances ajoutées : {len(made)}.")
        return redirect("action", pk)
    title, back = f"Ajouter des séances · {action.service.name}", reverse("action", args=[pk])
    return form_page(request, form, title=title, button="Ajouter", cancel_url=back)


@require_safe
def session(request: Request, pk: UUID) -> HttpResponse:
    """Who comes, who waits."""
    return session_page(request, get_session(request.actor, pk))


def session_page(request: Request, found: Session, *, status: int = 200, conflict: str = "") -> HttpResponse:
    """The page of one session, with what was refused."""
    record = session_record(request.actor, found)
    record_access("list", subject=found, detail=f"session: {len(record.enrolled) + len(record.waiting)}")
    context = {
        "record": record,
        "session": found,
        "action": found.action,
        "marks": MARKS,
        "reason_form": ReasonForm(auto_id="cancel_%s"),
        "note_form": NoteForm(auto_id=False),
        "feedback_form": FeedbackForm(auto_id=False),
        "may_join": can(request.actor, "session.join", found) and not _mine(record, request),
        "may_enrol": can(request.actor, "session.enrol", found) and found.action.state == "published",
        "conflict": conflict,
        "topic": topic_token("session", found.pk),
    }
    template = "actions/_session.html" if is_fragment(request) else "actions/session.html"
    return render(request, f"collective_actions/{template}", context, status=status)


@require_http_methods(PAGE_OR_POST)
def session_edit(request: Request, pk: UUID) -> HttpResponse:
    """Move it, or change its seats."""
    found = _of_mine(request, pk, "action.edit")
    form = SessionForm(request.POST or None, initial=SessionForm.initial_of(found))
    if submit(request, form, lambda: edit_session(request.actor, session=found, **form.values())):
        messages.success(request, "Séance enregistrée.")
        return redirect("action_session", pk)
    back = reverse("action_session", args=[pk])
    intro = "Un changement de date ou de lieu prévient ceux qui ont inscrit quelqu'un."
    return form_page(request, form, title="Modifier la séance", cancel_url=back, intro=intro)


@require_POST
def session_cancel(request: Request, pk: UUID) -> HttpResponse:
    """Call it off; everybody is told."""
    found = _of_mine(request, pk, "action.publish")
    form = ReasonForm(request.POST)
    form.is_valid()
    gesture(
        request,
        lambda: cancel_session(request.actor, session=found, reason=form.cleaned_data.get("reason", "")),
        "Séance annulée : ceux qui ont inscrit quelqu'un sont prévenus.",
    )
    return redirect("action_session", pk)


@require_POST
def session_attendance(request: Request, pk: UUID) -> HttpResponse:
    """The marks of a whole sheet at once."""
    found = _running(request, pk)
    rows = [line.enrolment for line in session_record(request.actor, found).enrolled]
    try:
        record_attendance(request.actor, session=found, marks=attendance_marks(request.POST, rows))
    except (Conflict, Invalid) as error:
        return session_page(request, get_session(request.actor, pk), status=error.status, conflict=error.message)
    messages.success(request, "Présences enregistrées.")
    return redirect("action_session", pk)


@require_POST
def session_conclude(request: Request, pk: UUID) -> HttpResponse:
    """Those who came have followed the action: whoever sent them learns it."""
    found = _running(request, pk, "session.conclude")
    try:
        count = conclude(request.actor, session=found)
    except Conflict as error:
        return session_page(request, get_session(request.actor, pk), status=error.status, conflict=error.message)
    messages.success(request, f"Résultats transmis : {count}.")
    return redirect("action_session", pk)


@require_safe
def session_sheet(request: Request, pk: UUID) -> HttpResponse:
    """The sheet to sign: names and a neutral title, nothing else of anybody."""
    found = _running(request, pk)
    record_access("printed", subject=found, detail="attendance sheet")
    return pdf_answer(attendance_sheet(request.actor, session_record(request.actor, found)), SHEET_NAME)


def _mine(record: SessionRecord, request: Request) -> bool:
    rows = [*record.enrolled, *record.waiting]
    return any(line.enrolment.member_id == request.actor.user_id for line in rows)


def _running(request: Request, pk: UUID, rule: str = "session.run") -> Session:
    found = get_session(request.actor, pk)
    return _checked(request, found, can(request.actor, rule, found))


def _of_mine(request: Request, pk: UUID, rule: str) -> Session:
    found = get_session(request.actor, pk)
    return _checked(request, found, can(request.actor, rule, found.action))


def _checked(request: Request, found: Session, allowed: bool) -> Session:
    """404 for the sessions of others, 403 inside one's own organisation."""
    if not allowed:
        own = found.action.service.organization_id == request.actor.organization_id
        raise Refused if own else NotVisible
    return found
