"""Settings of registration: which motives alert, which lists a Département waits for every month."""

from __future__ import annotations

import re

from django.db import transaction

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Invalid
from partners.models import Territory
from partners.models.files import ImportKind
from partners.services.foresight import refresh_waiting
from referrals.imports.codes import CEASED, EXIT_CODES, STRUCK_OFF
from referrals.models import ExitCode, ExpectedList

RULE = "registration.settings"
AGENCY = re.compile(r"[0-9A-Z]{1,5}", re.ASCII)


@transaction.atomic
def seed_exit_codes(actor: Actor) -> int:
    """Add the known motives that are not in the table yet; what the Département changed stays. Returns how many."""
    require(actor, RULE)
    known = set(ExitCode.objects.filter(department_id=actor.department_id).values_list("code", flat=True))
    missing = [one for one in EXIT_CODES if one.code not in known]
    ExitCode.objects.bulk_create(
        ExitCode(
            department_id=actor.department_id, code=one.code, label=one.label, nature=one.nature, alerting=one.alerting
        )
        for one in missing
    )
    refresh_waiting(actor, ImportKind.REGISTRATION)
    return len(missing)


@transaction.atomic
def add_exit_code(actor: Actor, *, code: str, label: str, nature: str, alerting: bool) -> ExitCode:
    """A motive the table does not know. Raises `Invalid` when it does."""
    require(actor, RULE)
    code = code.strip().upper()
    if ExitCode.objects.filter(department_id=actor.department_id, code=code).exists():
        raise Invalid(fields={"code": "Ce code est déjà dans la table : modifiez sa ligne."})
    _check(label, nature)
    refresh_waiting(actor, ImportKind.REGISTRATION)
    return ExitCode.objects.create(
        department_id=actor.department_id, code=code, label=label.strip(), nature=nature, alerting=alerting
    )


@transaction.atomic
def edit_exit_code(actor: Actor, *, known: ExitCode, label: str, nature: str, alerting: bool) -> ExitCode:
    """Change what a motive means, for the lists applied from now on; those that wait are looked at again."""
    require(actor, RULE)
    _check(label, nature)
    known.label, known.nature, known.alerting = label.strip(), nature, alerting
    known.save(update_fields=["label", "nature", "alerting"])
    refresh_waiting(actor, ImportKind.REGISTRATION)
    return known


@transaction.atomic
def add_expected_list(
    actor: Actor, *, label: str, territory: Territory | None = None, agencies: str = ""
) -> ExpectedList:
    """Wait for one more list every month; `agencies` are the codes it contains, in one text.

    Raises `Invalid` when one bears that name, or when a code is not one.
    """
    require(actor, RULE)
    label = label.strip()
    if not label:
        raise Invalid(fields={"label": "Indiquez un nom."})
    if territory and territory.department_id != actor.department_id:
        raise Invalid(fields={"territory": "Ce territoire n'est pas connu."})
    if ExpectedList.objects.filter(department_id=actor.department_id, label=label).exists():
        raise Invalid(fields={"label": "Une liste porte déjà ce nom : réactivez-la si besoin."})
    codes = re.split(r"[\s,;]+", agencies.strip().upper()) if agencies.strip() else []
    if any(not AGENCY.fullmatch(code) for code in codes):
        raise Invalid(fields={"agencies": "Écrivez des codes d'agence (5 caractères au plus), séparés par un espace."})
    return ExpectedList.objects.create(
        department_id=actor.department_id, label=label, territory=territory, agencies=sorted(set(codes))
    )


@transaction.atomic
def expect_list(actor: Actor, *, expected: ExpectedList, active: bool) -> ExpectedList:
    """Wait for a list again, or no longer."""
    require(actor, RULE)
    expected.active = active
    expected.save(update_fields=["active"])
    return expected


def _check(label: str, nature: str) -> None:
    problems = {}
    if not label.strip():
        problems["label"] = "Indiquez un libellé."
    if nature not in (CEASED, STRUCK_OFF):
        problems["nature"] = "Choisissez dans la liste."
    if problems:
        raise Invalid(fields=problems)
