"""What letters put on shared screens: a person's timeline."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from hub.core.access import visible
from hub.core.actor import Actor
from hub.core.slots import TimelineEntry, provide
from referrals.models import Letter
from referrals.selectors.files import PersonFile

MOST = 50  # entries of one provider


@provide("person.timeline")
def letters_sent(actor: Actor, file: PersonFile) -> Iterator[TimelineEntry]:
    """What was written to the person; nothing about a sensitive referral: the file may be read over a shoulder."""
    if not file.supported:
        return
    found = visible(actor, Letter).filter(beneficiary=file.person, appointment__sensitive=False)
    for one in found.select_related("made_by").order_by("-made_at")[:MOST]:
        yield TimelineEntry(
            at=one.made_at,
            title=f"Courrier : {one.get_kind_display().lower()}",
            detail=one.get_channel_display(),
            by=str(one.made_by or ""),
            url=reverse("letter", args=[one.pk]),
            icon="mail",
        )
