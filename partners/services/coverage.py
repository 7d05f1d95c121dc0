"""What a list covers: the month, the territory, complete or events; proposed from the file, stated by a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid
from partners.importers import IMPORTERS
from partners.models import ImportJob, Territory
from partners.models.files import ImportState, ListNature
from partners.services.columns import MENDABLE, analyse_again

COVERAGE = ("month", "territory", "nature", "sheet")


@transaction.atomic
def change_coverage(actor: Actor, *, job: ImportJob, **said: Any) -> ImportJob:
    """A person says what a list covers (`month`, `territory`, `nature`, `sheet`; only those that change): its file is
    analysed again, and the rest stays as proposed.

    Raises `Conflict` once confirmed or given up, `Invalid` for a month to come or another Département's territory.
    """
    require(actor, "import.confirm", job)
    job = ImportJob.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if job.state not in MENDABLE:
        raise Conflict(f"Cet import est « {job.get_state_display()} ».", code="invalid_transition")
    said = _checked(actor, job, said)
    for name, value in said.items():
        setattr(job, name, value)
    job.stated = sorted({*job.stated, *said})
    analyse_again(actor, job)
    return job


@transaction.atomic
def look_again(actor: Actor, *, job: ImportJob) -> bool:
    """Analyse the file anew when what its analysis looked at has changed since (people, lists); whether it was needed.

    Raises `Conflict` once confirmed or given up.
    """
    require(actor, "import.confirm", job)
    job = ImportJob.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if job.state not in MENDABLE:
        raise Conflict(f"Cet import est « {job.get_state_display()} ».", code="invalid_transition")
    if not IMPORTERS[job.kind].is_stale(actor, job):
        return False
    analyse_again(actor, job)
    return True


def differences(job: ImportJob, said: Mapping[str, Any]) -> dict[str, Any]:
    """What a person says that is not what the job holds."""
    return {name: value for name, value in said.items() if value != getattr(job, name)}


def stated_fields(month: date | None, territory: Territory | None, nature: str, whole: bool) -> list[str]:
    """What a person stated when bringing a list; the nature goes with the place: no territory is then everywhere."""
    said = {"month": month is not None, "territory": bool(territory or whole or nature), "nature": bool(nature)}
    return sorted(name for name, is_said in said.items() if is_said)


def check_coverage(actor: Actor, month: date | None, territory: Territory | None, nature: str) -> date | None:
    """The first day of the month. Raises `Invalid` for what cannot be."""
    problems = {}
    if month is not None and month > actor.today:
        problems["month"] = "Ce mois n'a pas encore commencé."
    if nature and nature not in ListNature.values:
        problems["nature"] = "Indiquez si la liste est complète ou ne contient que des événements."
    if territory and territory.department_id != actor.department_id:
        problems["territory"] = "Ce territoire n'est pas connu."
    if problems:
        raise Invalid("Certaines informations sont à corriger.", fields=problems)
    return month.replace(day=1) if month else None


def refuse_unsaid(job: ImportJob) -> None:
    """Raises `Invalid` for a list whose month nothing told, before it is applied."""
    if IMPORTERS[job.kind].is_list and job.month is None:
        raise Invalid(fields={"month": "Indiquez le mois de la liste : rien dans le fichier ne le dit."})


def is_waiting(job: ImportJob) -> bool:
    """May what it covers still be changed?"""
    return IMPORTERS[job.kind].is_list and job.state == ImportState.ANALYSED


def _checked(actor: Actor, job: ImportJob, said: Mapping[str, Any]) -> dict[str, Any]:
    known = COVERAGE if IMPORTERS[job.kind].is_list else ("sheet",)
    if unknown := [name for name in said if name not in known]:
        raise Invalid(fields=dict.fromkeys(unknown, "Ce fichier n'est pas une liste d'inscription."))
    if not said:
        raise Invalid("Indiquez ce qui change.")
    kept = dict(said)
    if "nature" in said and not said["nature"]:
        raise Invalid(fields={"nature": "Indiquez si la liste est complète ou ne contient que des événements."})
    month = check_coverage(actor, said.get("month"), said.get("territory"), said.get("nature", ""))
    if "month" in said and month is None:
        raise Invalid(fields={"month": "Indiquez le mois de la liste."})
    if "month" in said:
        kept["month"] = month
    if "sheet" in said and said["sheet"] not in sheets_of(job):
        raise Invalid(fields={"sheet": "Cette feuille n'existe pas dans le classeur."})
    return kept


def sheets_of(job: ImportJob) -> list[str]:
    """The sheets of its workbook, the one read first; empty for any other file."""
    sheet: str = job.survey.get("sheet", "")
    others: Iterable[str] = job.survey.get("others", [])
    return [sheet, *others] if sheet else []
