"""Deciding a track, undoing a decision, excusing from registration, naming a referent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from hub.core.access import require
from hub.core.errors import Conflict, DomainError, Invalid
from partners.views.pages import Request
from referrals.forms.fields import accepted, refuse
from referrals.forms.pathways import BarriersForm, ExemptionForm, ExplanationForm, ReferentForm, TrackForm, VoidForm
from referrals.selectors.explanations import asked_about
from referrals.selectors.files import (
    current_decision,
    get_assignment,
    get_decision,
    get_person,
    possible_referents,
)
from referrals.selectors.receivers import get_receiver, search_receivers, support_teams
from referrals.selectors.suggested import barriers_of
from referrals.services.barriers import note_barriers
from referrals.services.explanations import answer_ended, explain_absence
from referrals.services.pathways import decide_track, exempt_from_registration, name_referent, void_decision


@require_http_methods(["GET", "POST"])
def track_decide(request: Request, pk: UUID) -> HttpResponse:
    """First the organisation that will support the person, then the decision."""
    actor = request.actor
    person = get_person(actor, pk)
    require(actor, "track.decide", person)
    context: dict[str, Any] = {"person": person, "decision": current_decision(person)}
    chosen = request.GET.get("to", "")
    if not chosen:
        query = request.GET.get("q", "")
        context |= {"query": query, "found": search_receivers(actor, query)}
        fragment = bool(request.headers.get("X-Fragment") or request.headers.get("HX-Request"))
        template = "referrals/referrals/_found.html" if fragment else "referrals/people/track_receiver.html"
        return render(request, template, context)
    designated = get_receiver(actor, chosen)
    initial = {"decided_on": actor.today, "effective_on": actor.today}
    form = TrackForm(request.POST or None, initial=initial, teams=support_teams(actor, designated))
    status = 200 if request.method == "GET" else 400
    if request.method == "POST" and form.is_valid():
        try:
            decide_track(actor, person=person, designated=designated, **form.cleaned_data)
        except (Invalid, Conflict) as error:
            _refuse(form, error)
        else:
            messages.success(request, f"Orientation décidée. {designated} est désigné référent.")
            return redirect("person", pk)
    context |= {"form": form, "designated": designated}
    return render(request, "referrals/people/track.html", context, status=status)


@require_http_methods(["GET", "POST"])
def track_void(request: Request, pk: UUID) -> HttpResponse:
    """Undo a decision entered by mistake."""
    actor = request.actor
    decision = get_decision(actor, pk)
    person = get_person(actor, decision.beneficiary_id)
    require(actor, "track.decide", person)
    form = VoidForm(request.POST or None)
    if accepted(form, lambda: void_decision(actor, decision=decision, reason=form.cleaned_data["reason"])):
        messages.success(request, "Décision annulée : elle n'a jamais compté.")
        return redirect("person", person.pk)
    return _page(request, "void", form=form, person=person, decision=decision)


@require_http_methods(["GET", "POST"])
def person_exempt(request: Request, pk: UUID) -> HttpResponse:
    """Excuse from registering until a date."""
    actor = request.actor
    person = get_person(actor, pk)
    require(actor, "exemption.grant", person)
    form = ExemptionForm(request.POST or None)
    if accepted(form, lambda: exempt_from_registration(actor, person=person, **form.cleaned_data)):
        messages.success(request, "Dispense d'inscription enregistrée.")
        return redirect("person", pk)
    return _page(request, "exempt", form=form, person=person)


@require_http_methods(["GET", "POST"])
def person_barriers(request: Request, pk: UUID) -> HttpResponse:
    """What stands in the way: the file then shows the services near that answer it."""
    actor = request.actor
    person = get_person(actor, pk)
    require(actor, "barriers.note", person)
    former = barriers_of(actor, person)
    form = BarriersForm(request.POST or None, initial={"barriers": former.barriers if former else []})
    if accepted(form, lambda: note_barriers(actor, person=person, **form.cleaned_data)):
        messages.success(request, "C'est noté : les services proches sont dans le dossier.")
        return redirect("person", pk)
    return _page(request, "barriers", form=form, person=person)


ANSWERED = {
    "registered": "C'est noté : la prochaine liste le confirmera.",
    "to_check": "C'est noté : une inscription à vérifier est ouverte, et ceux qui la suivent sont prévenus.",
}


@require_http_methods(["GET", "POST"])
def person_explain(request: Request, pk: UUID) -> HttpResponse:
    """Say why she is not registered, and until when."""
    actor = request.actor
    person = get_person(actor, pk)
    require(actor, "absence.explain", person)
    form = ExplanationForm(request.POST or None)
    if accepted(form, lambda: explain_absence(actor, person=person, **form.cleaned_data)):
        messages.success(request, "C'est noté : les prochaines listes n'ouvriront rien jusqu'à cette date.")
        return redirect("person", pk)
    return _page(request, "explain", form=form, person=person, asked=asked_about(actor, person))


@require_POST
def person_answer(request: Request, pk: UUID) -> HttpResponse:
    """An explanation has ended: registered again, or to be checked."""
    actor = request.actor
    person = get_person(actor, pk)
    try:
        said = answer_ended(actor, person=person, answer=request.POST.get("answer", ""))
    except (Conflict, Invalid) as error:
        messages.warning(request, error.message)
        return redirect("person_explain", pk)
    messages.success(request, ANSWERED[said.answer])
    return redirect("person", pk)


@require_http_methods(["GET", "POST"])
def assignment_referent(request: Request, pk: UUID) -> HttpResponse:
    """A manager gives the person to one member."""
    actor = request.actor
    assignment = get_assignment(actor, pk)
    person = get_person(actor, assignment.beneficiary_id)
    require(actor, "assignment.distribute", assignment)
    members = possible_referents(actor, assignment)
    form = ReferentForm(request.POST or None, members=members, initial={"referent": assignment.referent_id})
    if accepted(form, lambda: name_referent(actor, assignment=assignment, referent=form.cleaned_data["referent"])):
        messages.success(request, f"{form.cleaned_data['referent']} est nommé référent.")
        return redirect("person", person.pk)
    return _page(request, "referent", form=form, person=person, assignment=assignment)


def _page(request: Request, name: str, **context: Any) -> HttpResponse:
    """A gesture's own page: asked for, or sent and not accepted."""
    status = 200 if request.method == "GET" else 400
    return render(request, f"referrals/people/{name}.html", context, status=status)


def _refuse(form: TrackForm, error: DomainError) -> None:
    """What the designation refuses about the receiver stands on the team field of this form."""
    if "receiver_team" in error.fields:
        error.fields["designated_team"] = error.fields.pop("receiver_team")
    refuse(form, error)
