"""Joint sessions, for whoever sits beside the Département: when, where, how many people; names only of open files."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hub.core.models import record_access
from hub.core.topics import topic_token
from partners.views.pages import Request
from referrals.selectors.joint_sessions import joint_session, joint_sessions


@require_safe
def index(request: Request) -> HttpResponse:
    """The joint sessions to come."""
    return render(request, "referrals/appointments/joint_sessions.html", {"slots": joint_sessions(request.actor)})


@require_safe
def record(request: Request, pk: UUID) -> HttpResponse:
    """One joint session."""
    found = joint_session(request.actor, pk)
    record_access("seen", subject=found.slot, detail=f"joint session: {len(found.lines)}")
    context = {"found": found, "slot": found.slot, "topic": topic_token("slot", pk)}
    template = "_joint_session" if request.headers.get("X-Fragment") else "joint_session"
    return render(request, f"referrals/appointments/{template}.html", context)
