"""Positioning somebody on a session, saying what came of it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from collective_actions.forms.candidacies import BY_HERSELF, ContraryForm, PositionForm
from collective_actions.models import Candidacy
from collective_actions.selectors.candidacies import CONTRARY_BUTTONS, candidate_of, get_candidacy
from collective_actions.selectors.trainings import get_session
from collective_actions.services.candidacies.positioning import note_application, position, receiver_of, withdraw
from collective_actions.services.candidacies.results import CONTRARIES, FAVOURABLE, record_result
from hub.core.access import can, require
from hub.core.errors import Conflict, Invalid, NotVisible
from hub.core.models import record_access
from partners.views.pages import Request, form_page, gesture, submit
from referrals.selectors.known import known_people, name_in
from referrals.selectors.people import people_list


@require_http_methods(["GET", "HEAD", "POST"])
def position_new(request: Request, pk: UUID) -> HttpResponse:
    """First the person, by search; then how she comes to this session."""
    actor = request.actor
    session = get_session(actor, pk)
    require(actor, "candidacy.create")
    back = reverse("training_session", args=[pk])
    chosen = request.GET.get("pour", "")
    if not chosen:
        query = " ".join(request.GET.get("q", "").split())[:80]
        found = people_list(actor, {"q": query}).lines[:10] if query else []
        record_access("list", detail=f"candidates {len(found)}")
        context = {"session": session, "query": query, "found": found, "back": back}
        return render(request, "collective_actions/trainings/choose_person.html", context)
    person = candidate_of(actor, chosen)
    if not can(actor, "candidacy.create", person):
        raise NotVisible
    receiver = receiver_of(session)
    form = PositionForm(request.POST or None, receiver=str(receiver or ""))

    def act() -> Candidacy:
        said = form.cleaned_data
        if said["origin"] == BY_HERSELF:
            return note_application(actor, session=session, person=person)
        return position(actor, session=session, person=person, informed_on=said["informed_on"], note=said["note"])

    if made := submit(request, form, act):
        told = f"Candidature envoyée à {made.receiver}." if made.receiver_id else "Candidature notée."
        messages.success(request, told)
        return redirect("training_session", pk)
    name = name_in(known_people(actor, [person.pk]), person.pk)
    intro = f"{session.training.title}, {session.training.body}"
    return form_page(
        request, form, title=f"Positionner {name}", intro=intro, button="Positionner", cancel_url=back
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def candidacy_result(request: Request, pk: UUID, name: str) -> HttpResponse:
    """One tap for what went well; a contrary asks why."""
    actor = request.actor
    one = get_candidacy(actor, pk)
    if name not in (*FAVOURABLE, *CONTRARIES) or not can(actor, "candidacy.answer", one):
        raise NotVisible
    back = reverse("training_session", args=[one.session_id])
    if name in FAVOURABLE:
        if request.method == "POST":
            try:
                record_result(actor, candidacy=one, result=name)
            except (Conflict, Invalid) as error:
                messages.error(request, error.message)
            else:
                messages.success(request, f"C'est noté : {one.get_state_display().lower()}.")
        return redirect(back)
    form = ContraryForm(request.POST or None)
    if submit(request, form, lambda: record_result(actor, candidacy=one, result=name, **form.cleaned_data)):
        messages.success(request, f"C'est noté : {one.get_state_display().lower()}.")
        return redirect(back)
    known = name_in(known_people(actor, [one.beneficiary_id]), one.beneficiary_id)
    title = f"{known} : {CONTRARY_BUTTONS[name].lower()}"
    return form_page(request, form, title=title, intro=one.session.training.title, cancel_url=back)


@require_POST
def candidacy_withdraw(request: Request, pk: UUID) -> HttpResponse:
    """Whoever positioned takes it back."""
    actor = request.actor
    one = get_candidacy(actor, pk)
    if not can(actor, "candidacy.withdraw", one):
        raise NotVisible
    gesture(
        request,
        lambda: withdraw(actor, candidacy=one, note=request.POST.get("note", "") or "Retirée par le prescripteur"),
        "Candidature retirée.",
    )
    return redirect("training_session", one.session_id)
