"""Enrolling somebody, or oneself; answering an offer; taking a name off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from collective_actions.dates import said
from collective_actions.forms.actions import EnrolForm, FeedbackForm, NoteForm
from collective_actions.models import CollectiveAction, Enrolment, EnrolmentState, Session
from collective_actions.selectors.actions import coming_sessions, get_action, get_session
from collective_actions.selectors.enrolments import get_enrolment
from collective_actions.services.actions import enrolling
from collective_actions.services.actions.sessions import record_feedback
from collective_actions.views.people import Named, person_named
from collective_actions.views.sessions import session_page
from hub.core.access import require, visible
from hub.core.actor import Actor
from hub.core.errors import Confirmation, Conflict, Invalid, NotVisible
from hub.core.models import record_access
from partners.models import Department
from partners.views.pages import UNPROCESSABLE, Request
from referrals.forms.fields import refuse
from referrals.selectors.people import people_list

PAGE_OR_POST = ["GET", "HEAD", "POST"]
RUN: dict[str, Callable[..., Any]] = {
    "confirm": enrolling.confirm_offer,
    "give_up": enrolling.give_up,
    "queue": enrolling.queue_again,
    "remove": enrolling.remove,
    "feedback": record_feedback,
}
FORMS: dict[str, type[forms.Form]] = {"remove": NoteForm, "feedback": FeedbackForm}
DONE = {
    "confirm": "Place acceptée : la personne est inscrite.",
    "give_up": "Inscription retirée : la place est libre.",
    "queue": "De nouveau dans la liste.",
    "remove": "Inscription retirée : l'inscripteur est prévenu.",
    "feedback": "Avis noté, merci.",
}


@require_http_methods(PAGE_OR_POST)
def action_enrol(request: Request, pk: UUID) -> HttpResponse:
    """First the person, by name; then the date. Both may already stand in the address."""
    actor = request.actor
    action = get_action(actor, pk)
    require(actor, "session.enrol")
    if action.for_professionals or action.state != "published":
        raise NotVisible
    named = person_named(actor, request.GET.get("pour", ""))
    if named is None:
        return _choose(request, action)
    require(actor, "referral.compose", named.person)
    sessions = coming_sessions(actor, action)
    if action.series:
        sessions = sessions[:1]
    form = _form(request, actor, action, sessions)
    status = 200
    if request.method == "POST":
        if form.is_valid() and (made := _enrolled(actor, named, form)):
            _say(request, named, made)
            return redirect("action_session", made[0].session_id)
        status = UNPROCESSABLE
    context = {"action": action, "service": action.service, "person": named, "form": form, "sessions": sessions}
    context["intro"] = _intro(actor, action)
    return render(request, "collective_actions/actions/enrol.html", context, status=status)


def _intro(actor: Actor, action: CollectiveAction) -> str:
    """What enrolling does, with the delay this Département gives to answer an offer."""
    sent = "Une orientation part à l'organisateur ; s'il la refuse, la place est libérée. "
    hours = visible(actor, Department).get().delay("seat_offer") * 24
    return (sent if action.service.organization_id != actor.organization_id else "") + (
        "Complète, la séance a une liste d'attente : la première place libérée vous est proposée "
        f"et tenue {hours} heures."
    )


@require_POST
def session_join(request: Request, pk: UUID) -> HttpResponse:
    """Enrol oneself in what is for professionals."""
    found = get_session(request.actor, pk)
    if not found.action.for_professionals:
        raise NotVisible
    try:
        made = enrolling.join(request.actor, session=found)
    except Conflict as error:
        messages.error(request, error.message)
    else:
        waits = made[0].state == EnrolmentState.WAITING
        messages.success(request, "Vous êtes en liste d'attente." if waits else "Vous êtes inscrit.")
    return redirect("action_session", pk)


@require_POST
def enrolment_act(request: Request, pk: UUID, name: str) -> HttpResponse:
    """One gesture on one enrolment; a refusal shows the session again, as it is now."""
    actor = request.actor
    found = get_enrolment(actor, pk)
    if name not in RUN:
        raise NotVisible
    form = FORMS[name](request.POST) if name in FORMS else None
    if form is not None and not form.is_valid():
        sentence = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return session_page(request, get_session(actor, found.session_id), status=UNPROCESSABLE, conflict=sentence)
    try:
        RUN[name](actor, enrolment=found, **(form.cleaned_data if form else {}))
    except (Conflict, Invalid) as error:
        session = get_session(actor, found.session_id)
        return session_page(request, session, status=error.status, conflict=error.message)
    messages.success(request, DONE[name])
    return redirect("action_session", found.session_id)


def _form(request: Request, actor: Actor, action: CollectiveAction, sessions: list[Session]) -> EnrolForm:
    chosen = request.GET.get("seance", "") or (str(sessions[0].pk) if len(sessions) == 1 else "")
    labels = {one.pk: _label(one, cycle=action.series) for one in sessions}
    return EnrolForm(
        request.POST or None,
        initial={"session": chosen, "informed_on": actor.today},
        sessions=sessions,
        labels=labels,
        referred=action.service.organization_id != actor.organization_id,
    )


def _label(one: Session, *, cycle: bool) -> str:
    places = f"{one.free} places libres" if one.free > 1 else "1 place libre" if one.free else "liste d'attente"
    waiting = f" ({one.waiting} avant)" if one.waiting else ""
    start = "Tout le cycle, à partir du " if cycle else ""
    return f"{start}{said(one.starts_at)}, {one.place} : {places}{waiting}"


def _enrolled(actor: Actor, named: Named, form: EnrolForm) -> list[Enrolment] | None:
    try:
        return enrolling.enrol(actor, person=named.person, **form.cleaned_data)
    except Confirmation as error:
        form.ask_duplicate_reason(required=True)
        refuse(form, Invalid(error.message, fields={"duplicate_reason": error.message}))
    except (Invalid, Conflict) as error:
        refuse(form, error)
    return None


def _say(request: Request, named: Named, made: list[Enrolment]) -> None:
    waiting = [one for one in made if one.state == EnrolmentState.WAITING]
    if not waiting:
        messages.success(request, f"{named.name} : inscription faite.")
    elif len(waiting) == len(made):
        messages.info(request, f"{named.name} est en liste d'attente : une place libérée vous sera proposée 48 h.")
    else:
        messages.info(request, f"{named.name} : inscription faite ; en liste d'attente pour {len(waiting)} séances.")


def _choose(request: Request, action: CollectiveAction) -> HttpResponse:
    query = " ".join(request.GET.get("q", "").split())[:100]
    found = people_list(request.actor, {"q": query})
    record_access("list", detail=f"people: {len(found.lines)} of {found.total}")
    context = {"action": action, "service": action.service, "query": query, "found": found}
    return render(request, "collective_actions/actions/choose.html", context)
