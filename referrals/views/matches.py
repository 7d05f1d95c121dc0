"""Who a doubtful line is: the queue across imports, two records side by side, the decision of a person."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hub.core.access import get_visible
from hub.core.errors import Conflict, Invalid
from hub.core.models import record_access
from partners.models import ImportRow
from partners.views.pages import UNPROCESSABLE, Request
from referrals.models import MatchDecision
from referrals.selectors.matches import match_list, match_record, recent_decisions
from referrals.services.matches import candidate, decide_match, revoke_decision

DECIDED = {
    "person": "Décision enregistrée : elle vaut aussi pour les mois suivants.",
    "nobody": "Décision enregistrée : cette ligne ne sera plus proposée.",
    "unsure": "Mise de côté : la ligne reste à rapprocher.",
}


@require_safe
def index(request: Request) -> HttpResponse:
    """Lines to decide on, latest file first, then what was decided."""
    page, doubts, total = match_list(request.actor, after=request.GET.get("after", ""))
    record_access("list", detail=f"matches {len(doubts)}")
    context = {"page": page, "doubts": doubts, "total": total, "decisions": recent_decisions(request.actor)}
    return render(request, "referrals/matches/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def record(request: Request, pk: UUID) -> HttpResponse:
    """One line beside each person it may be; a decision posted here is applied at once."""
    if request.method == "POST":
        return _decide(request, pk)
    return _record(request, pk)


@require_POST
def revoke(request: Request, pk: UUID) -> HttpResponse:
    """Take a decision back."""
    decision = get_visible(request.actor, MatchDecision, pk)
    try:
        revoke_decision(request.actor, decision=decision)
    except Conflict as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, "Décision annulée : la question sera posée à nouveau. Ce qui est appliqué le reste.")
    return redirect("matches")


def _decide(request: Request, pk: UUID) -> HttpResponse:
    row = get_visible(request.actor, ImportRow, pk, "job")
    answer, chosen = request.POST.get("answer", ""), request.POST.get("beneficiary", "")
    try:
        person = candidate(request.actor, UUID(chosen)) if answer == "person" and _is_id(chosen) else None
        decide_match(request.actor, row=row, answer=answer, beneficiary=person)
    except Invalid as error:
        return _record(request, pk, error=next(iter(error.fields.values()), error.message), status=UNPROCESSABLE)
    except Conflict as error:
        return _record(request, pk, error=error.message, status=error.status)
    messages.success(request, DECIDED[answer])
    return redirect("matches")


def _record(request: Request, pk: UUID, *, error: str = "", status: int = 200) -> HttpResponse:
    match = match_record(request.actor, pk)
    record_access("match_seen", subject=match.row.job)
    context = {"match": match, "row": match.row, "job": match.row.job, "error": error}
    return render(request, "referrals/matches/record.html", context, status=status)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
