"""Onboarding by table: deposit, preview, apply, result."""

from __future__ import annotations

import hashlib
import io

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from hub.core.tabular import FileProblem, csv_lines
from partners.forms import OnboardingForm
from partners.imports.onboarding import COLUMNS, OnboardingLine, parse_onboarding
from partners.services.onboarding import apply_onboarding, kinds_by_name, plan_onboarding
from partners.views.pages import UNPROCESSABLE, Request

KEPT_SECONDS = 3600
MOST_SHOWN = 300
EXAMPLE = {
    "organization": "Épicerie solidaire (exemple)",
    "kind": "Association",
    "city": "Metz",
    "phone": "03 87 00 00 00",
    "territory": "Metz",
    "email": "prenom.nom@exemple.invalid",
    "first_name": "Prénom",
    "last_name": "NOM",
    "role": "Responsable",
    "functions": "Accompagnement, Publication de besoins de bénévolat",
}


def onboarding(request: Request) -> HttpResponse:
    """Deposit a table; the answer is what it would do. Nothing is applied, the file waits an hour."""
    form = OnboardingForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data: bytes = form.cleaned_data["file"].read()
        try:
            plan = plan_onboarding(request.actor, lines=_lines(data))
        except FileProblem as error:
            form.add_error("file", error.message)
        else:
            cache.set(_key(request), data, KEPT_SECONDS)
            context = {"plan": plan, "steps": plan.steps[:MOST_SHOWN], "digest": _digest(data), "applied": False}
            return render(request, "partners/onboarding_result.html", context)
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "partners/onboarding.html", {"form": form, "columns": COLUMNS}, status=status)


@require_POST
def onboarding_apply(request: Request) -> HttpResponse:
    """Apply the very file that was previewed; the next page lists what was done and every line that was not."""
    data = cache.get(_key(request))
    if data is None or _digest(data) != request.POST.get("digest"):
        messages.warning(request, "Ce fichier n'est plus en attente : déposez-le de nouveau. Rien n'a été appliqué.")
        return redirect("onboarding")
    done = apply_onboarding(request.actor, lines=_lines(data))
    cache.delete(_key(request))
    cache.set(_key(request, "done"), done, KEPT_SECONDS)
    return redirect("onboarding_done")


@require_safe
def onboarding_done(request: Request) -> HttpResponse:
    """What the table last applied has done, for an hour."""
    done = cache.get(_key(request, "done"))
    if done is None:
        return redirect("onboarding")
    context = {"plan": done, "steps": done.steps[:MOST_SHOWN], "applied": True}
    return render(request, "partners/onboarding_result.html", context)


@require_safe
def onboarding_model(request: Request) -> HttpResponse:
    """An empty table to fill in, with one example."""
    example = [EXAMPLE.get(name, "") for name in COLUMNS]
    body = "".join(csv_lines([titles[0].capitalize() for titles in COLUMNS.values()], [example]))
    response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="modele_organisations_membres.csv"'
    return response


def _lines(data: bytes) -> list[OnboardingLine]:
    return parse_onboarding(io.BytesIO(data), kinds=kinds_by_name())


def _key(request: Request, what: str = "file") -> str:
    return f"onboarding:{what}:{request.actor.membership_id}"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
