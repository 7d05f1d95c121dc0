"""The list of people, one person's file, and what opens it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hub.core.access import can, get_visible
from hub.core.actor import Actor
from hub.core.errors import Invalid, ReasonRequired
from hub.core.models import record_access
from hub.core.slots import entries
from hub.core.topics import topic_token
from partners.views.pages import Request
from referrals.forms.fields import refuse
from referrals.forms.people import OpeningForm, PeopleFilters
from referrals.models import FileOpening
from referrals.selectors.files import NextAction, PersonFile, get_person, next_action, openings_to_review, person_file
from referrals.selectors.months import months_of
from referrals.selectors.people import people_list
from referrals.services.access import open_file, review_opening
from referrals.services.people import show_nir

TIMELINE, PANELS = "person.timeline", "person.panels"
OPENINGS_SHOWN = 100


@require_GET
def people(request: Request) -> HttpResponse:
    """People the actor works with, by pages."""
    actor = request.actor
    form = PeopleFilters(request.GET, actor=actor)
    chosen = form.chosen()
    found = people_list(actor, chosen, after=request.GET.get("after", ""))
    record_access("list", detail=f"people: {len(found.lines)} of {found.total}")
    filtered = any(chosen.values())
    context = {"form": form, "found": found, "filtered": filtered, "may_create": can(actor, "person.create")}
    return render(request, "referrals/people/list.html", context)


@require_GET
def person(request: Request, pk: UUID) -> HttpResponse:
    """One person's file; asks why when it is followed elsewhere in the organisation."""
    actor = request.actor
    try:
        file = person_file(actor, pk)
    except ReasonRequired:
        return _closed(request, pk, OpeningForm(), status=ReasonRequired.status)
    record_access("seen", subject=file.person)
    template = "referrals/people/_file.html" if _is_fragment(request) else "referrals/people/record.html"
    return render(request, template, _page(actor, file))


@require_POST
def person_nir(request: Request, pk: UUID) -> HttpResponse:
    """The NIR, once, in place; logged."""
    actor = request.actor
    subject = get_person(actor, pk)
    nir = show_nir(actor, person=subject)
    return render(request, "referrals/people/record.html", {**_page(actor, person_file(actor, pk)), "nir": nir})


@require_http_methods(["POST"])
def person_open(request: Request, pk: UUID) -> HttpResponse:
    """Open a file outside one's team, with a reason."""
    form = OpeningForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        open_file(request.actor, beneficiary_id=pk, reason=reason)
    except Invalid as error:
        if form.is_valid():
            refuse(form, error)
        return _closed(request, pk, form, status=error.status)
    messages.success(request, "Dossier ouvert. Votre responsable lira votre motif.")
    return redirect("person", pk)


@require_GET
def openings(request: Request) -> HttpResponse:
    """Files opened outside a team: what a manager reads again."""
    actor = request.actor
    waiting = openings_to_review(actor, reviewed=False)
    context = {
        "waiting": waiting[:OPENINGS_SHOWN],
        "total": waiting.count(),
        "reviewed": openings_to_review(actor, reviewed=True)[:20],
    }
    return render(request, "referrals/people/openings.html", context)


@require_POST
def opening_review(request: Request, pk: UUID) -> HttpResponse:
    """The manager has read one."""
    actor = request.actor
    review_opening(actor, opening=get_visible(actor, FileOpening, pk))
    messages.success(request, "Motif relu.")
    return HttpResponseRedirect(reverse("openings"))


def _closed(request: Request, pk: UUID, form: OpeningForm, *, status: int) -> HttpResponse:
    return render(request, "referrals/people/closed.html", {"form": form, "pk": pk}, status=status)


def _is_fragment(request: Request) -> bool:
    return bool(request.headers.get("X-Fragment"))


def _page(actor: Actor, file: PersonFile) -> dict[str, object]:
    subject = file.person
    timeline = sorted(entries(TIMELINE, actor, file), key=lambda entry: entry.at, reverse=True)
    action = next_action(actor, file)
    return {
        "file": file,
        "person": subject,
        "facts": file.facts,
        "next": action,
        "next_url": next_url(action),
        "timeline": timeline,
        "panels": entries(PANELS, actor, file),
        "months": months_of(actor, subject) if file.supported else [],
        "topic": topic_token("person", subject.pk),
        "may": _gestures(actor, file),
    }


def next_url(action: NextAction) -> str:
    """Where to do it; nothing while that screen does not exist."""
    if not action.url_name:
        return ""
    try:
        return reverse(action.url_name, args=[action.key])
    except NoReverseMatch:
        return ""


def _gestures(actor: Actor, file: PersonFile) -> dict[str, bool]:
    subject = file.person
    alive = subject.died_on is None
    editable = can(actor, "person.edit", subject)
    return {
        "edit": editable,
        "barriers": alive and can(actor, "barriers.note", subject),
        "contact": file.supported and can(actor, "person.contact", subject),
        "nir": can(actor, "person.nir", subject),
        "decide": alive and can(actor, "track.decide", subject),
        "exempt": alive and can(actor, "exemption.grant", subject),
        "explain": alive and can(actor, "absence.explain", subject),
        "compose": alive and can(actor, "referral.compose", subject),
        "name_referent": file.referent is not None and can(actor, "assignment.distribute", file.referent),
        "link": can(actor, "person.open", subject),
        "close": editable and alive,
        "menu": editable or can(actor, "person.open", subject),
    }
