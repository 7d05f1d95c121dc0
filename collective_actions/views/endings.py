"""Ends of trainings: the board, one follow-up, its gestures, the delays."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from collective_actions.forms.endings import BoardFilter, InterviewForm
from collective_actions.models import Interview, Trainee
from collective_actions.selectors.endings import STATES, board, delay_file, ending_record
from collective_actions.selectors.endings import delays as delays_of
from collective_actions.services.endings.following import call_back, not_now, record_interview, take_charge
from hub.core.access import get_visible
from hub.core.back import page_before
from hub.core.models import record_access
from hub.core.topics import topic_token
from partners.views.pages import UNPROCESSABLE, Request, gesture, submit


@require_safe
def endings(request: Request) -> HttpResponse:
    """Who ends soon, who is to be seen, who was."""
    form = BoardFilter(request.GET or None, actor=request.actor)
    found = board(request.actor, **form.asked(), after=request.GET.get("after", ""))
    record_access("list", detail=f"training ends {len(found.lines)}")
    tabs = [(code, label, found.counts[code]) for code, label in STATES.items()]
    topic = topic_token("training_ends", request.actor.department_id)
    context = {"found": found, "form": form, "tabs": tabs, "topic": topic}
    return render(request, "collective_actions/endings/board.html", context)


@require_safe
def ending(request: Request, pk: UUID) -> HttpResponse:
    """One follow-up: how to reach her, what was done, the interview to record."""
    return _record(request, pk, InterviewForm(initial={"on": request.actor.today}))


@require_POST
def take(request: Request, pk: UUID) -> HttpResponse:
    """I am in charge of her."""
    return _done(request, pk, lambda one: take_charge(request.actor, trainee=one), "Vous la prenez en charge.")


@require_POST
def again(request: Request, pk: UUID) -> HttpResponse:
    """To be called back in two open days."""
    return _done(request, pk, lambda one: call_back(request.actor, trainee=one), "À rappeler dans deux jours ouvrés.")


@require_POST
def later(request: Request, pk: UUID) -> HttpResponse:
    """She asks for time."""
    return _done(request, pk, lambda one: not_now(request.actor, trainee=one), "Noté : à rappeler dans deux semaines.")


@require_POST
def placed(request: Request, pk: UUID) -> HttpResponse:
    """She works: in one gesture."""

    def write(one: Trainee) -> object:
        return record_interview(request.actor, trainee=one, on=request.actor.today, result=Interview.PLACED.value)

    return _done(request, pk, write, "Noté : en emploi. Ce suivi est clos.")


@require_POST
def interview(request: Request, pk: UUID) -> HttpResponse:
    """The interview that closes the follow-up."""
    trainee = get_visible(request.actor, Trainee, pk)
    form = InterviewForm(request.POST)
    done = submit(
        request, form, lambda: record_interview(request.actor, trainee=trainee, **form.cleaned_data)
    )  # fmt: skip
    if done is None:
        return _record(request, pk, form)
    messages.success(request, "Entretien enregistré : ce suivi est clos.")
    return redirect("training_end", pk)


@require_safe
def delays(request: Request) -> HttpResponse:
    """Days from the end of a training to the interview."""
    return render(request, "collective_actions/endings/delays.html", {"places": delays_of(request.actor)})


@require_safe
def delays_csv(request: Request) -> HttpResponse:
    """The same for a spreadsheet."""
    name, content = delay_file(request.actor)
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _record(request: Request, pk: UUID, form: InterviewForm) -> HttpResponse:
    found = ending_record(request.actor, pk)
    record_access("read", subject=found.line.trainee)
    return render(
        request,
        "collective_actions/endings/record.html",
        {"record": found, "line": found.line, "form": form},
        status=UNPROCESSABLE if form.errors else 200,
    )


def _done(request: Request, pk: UUID, write: Callable[[Trainee], object], said: str) -> HttpResponse:
    """Do it, say it, go back where one was."""
    gesture(request, lambda: write(get_visible(request.actor, Trainee, pk)), said)
    return redirect(page_before(request) or "training_ends")
