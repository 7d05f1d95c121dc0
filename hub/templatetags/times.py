"""Dates as the French write them."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

DAYS = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")
MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
HOUR, DAY = 3600, 86_400
SPACE = "\u00a0"


def day(value: date | datetime) -> str:
    """ "lun. 23 nov. 2026", followed by ", 9 h 30" when there is a time (shown in France's time)."""
    local = timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value
    figure = "1er" if local.day == 1 else str(local.day)
    text = f"{DAYS[local.weekday()]} {figure} {MONTHS[local.month - 1]} {local.year}"
    return f"{text}, {clock(local)}" if isinstance(local, datetime) else text


def clock(value: datetime) -> str:
    """ "9 h 30", "14 h"."""
    minutes = f"{SPACE}{value.minute:02d}" if value.minute else ""
    return f"{value.hour}{SPACE}h{minutes}"


def relative(value: date | datetime, now: datetime) -> str:
    """ "à l'instant", "il y a 2 h", "hier", "dans 3 j", then the short date beyond a week."""
    if isinstance(value, datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else timezone.make_aware(value)
        seconds = (now - local).total_seconds()
        if abs(seconds) < HOUR or (abs(seconds) < DAY and local.date() == now.date()):
            return _within_a_day(seconds)
        value = local.date()
    return _days(value, (now.date() - value).days, now.year)


def _within_a_day(seconds: float) -> str:
    size = abs(seconds)
    if size < 60:
        return "à l'instant" if seconds >= 0 else "dans un instant"
    amount = f"{int(size // 60)}{SPACE}min" if size < HOUR else f"{int(size // HOUR)}{SPACE}h"
    return f"il y a {amount}" if seconds > 0 else f"dans {amount}"


def _days(value: date, ago: int, year: int) -> str:
    near = {0: "aujourd'hui", 1: "hier", -1: "demain"}
    if ago in near:
        return near[ago]
    if abs(ago) <= 7:
        return f"il y a {ago}{SPACE}j" if ago > 0 else f"dans {-ago}{SPACE}j"
    figure = "1er" if value.day == 1 else str(value.day)
    short = f"{figure} {MONTHS[value.month - 1]}"
    return short if value.year == year else f"{short} {value.year}"
