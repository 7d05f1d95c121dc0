"""Writing a referral from the person's file; proposing a better place for one received."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Confirmation, Conflict, Invalid, InvalidTransition, NotVisible
from partners.models import Organization
from partners.views.pages import Request
from referrals.forms.fields import refuse
from referrals.forms.referrals import ComposeForm, NoteForm
from referrals.models import Beneficiary, Referral
from referrals.selectors.files import get_person
from referrals.selectors.journal import may_retry, referral_record
from referrals.selectors.known import known_people
from referrals.selectors.receivers import (
    alternatives_to,
    duplicates,
    get_receiver,
    search_receivers,
    services_of,
    teams_of,
    warnings_about,
)
from referrals.selectors.suggested import need_answered
from referrals.services.referrals import (
    draft_referral,
    get_referral,
    propose_redirect,
    revise_draft,
    send_referral,
)

FOUND = "referrals/referrals/_found.html"
ASKED = ("need", "note")
DRAFT_FIELDS = (*ASKED, "receiver_team", "service", "informed_on")


@require_http_methods(["GET", "POST"])
def referral_compose(request: Request, pk: UUID) -> HttpResponse:
    """First the receiver, by search; then the referral itself, saved or sent."""
    actor = request.actor
    person = get_person(actor, pk)
    require(actor, "referral.compose", person)
    draft = _draft(actor, request.GET.get("draft", ""), person)
    former = draft.previous if draft else _former(actor, request.GET.get("after", ""), person)
    chosen = str(draft.receiver_id) if draft else request.GET.get("to", "")
    context: dict[str, Any] = {"person": person, "name": _name(actor, person), "former": former}
    if not chosen:
        if former and not request.GET.get("q"):
            context["alternatives"] = alternatives_to(actor, former)
        return _choose(request, context, "referrals/referrals/choose.html")
    receiver = get_receiver(actor, chosen)
    need = need_answered(actor, person, request.GET.get("service", ""))
    form = _compose_form(request, actor, receiver, draft or former, need)
    context |= {"receiver": receiver, "warnings": warnings_about(actor, receiver), "form": form, "draft": draft}
    if request.method == "GET":
        form.ask_duplicate_reason(required=False)
        return render(request, "referrals/referrals/compose.html", context)
    return _write(request, actor, person, receiver, form, draft, context)


@require_http_methods(["GET", "POST"])
def referral_redirect(request: Request, pk: UUID) -> HttpResponse:
    """The receiver knows a better place: search it, say why; the sender will confirm."""
    actor = request.actor
    record = referral_record(actor, pk)
    subject = record.referral
    require(actor, "referral.answer", subject)
    context: dict[str, Any] = {"referral": subject, "name": record.person_name}
    chosen = request.GET.get("to", "")
    if not chosen:
        excluded = (subject.receiver_id, subject.sender_id)
        return _choose(request, context, "referrals/referrals/redirect_choose.html", but=excluded)
    target = get_receiver(actor, chosen)
    form = NoteForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            propose_redirect(actor, referral=get_referral(actor, pk), to=target, note=form.cleaned_data["note"])
        except InvalidTransition as error:
            messages.error(request, error.message)
            return redirect("referral", pk)
        except Invalid as error:
            refuse(form, error)
            status = error.status
        else:
            messages.success(request, f"{subject.sender} est prévenu de votre proposition.")
            return redirect("referral", pk)
    context |= {"form": form, "receiver": target, "warnings": warnings_about(actor, target)}
    return render(request, "referrals/referrals/redirect.html", context, status=status)


def _choose(request: Request, context: dict[str, Any], template: str, *, but: tuple[UUID, ...] = ()) -> HttpResponse:
    """The search of a receiver: a page, or its results alone while one types."""
    query = " ".join(request.GET.get("q", "").split())[:100]
    actor = request.actor
    context |= {"query": query, "found": search_receivers(actor, query, but=but)}
    typing = request.headers.get("HX-Request") or request.headers.get("X-Fragment")
    return render(request, FOUND if typing else template, context)


def _compose_form(
    request: Request, actor: Actor, receiver: Organization, model: Referral | None, need: str
) -> ComposeForm:
    """Filled from a draft; from a former referral, what is asked alone; else with the need the service answers."""
    initial: dict[str, Any] = {"informed_on": None, "service": request.GET.get("service"), "need": need}
    if model:
        kept = DRAFT_FIELDS if model.state == "draft" else ASKED
        initial |= {name: getattr(model, name) for name in kept}
    return ComposeForm(
        request.POST or None,
        initial=initial,
        actor=actor,
        receiver=receiver,
        teams=teams_of(actor, receiver),
        services=services_of(actor, receiver),
    )


def _write(
    request: Request,
    actor: Actor,
    person: Beneficiary,
    receiver: Organization,
    form: ComposeForm,
    draft: Referral | None,
    context: dict[str, Any],
) -> HttpResponse:
    sending = request.POST.get("action") != "draft"
    if not form.is_valid():
        form.ask_duplicate_reason(required=bool(request.POST.get("duplicate_reason")))
        return render(request, "referrals/referrals/compose.html", context, status=400)
    values = dict(form.cleaned_data)
    reason = values.pop("duplicate_reason", "")
    try:
        if draft:
            subject = revise_draft(actor, referral=draft, **values)
        else:
            subject = draft_referral(actor, person=person, receiver=receiver, previous=context["former"], **values)
        if sending:
            send_referral(actor, referral=subject, duplicate_reason=reason)
    except Confirmation as error:
        refuse(form, Invalid(error.message, fields={"duplicate_reason": error.message}))
        context["duplicates"] = duplicates(actor, person, receiver, values.get("service"))
        return render(request, "referrals/referrals/compose.html", context, status=error.status)
    except (Invalid, Conflict) as error:
        form.ask_duplicate_reason(required=bool(reason))
        refuse(form, error)
        return render(request, "referrals/referrals/compose.html", context, status=error.status)
    messages.success(request, f"Orientation envoyée à {receiver}." if sending else "Brouillon enregistré.")
    return redirect("referral", subject.pk)


def _draft(actor: Actor, key: str, person: Beneficiary) -> Referral | None:
    """The draft to go on with; raises `NotVisible` when there is none by that name."""
    if not key:
        return None
    try:
        draft = get_referral(actor, UUID(key))
    except ValueError as error:
        raise NotVisible from error
    if draft.beneficiary_id != person.pk or draft.sender_id != actor.organization_id:
        raise NotVisible
    if draft.state != "draft":
        raise InvalidTransition("Cette orientation est déjà envoyée.", state=draft.state, transition="send")
    return draft


def _former(actor: Actor, key: str, person: Beneficiary) -> Referral | None:
    """The ended referral this one follows; raises `NotVisible` for another person's or another's."""
    if not key:
        return None
    try:
        former = get_referral(actor, UUID(key))
    except ValueError as error:
        raise NotVisible from error
    if former.beneficiary_id != person.pk or not may_retry(actor, former):
        raise NotVisible
    return former


def _name(actor: Actor, person: Beneficiary) -> str:
    known = known_people(actor, [person.pk])
    return known[person.pk].name
