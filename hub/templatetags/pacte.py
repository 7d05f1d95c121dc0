"""The words and signs every page uses: icons, states, dates, numbers, telephone links."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import phonenumbers
from django import template
from django.template.context import Context
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from hub.core.identifiers import spoken_phone
from hub.templatetags import icons, states, times

register = template.Library()
NARROW_SPACE = "\u202f"


@register.simple_tag(name="icon")
def icon_tag(name: str, size: int = 18) -> SafeString:
    """An inline lucide icon, hidden from screen readers: the text beside it says the same."""
    return icons.svg(name, size)


@register.simple_tag
def state(obj: Any, field: str = "state") -> SafeString:
    """The state of an object as text, icon and colour; `field` when it is not called `state`."""
    look = states.look(obj._meta.model_name, str(getattr(obj, field)))
    return _mark(getattr(obj, f"get_{field}_display")(), look.tone, look.icon)


@register.simple_tag
def tag(label: str, tone: str = "neutral", icon: str = "") -> SafeString:
    """A free mark in the same dress as a state, for what is computed ("En retard", "Sensible")."""
    return _mark(label, tone, icon or states.TONE_ICONS[tone])


@register.simple_tag
def month_mark(code: str) -> SafeString:
    """The small square of one month of a person's registration; its words stand beside it."""
    look = states.look("registrationmonth", code)
    return format_html('<span class="month-mark tone-{}">{}</span>', look.tone, icons.svg(look.icon, 14))


def _mark(label: str, tone: str, icon: str) -> SafeString:
    """Text, icon and colour together. Lists draw dozens of them: a template each would cost more than their rows."""
    return format_html('<span class="state tone-{}">{}{}</span>', tone, icons.svg(icon, 14), label)


@register.inclusion_tag("_th.html", takes_context=True)
def sort_header(context: Context, key: str, label: str, default: str = "") -> dict[str, Any]:
    """A sortable column title; the order lives in the URL (`?order=key`, `-key` when descending).

    `default` is the order used without parameter.
    """
    request = context["request"]
    order = request.GET.get("order", default)
    directions = {key: "ascending", f"-{key}": "descending"}
    return {
        "request": request,
        "label": label,
        "direction": directions.get(order, ""),
        "target": f"-{key}" if order == key else key,
    }


@register.filter
def when(value: date | datetime | None) -> SafeString | str:
    """How long ago or in how long, with the full date in `title`."""
    if value is None:
        return ""
    full = times.day(value)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', value.isoformat(), full, times.relative(value, timezone.localtime())
    )


@register.filter
def day(value: date | datetime | None) -> SafeString | str:
    """The full date: lun. 23 nov. 2026, 9 h 30."""
    if value is None:
        return ""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), times.day(value))


@register.filter
def month_short(value: date) -> str:
    """ "oct.", the month alone."""
    return times.MONTHS[value.month - 1]


@register.filter
def number(value: float | Decimal | None) -> str:
    """French spacing: 30 000 ; 12,5."""
    if value is None:
        return ""
    return f"{value:,}".replace(",", NARROW_SPACE).replace(".", ",")


@register.filter
def tel(value: str) -> SafeString | str:
    """A telephone link in national writing; left as it was given when it is not a number."""
    try:
        parsed = phonenumbers.parse(value or "", "FR")
    except phonenumbers.NumberParseException:
        return value or ""
    if not phonenumbers.is_possible_number(parsed):
        return value
    shown = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    dialled = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return format_html('<a href="tel:{}">{}</a>', dialled, shown)


@register.filter
def spoken(value: str) -> str:
    """A kept number as one dials it in France, without a link: of somebody who must not be called."""
    return spoken_phone(value or "")


@register.filter
def undo_url(extra_tags: str) -> str:
    """The address that undoes what a message announces: `messages.success(…, extra_tags=f"undo:{url}")`."""
    return extra_tags.removeprefix("undo:") if extra_tags and extra_tags.startswith("undo:/") else ""


@register.filter
def of_month(month: date) -> str:
    """A month after what is of it: "de mars 2026", "d'octobre 2026"."""
    said = date_format(month, "F Y")
    return f"d'{said}" if said[0] in "ao" else f"de {said}"


# Labels of states as they are written after a number above one; the others do not change.
AGREED = {
    "Créneau proposé": "créneaux proposés",
    "Date déplacée": "dates déplacées",
    "Issue à noter": "issues à noter",
    "N'a pas eu lieu": "n'ont pas eu lieu",
    "Personne non trouvée": "personnes non trouvées",
} | {
    one: f"{one.lower()}s"
    for one in (
        "Annulée", "Convoquée", "Excusée", "Inchangée", "Modifiée", "Nouvelle", "Passée", "Reconnue",
        "Rejetée", "Venue",
    )
}  # fmt: skip


@register.filter
def agree(label: str, count: int) -> str:
    """`{{ "Reconnue"|agree:117 }}` gives "reconnues": the label of a state after the number of those in it."""
    plain = label[:1].lower() + label[1:]
    return AGREED.get(label, plain) if count >= 2 else plain


@register.filter
def plural(count: int, forms: str) -> str:
    """`{{ 3|plural:"personne,personnes" }}` gives "3 personnes"; in French zero is singular."""
    one, many = forms.split(",")
    return f"{number(count)} {many if count >= 2 else one}"
