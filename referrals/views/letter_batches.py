"""Many letters in one PDF: how far they are, and their pages."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from hub.core.access import get_visible
from hub.core.errors import NotVisible
from hub.core.models import record_access
from hub.core.topics import topic_token
from partners.views.pages import Request
from referrals.models import LetterBatch
from referrals.selectors.letters import campaign_of, held_lines
from referrals.services.letters.batches import batch_file, order_letters
from referrals.views.appointments import pdf_answer

NAME = "courriers.pdf"


@require_POST
def order(request: Request) -> HttpResponse:
    """Ask for the letters of the appointments of a page (`rendez-vous`, several times)."""
    try:
        asked = [UUID(given) for given in request.POST.getlist("rendez-vous")]
    except ValueError as error:
        raise NotVisible from error
    batch = order_letters(request.actor, appointments=asked, kind=request.POST.get("modele", ""))
    return redirect("letter_batch", batch.pk)


@require_safe
def record(request: Request, pk: UUID) -> HttpResponse:
    """Whether they are ready, and who is not among them and why."""
    batch = get_visible(request.actor, LetterBatch, pk)
    context = {
        "batch": batch,
        "campaign": campaign_of(request.actor, batch),
        "held": held_lines(request.actor, batch),
        "topic": topic_token("letter_batch", pk),
    }
    template = "_batch" if request.headers.get("X-Fragment") else "batch"
    return render(request, f"referrals/letters/{template}.html", context)


@require_safe
def print_all(request: Request, pk: UUID) -> HttpResponse:
    """The pages of all these letters."""
    batch = get_visible(request.actor, LetterBatch, pk)
    content = batch_file(request.actor, batch)
    record_access("printed", subject=batch, detail=f"letters: {batch.posted}")
    return pdf_answer(content, NAME)
