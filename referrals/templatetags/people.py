"""The rows of the list of people, drawn in one go: twenty-five rows of a template cost more than to read them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from html import escape

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from hub.templatetags.pacte import tag
from referrals.selectors.people import PersonLine

register = template.Library()


@register.simple_tag
def person_rows(lines: Iterable[PersonLine]) -> SafeString:
    """Each person: name, birth, commune, track, referent, and what one should know."""
    people = reverse("people")
    return SafeString("".join(_row(people, line) for line in lines))


def _row(people: str, line: PersonLine) -> str:
    pk, born = line.person.pk, line.birth_date
    closed = bool(born and line.person.died_on)
    return f"""
<tr id="personne-{pk}">
  <th scope="row"><a href="{people}{pk}/">{escape(line.name)}</a></th>
  <td class="nowrap" data-label="Naissance">{f"{born:%d/%m/%Y}" if born else ""}</td>
  <td data-label="Commune">{escape(line.place)}</td>
  <td data-label="Orientation">{escape(line.track)}</td>
  <td data-label="Référent">{escape(line.referent)}</td>
  <td class="nowrap" data-label="À savoir">{_to_know(closed, line.open_gap, line.open_referral)}</td>
</tr>"""


@cache
def _to_know(closed: bool, gap: bool, referral: bool) -> SafeString:
    marks = (
        tag("Dossier clos", "neutral", "archive") if closed else "",
        tag("Inscription à vérifier", "warning", "circle-alert") if gap else "",
        tag("Orientation en cours", "info", "send") if referral else "",
    )
    return format_html("{} {} {}", *marks)
