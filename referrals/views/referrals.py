"""The inbox, one referral, and the gestures on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hub.core.errors import Conflict, Invalid, InvalidTransition, NotVisible
from hub.core.models import record_access
from hub.core.topics import topic_token
from partners.views.pages import Request
from referrals.forms.fields import refuse
from referrals.forms.referrals import GESTURE_FORMS, InboxFilters, gesture_form
from referrals.models import Referral
from referrals.selectors.journal import ReferralRecord, referral_record
from referrals.selectors.referrals import BOXES, RECEIVED, inbox
from referrals.services import referrals as services
from referrals.services.appointments.planning import begin_referral, plan_first_appointment

PAGE_OR_POST = ("GET", "HEAD", "POST")  # a gesture's address typed, or reloaded after signing in: its page is shown
ANSWERS = ("accept", "acknowledge", "decline", "contest", "waitlist")
RUN: dict[str, Callable[..., Any]] = {
    "accept": services.accept_referral,
    "acknowledge": services.acknowledge_referral,
    "confirm_redirect": services.confirm_redirect,
    "refuse_redirect": services.refuse_redirect,
    "maintain": services.maintain_designation,
    "acknowledge_outcome": services.acknowledge_outcome,
    "start": begin_referral,
    "resume": services.resume_referral,
    "complete": services.complete_referral,
    "waitlist": services.waitlist_referral,
    "decline": services.decline_referral,
    "contest": services.contest_referral,
    "appointment": plan_first_appointment,
    "pause": services.pause_referral,
    "fail": services.fail_referral,
    "cancel": services.cancel_referral,
    "enter_in_error": services.enter_in_error,
}
DONE = {
    "confirm_redirect": "Orientation envoyée au nouveau destinataire.",
    "refuse_redirect": "Le destinataire ne change pas ; il est prévenu.",
    "maintain": "Désignation maintenue.",
    "acknowledge_outcome": "Résultat lu : la boucle est fermée.",
    "start": "Suivi commencé.",
    "resume": "Suivi repris.",
    "complete": "Résultat transmis à l'émetteur.",
    "appointment": "Premier rendez-vous noté.",
    "pause": "Suivi suspendu.",
    "fail": "Résultat transmis à l'émetteur.",
    "cancel": "Orientation annulée.",
    "enter_in_error": "Orientation retirée comme saisie par erreur.",
}


@require_GET
def referrals(request: Request) -> HttpResponse:
    """What the actor's organisation sent and received."""
    actor = request.actor
    form = InboxFilters(request.GET)
    form.is_valid()
    box = form.cleaned_data.get("box") or RECEIVED
    box = box if box in BOXES else RECEIVED
    state = form.cleaned_data.get("state", "")
    found = inbox(actor, box=box, state=state, after=request.GET.get("after", ""))
    record_access("list", detail=f"referrals {box}: {len(found.lines)} of {found.total}")
    boxes = [(name, label, found.counts[name]) for name, label in BOXES.items()]
    context = {
        "form": form,
        "found": found,
        "boxes": boxes,
        "state": state,
        "topic": topic_token("inbox", str(actor.organization_id)),
    }
    template = "referrals/referrals/_rows.html" if _is_fragment(request) else "referrals/referrals/inbox.html"
    return render(request, template, context)


@require_GET
def referral(request: Request, pk: UUID) -> HttpResponse:
    """One referral: the card, its state, what may be done, its journal."""
    record = referral_record(request.actor, pk)
    record_access("seen", subject=record.referral)
    template = "referrals/referrals/_record.html" if _is_fragment(request) else "referrals/referrals/record.html"
    return render(request, template, _page(record))


@require_POST
def referral_seen(request: Request, pk: UUID) -> HttpResponse:
    """The page was opened by the receiver (posted by the page itself: a GET writes nothing)."""
    actor = request.actor
    services.mark_seen(actor, referral=services.get_referral(actor, pk))
    return HttpResponse(status=204)


@require_http_methods(PAGE_OR_POST)
def referral_act(request: Request, pk: UUID, name: str) -> HttpResponse:
    """One gesture. A refusal shows the page again as it is now, with what happened in plain French."""
    actor = request.actor
    if name not in RUN:
        raise NotVisible
    subject = services.get_referral(actor, pk)
    if request.method != "POST":
        return redirect("referral", pk)
    form = gesture_form(name, subject, request.POST)
    if not form.is_valid():
        return _again(request, pk, name, form, status=400)
    try:
        _check_fresh(subject, request.POST.get("state", ""))
        done = RUN[name](actor, referral=subject, **form.cleaned_data)
    except Invalid as error:
        refuse(form, error)
        return _again(request, pk, name, form, status=error.status)
    except Conflict as error:
        return _again(request, pk, "", None, status=error.status, conflict=error.message)
    if name in DONE:
        messages.success(request, DONE[name])
    if name == "confirm_redirect":
        return redirect("referral", done.pk)
    return _back(request, pk, name)


@require_http_methods(PAGE_OR_POST)
def referral_take_back(request: Request, pk: UUID) -> HttpResponse:
    """Undo one's answer: in silence within 20 seconds, openly within one open day."""
    actor = request.actor
    subject = services.get_referral(actor, pk)
    if request.method != "POST":
        return redirect("referral", pk)
    try:
        services.take_back_answer(actor, referral=subject)
    except Conflict as error:
        return _again(request, pk, "", None, status=error.status, conflict=error.message)
    messages.success(request, "Réponse retirée : l'orientation attend à nouveau votre réponse.")
    return redirect("referral", pk)


def _check_fresh(subject: Referral, shown: str) -> None:
    """The page on which the user clicked showed another state: he decides again on the present one."""
    if shown and shown != subject.state:
        raise InvalidTransition(
            f"L'orientation est maintenant « {subject.get_state_display()} » : quelqu'un l'a changée entre-temps.",
            state=subject.state,
        )


def _again(
    request: Request, pk: UUID, name: str, form: forms.Form | None, *, status: int, conflict: str = ""
) -> HttpResponse:
    """The present page, with the form to correct or the conflict explained."""
    record = referral_record(request.actor, pk)
    context = _page(record, refused={name: form} if form else {}) | {"conflict": conflict}
    return render(request, "referrals/referrals/record.html", context, status=status)


def _page(record: ReferralRecord, refused: dict[str, forms.Form] | None = None) -> dict[str, Any]:
    subject = record.referral
    given = refused or {}
    gestures = [
        (gesture, given.get(gesture.name) or gesture_form(gesture.name, subject))
        for gesture in record.gestures
        if gesture.name in GESTURE_FORMS
    ]
    return {
        "record": record,
        "referral": subject,
        "facts": record.facts,
        "main": [(gesture, form) for gesture, form in gestures if gesture.main],
        "more": [(gesture, form) for gesture, form in gestures if not gesture.main],
        "may": {gesture.name for gesture in record.gestures},
        "open": next(iter(given), ""),
        "topic": topic_token("referral", subject.pk),
    }


def _back(request: Request, pk: UUID, name: str) -> HttpResponse:
    """To Aujourd'hui when the gesture was made there, with the way to take it back; else to the referral."""
    home = reverse("home")
    if urlsplit(request.headers.get("Referer", "")).path != home:
        return redirect("referral", pk)
    if name in ANSWERS:
        undo = f"undo:{reverse('referral_take_back', args=[pk])}"
        messages.success(request, "Réponse enregistrée. L'émetteur sera prévenu dans 20 secondes.", extra_tags=undo)
    return HttpResponseRedirect(home)


def _is_fragment(request: Request) -> bool:
    return bool(request.headers.get("X-Fragment"))
