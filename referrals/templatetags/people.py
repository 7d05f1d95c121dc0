"""The rows of the list of people, drawn in one go: twenty-five rows of a template cost more than to read them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from hub.core.markup import fill, joined
from referrals.selectors.people import PersonLine

register = template.Library()
ROW = """
<tr id="personne-{0}">
  <th scope="row"><a href="{1}{0}/">{2}</a></th>
  <td class="nowrap" data-label="Naissance">{3}</td>
  <td data-label="Commune">{4}</td>
  <td data-label="Orientation">{5}</td>
  <td data-label="Référent">{6}</td>
  <td class="nowrap" data-label="À savoir">{7}</td>
</tr>"""


@register.simple_tag
def person_rows(lines: Iterable[PersonLine]) -> SafeString:
    """Each person: name, birth, commune, track, referent, and what one should know."""
    people = reverse("people")
    return joined(_row(people, line) for line in lines)


def _row(people: str, line: PersonLine) -> SafeString:
    born = f"{line.birth_date:%d/%m/%Y}" if line.birth_date else ""
    to_know = _to_know(bool(born and line.person.died_on), line.open_gap, line.open_referral)
    return fill(ROW, line.person.pk, people, line.name, born, line.place, line.track, line.referent, to_know)


@cache
def _to_know(closed: bool, gap: bool, referral: bool) -> str:
    return render_to_string("referrals/people/_to_know.html", {"closed": closed, "gap": gap, "referral": referral})
