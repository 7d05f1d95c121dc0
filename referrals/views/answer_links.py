"""The pages of a signed link: nothing personal before a code; then one card and two gestures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from hub.core.actor import Actor
from hub.core.errors import Conflict, DomainError, Invalid, NotVisible
from hub.core.gate import tenant
from partners.views.pages import Request
from referrals.forms.answer_links import OpenForm
from referrals.forms.fields import refuse
from referrals.forms.referrals import gesture_form
from referrals.gestures import BY_NAME
from referrals.models import AnswerLink, Nature
from referrals.selectors.answer_links import link_page, open_now
from referrals.services import answer_links as services
from referrals.tasks import deliver_answer_links

OPENING = "answer_opening"
PAGE = "referrals/answer_links/page.html"
Act = Callable[[HttpRequest, Actor, AnswerLink, str], HttpResponse]
View = Callable[..., HttpResponse]


def by_link(act: Act) -> View:
    """A view for whoever holds a link: opened in the name of its organisation, undone by any refusal.

    A member who is signed in goes to the referral itself; a text the product did not sign shows what a dead link shows.
    """

    @never_cache
    def view(request: HttpRequest, token: str, **named: str) -> HttpResponse:
        try:
            bearer = services.read_token(token)
            if request.actor is not None:  # type: ignore[attr-defined]
                return redirect("referral", bearer.referral_id)
            with tenant(services.guest(bearer, now=datetime.now(UTC))) as actor:
                return act(request, actor, services.get_link(actor, bearer.referral_id), token, **named)
        except NotVisible:
            return render(request, "referrals/answer_links/gone.html", status=404)

    view.__name__, view.__doc__ = act.__name__, act.__doc__
    return view


@require_safe
@by_link
def answer_link(request: HttpRequest, actor: Actor, link: AnswerLink, token: str) -> HttpResponse:
    """Where the link stands: a code to ask, to type, or the card."""
    return _page(request, actor, link, token)


@require_POST
@by_link
def link_code(request: HttpRequest, actor: Actor, link: AnswerLink, token: str) -> HttpResponse:
    """Have a code sent to the box."""
    try:
        services.ask_code(actor, link=link)
    except DomainError as error:
        return _page(request, actor, link, token, problem=error)
    transaction.on_commit(partial(_nudge, actor.department_id), robust=True)
    return redirect("answer_link", token)


@require_POST
@by_link
def link_open(request: HttpRequest, actor: Actor, link: AnswerLink, token: str) -> HttpResponse:
    """The code typed, with who types it. A wrong one is counted."""
    form = OpenForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, link, token, form=form)
    opened = services.enter_code(actor, link=link, **form.cleaned_data)
    if isinstance(opened, str):
        form.add_error("code", opened)
        return _page(request, actor, services.get_link(actor, link.referral_id), token, form=form)
    request.session.cycle_key()
    request.session[OPENING] = str(opened.pk)
    return redirect("answer_link", token)


@require_POST
@by_link
def link_act(request: HttpRequest, actor: Actor, link: AnswerLink, token: str, name: str = "") -> HttpResponse:
    """One of the two gestures."""
    opening = open_now(actor, link, _opening(request))
    if opening is None:
        return redirect("answer_link", token)
    if name not in services.GESTURES[Nature(link.referral.nature)]:
        raise NotVisible
    form = gesture_form(name, link.referral, request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                services.answer_by_link(actor, opening=opening, name=name, **form.cleaned_data)
            return redirect("answer_link", token)
        except Invalid as error:
            refuse(form, error)
        except Conflict as error:
            return _page(request, actor, link, token, problem=error)
    return _page(request, actor, link, token, refused={name: form})


@require_POST
@by_link
def link_take_back(request: HttpRequest, actor: Actor, link: AnswerLink, token: str) -> HttpResponse:
    """Undo the answer just given."""
    opening = open_now(actor, link, _opening(request))
    if opening is not None:
        try:
            with transaction.atomic():
                services.take_back_by_link(actor, opening=opening)
        except Conflict as error:
            return _page(request, actor, link, token, problem=error)
    return redirect("answer_link", token)


@require_POST
def link_renew(request: Request, pk: UUID) -> HttpResponse:
    """The sender has the mail sent again."""
    actor = request.actor
    services.renew_link(actor, link=services.get_link(actor, pk))
    transaction.on_commit(partial(_nudge, actor.department_id), robust=True)
    messages.success(request, "Un nouveau courriel part à la boîte du destinataire.")
    return redirect("referral", pk)


def _page(
    request: HttpRequest,
    actor: Actor,
    link: AnswerLink,
    token: str,
    *,
    form: OpenForm | None = None,
    refused: dict[str, object] | None = None,
    problem: DomainError | None = None,
) -> HttpResponse:
    page = link_page(actor, link, _opening(request))
    again = refused or {}
    gestures = [
        (BY_NAME[name], again.get(name) or gesture_form(name, page.referral))
        for name in services.GESTURES[Nature(page.referral.nature)]
    ]
    context = {
        "page": page,
        "referral": page.referral,
        "token": token,
        "form": form or OpenForm(),
        "gestures": gestures,
        "open": next(iter(again), ""),
        "problem": problem.message if problem else "",
    }
    bad = problem.status if problem else 422 if form or refused else 200
    return render(request, PAGE, context, status=bad)


def _opening(request: HttpRequest) -> UUID | None:
    kept = request.session.get(OPENING)
    return UUID(kept) if kept else None


def _nudge(department_id: UUID) -> None:
    """Wake a worker; when Redis is away the sweep finds the mail: nothing is lost."""
    deliver_answer_links.apply_async(args=[str(department_id)], retry=False)
