"""The rows of the list of people, drawn in one go: twenty-five rows of a template cost more than to read them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from hub.templatetags.pacte import tag
from referrals.selectors.people import PersonLine

register = template.Library()
ROW = """
<tr id="personne-{}">
  <th scope="row"><a href="{}{}/">{}</a></th>
  <td class="nowrap" data-label="Naissance">{}</td>
  <td data-label="Commune">{}</td>
  <td data-label="Orientation">{}</td>
  <td data-label="Référent">{}</td>
  <td class="nowrap" data-label="À savoir">{}</td>
</tr>"""


@register.simple_tag
def person_rows(lines: Iterable[PersonLine]) -> SafeString:
    """Each person: name, birth, commune, track, referent, and what one should know."""
    people = reverse("people")
    return format_html_join("", ROW, (_cells(people, line) for line in lines))


def _cells(people: str, line: PersonLine) -> tuple[str, ...]:
    pk, born = str(line.person.pk), line.birth_date
    birth = f"{born:%d/%m/%Y}" if born else ""
    closed = bool(born and line.person.died_on)
    to_know = _to_know(closed, line.open_gap, line.open_referral)
    return pk, people, pk, line.name, birth, line.place, line.track, line.referent, to_know


@cache
def _to_know(closed: bool, gap: bool, referral: bool) -> SafeString:
    marks = (
        tag("Dossier clos", "neutral", "archive") if closed else "",
        tag("Inscription à vérifier", "warning", "circle-alert") if gap else "",
        tag("Orientation en cours", "info", "send") if referral else "",
    )
    return format_html("{} {} {}", *marks)
