"""The directory as data·inclusion v1: for members what a search finds, for anybody what is marked public."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from hub.core.errors import Invalid
from partners.selectors.directory.asked import asked_by
from partners.selectors.directory.feed import exported, public_feed
from partners.views.pages import Request

SHOWN = {"ensure_ascii": False, "indent": 1}
HOUR = 3600


@require_safe
def directory_export(request: Request) -> HttpResponse:
    """What the search finds, as a file."""
    answer = JsonResponse(exported(request.actor, asked_by(request.GET)), json_dumps_params=SHOWN)
    answer["Content-Disposition"] = f'attachment; filename="repertoire_{request.actor.today:%Y-%m-%d}.json"'
    return answer


@require_safe
def public_directory(request: HttpRequest, code: str) -> HttpResponse:
    """Structures and services that organisations publish beyond the network, by pages of 500 (`next`)."""
    try:
        found, after = public_feed(code, after=request.GET.get("after", ""))
    except (ValidationError, ValueError) as error:
        raise Invalid("Ce lien de page n'est plus valable.", code="bad_cursor") from error
    following = f"{reverse('public_directory', args=[code])}?after={after}"
    shown = {**found, "next": request.build_absolute_uri(following) if after else None}
    answer = JsonResponse(shown, json_dumps_params=SHOWN)
    answer["Cache-Control"] = f"public, max-age={HOUR}"
    return answer
