"""Members of an organisation: what they do, opening and closing their access."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hub.core.access import can
from hub.core.pages import paginate
from partners.forms import MemberForm
from partners.forms.accounts import AbsenceForm
from partners.models import Membership, Organization
from partners.selectors.access import INVITATION_ORDER, MEMBER_ORDER, invitations, members
from partners.selectors.accounts import absences_of
from partners.services import members as services
from partners.services.absences import declare_absence
from partners.views.pages import UNPROCESSABLE, Request, find, form_page, submit

PAGE = 25
MOST_INVITATIONS = 50


@require_safe
def member_index(request: Request, pk: UUID) -> HttpResponse:
    actor = request.actor
    organization = find(actor, Organization, pk, "member.list", "kind")
    found = members(actor, organization=str(pk))
    page = paginate(found, order=MEMBER_ORDER, after=request.GET.get("after", ""), size=PAGE)
    context = {
        "organization": organization,
        "page": page,
        "total": found.count(),
        "manageable": {member.pk for member in page.rows if can(actor, "member.manage", member)},
        "invitations": invitations(actor, organization=str(pk)).order_by(*INVITATION_ORDER)[:MOST_INVITATIONS],
        "now": actor.now,
    }
    return render(request, "partners/members.html", context)


def member_edit(request: Request, pk: UUID) -> HttpResponse:
    actor = request.actor
    member = find(actor, Membership, pk, "member.manage", "user", "organization", "team")
    initial = {
        "team": member.team,
        "role": member.role,
        "functions": member.functions,
        "territories": member.territories.all(),
        "working_days": member.working_days,
    }
    form = MemberForm(
        request.POST or None, initial=initial, actor=actor, organization=member.organization, held=member.functions
    )
    back = reverse("members", args=[member.organization_id])
    if submit(request, form, lambda: services.change_member(actor, membership=member, **form.cleaned_data)):
        messages.success(request, f"Les droits de {member.user} sont enregistrés.")
        return redirect(back)
    intro = f"{member.user.email} · {member.organization.name}"
    return form_page(
        request,
        form,
        title=f"Droits de {member.user}",
        cancel_url=back,
        intro=intro,
        template="partners/member.html",
        extra={"member": member},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def member_absences(request: Request, pk: UUID) -> HttpResponse:
    """When somebody one manages is away, and who stands in."""
    actor = request.actor
    member = find(actor, Membership, pk, "member.manage", "user", "organization", "team")
    form = AbsenceForm(request.POST or None, actor=actor, away=member)
    if submit(request, form, lambda: declare_absence(actor, member=member, **form.cleaned_data)):
        messages.success(request, f"Absence notée : ce qui attend {member.user} sera aussi dit à qui remplace.")
        return redirect("member_absences", pk)
    context = {"member": member, "form": form, "absences": absences_of(actor, member.pk)}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "partners/member_absences.html", context, status=status)


@require_POST
def member_deactivate(request: Request, pk: UUID) -> HttpResponse:
    member = find(request.actor, Membership, pk, "member.manage", "user", "organization")
    services.deactivate_member(request.actor, membership=member)
    messages.success(request, f"{member.user} n'a plus accès au nom de {member.organization}.")
    return redirect("members", member.organization_id)


@require_POST
def member_reactivate(request: Request, pk: UUID) -> HttpResponse:
    member = find(request.actor, Membership, pk, "member.manage", "user", "organization")
    services.reactivate_member(request.actor, membership=member)
    messages.success(request, f"{member.user} a de nouveau accès au nom de {member.organization}.")
    return redirect("members", member.organization_id)
