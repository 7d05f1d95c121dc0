"""Creating and keeping a person's file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.crypto import decrypt, encrypt, keyed_hash
from hub.core.errors import Conflict, Invalid, NotVisible
from hub.core.identifiers import BadIdentifier, caf_number, check_nir, pes_keys, phone, postcode
from hub.core.models import record_access
from hub.core.tabular import remark
from hub.core.text import first_name_keys, fold, name_key
from hub.core.topics import touch
from partners.models import Commune
from referrals.models import Appointment, Beneficiary, NationalNumber
from referrals.models.beneficiaries import NAME_KEY, SEARCH_KEY, SORT_KEY
from referrals.services.appointments.moot import cancel_moot
from referrals.services.campaigns.seats import leave_all_seats
from referrals.services.gaps import lapse_gaps
from referrals.services.moot_gaps import lapse_moot_gaps

EDITABLE = (
    "last_name",
    "birth_name",
    "first_names",
    "sex",
    "birth_date",
    "phone",
    "email",
    "address",
    "postcode",
    "city",
    "commune_id",
    "caf_fund",
    "caf_organization",
    "caf_number",
    "caf_role",
    "pes_id",
    "internal_id",
    "rights_state",
    "rights_opened_on",
    "subject_to_obligations",
)
SAFE_CONTACT = ("do_not_call", "do_not_write", "confidential_address", "contact_through")
KEYS = ("sort_key", "search_key", "last_key", "birth_key", "first_key", "first_full_key", "pes_keys", "territory_id")
DUPLICATE = "Une personne avec cet identifiant existe peut-être déjà. Le Département vérifie le doublon."
STALE = "Cette fiche a été modifiée entre-temps : relisez-la, puis refaites votre changement."


def fill_keys(person: Beneficiary) -> None:
    """Compute the search, sort and matching keys, and the territory, from what was typed (no query but the commune)."""
    last, birth = name_key(person.last_name), name_key(person.birth_name)
    first, first_full = first_name_keys(person.first_names)
    search = fold(f"{person.last_name} {person.birth_name} {person.first_names}")
    # Spelt out (Œ, ß), a name may be longer than what was typed: a key holds what its column does.
    person.last_key, person.birth_key = last[:NAME_KEY], birth[:NAME_KEY]
    person.first_key, person.first_full_key = first[:NAME_KEY], first_full[:NAME_KEY]
    person.sort_key, person.search_key = f"{last} {first_full}"[:SORT_KEY], search[:SEARCH_KEY]
    person.pes_keys = list(pes_keys(person.pes_id))
    person.territory_id = person.commune.territory_id if person.commune else None


@transaction.atomic
def create_beneficiary(actor: Actor, *, values: Mapping[str, Any], nir: str = "") -> Beneficiary:
    """Open a file. Raises `Invalid` with the fields at fault, `Conflict` when an identifier is already used."""
    require(actor, "person.create")
    person = Beneficiary(department_id=actor.department_id, created_at=actor.now, updated_at=actor.now)
    _assign(person, values, actor.today)
    try:
        with transaction.atomic():
            person.save()
            if nir:
                _write_nir(person, nir)
    except IntegrityError as error:
        raise Conflict(DUPLICATE, code="duplicate_person") from error
    record_access("created", subject=person)
    return person


@transaction.atomic
def update_beneficiary(
    actor: Actor,
    *,
    person: Beneficiary,
    values: Mapping[str, Any],
    nir: str = "",
    version: datetime | None = None,
) -> Beneficiary:
    """Change identity, contact, identifiers or rights; an empty NIR leaves the one kept.

    `version` is the `updated_at` the values were typed on: `Conflict` (`stale`) when the file changed since.
    """
    require(actor, "person.edit", person)
    person = Beneficiary.objects.select_for_update().get(pk=person.pk)
    if version is not None and version != person.updated_at:
        raise Conflict(STALE, code="stale")
    _assign(person, values, actor.today)
    person.updated_at = actor.now
    try:
        with transaction.atomic():
            person.save(update_fields=[*EDITABLE, *KEYS, "updated_at"])
            if nir:
                _write_nir(person, nir)
    except IntegrityError as error:
        raise Conflict(DUPLICATE, code="duplicate_person") from error
    lapse_moot_gaps(actor, [person.pk])
    touch(actor.department_id, "person", person.pk)
    return person


@transaction.atomic
def set_safe_contact(actor: Actor, *, person: Beneficiary, values: Mapping[str, Any]) -> None:
    """How to reach the person without putting her in danger; survives every import."""
    require(actor, "person.contact", person)
    for name in SAFE_CONTACT:
        setattr(person, name, values[name])
    person.updated_at = actor.now
    person.save(update_fields=[*SAFE_CONTACT, "updated_at"])
    touch(actor.department_id, "person", person.pk)


@transaction.atomic
def restrict_file(actor: Actor, *, person: Beneficiary, restricted: bool) -> None:
    """Keep the file to its referent and the heads."""
    require(actor, "person.edit", person)
    person.restricted, person.updated_at = restricted, actor.now
    person.save(update_fields=["restricted", "updated_at"])
    record_access("restricted" if restricted else "unrestricted", subject=person)


@transaction.atomic
def record_death(actor: Actor, *, person: Beneficiary, died_on: date) -> None:
    """Stop every letter, notice and follow-up, silently. Raises `Invalid` for a date to come."""
    require(actor, "person.edit", person)
    if died_on > actor.today:
        raise Invalid("Cette date est dans le futur.", fields={"died_on": "Cette date est dans le futur."})
    person.died_on, person.updated_at = died_on, actor.now
    person.save(update_fields=["died_on", "updated_at"])
    lapse_gaps(actor, beneficiary_ids=[person.pk], closing="died", silent=True)
    cancel_moot(actor, Appointment.objects.filter(beneficiary=person))
    leave_all_seats(actor, person.pk)


@transaction.atomic
def show_nir(actor: Actor, *, person: Beneficiary) -> str:
    """The NIR (13 characters), on demand and logged. Raises `Refused`, or `NotVisible` when none is kept."""
    require(actor, "person.nir", person)
    number = NationalNumber.objects.filter(beneficiary=person).first()
    record_access("nir_shown", subject=person)
    if number is None:
        raise NotVisible("Aucun NIR n'est enregistré pour cette personne.")
    return decrypt(bytes(number.cipher))


def _assign(person: Beneficiary, values: Mapping[str, Any], today: date) -> None:
    """Copy what was given, checked; raises `Invalid` naming each field."""
    problems: dict[str, str] = {}
    kept_opening = person.rights_opened_on  # an import may announce a right to come: only a new date is refused
    for name in EDITABLE:
        if name in values:
            setattr(person, name, values[name])
    for name in ("last_name", "first_names"):
        if not name_key(getattr(person, name)):
            problems[name] = "Ce champ est obligatoire."
    if person.birth_date and not (today.year - 130 <= person.birth_date.year and person.birth_date <= today):
        problems["birth_date"] = "Cette date de naissance n'est pas possible."
    opening = person.rights_opened_on
    if opening and opening != kept_opening and opening > today:
        problems["rights_opened_on"] = "Cette date est dans le futur."
    for name, check in (("phone", phone), ("postcode", postcode), ("caf_number", caf_number)):
        try:
            setattr(person, name, check(getattr(person, name)) or "")
        except BadIdentifier as bad:
            problems[name] = _sentence(bad.code)
    if person.pes_id and not pes_keys(person.pes_id):
        problems["pes_id"] = _sentence("ID_FT_FORMAT")
    if person.commune_id and not Commune.objects.filter(pk=person.commune_id).exists():
        problems["commune_id"] = "Cette commune n'est pas connue."
    if problems:
        raise Invalid("Certaines informations sont à corriger.", fields=problems)
    fill_keys(person)


def _sentence(code: str) -> str:
    """The sentence of a file remark, standing alone."""
    message = remark(code).message
    return f"{message[0].upper()}{message[1:]}."


def _write_nir(person: Beneficiary, raw: str) -> None:
    checked = check_nir(raw, sex=person.sex or None, birth_date=person.birth_date)
    if checked.nir13 is None:
        sentence = _sentence(checked.errors[0] if checked.errors else "NIR_FORMAT")
        raise Invalid(sentence, fields={"nir": sentence})
    write_nir(person.department_id, person.pk, checked.nir13)


def write_nir(department_id: UUID, beneficiary_id: UUID, nir13: str) -> None:
    """Keep a checked NIR, encrypted, with its keyed hash. Raises IntegrityError when another person has it."""
    number = NationalNumber.objects.filter(beneficiary_id=beneficiary_id).first()
    cipher, digest = encrypt(nir13), keyed_hash(nir13)
    if number is None:
        NationalNumber.objects.create(
            department_id=department_id, beneficiary_id=beneficiary_id, cipher=cipher, hash=digest
        )
    elif number.hash != digest:
        number.cipher, number.hash = cipher, digest
        number.save(update_fields=["cipher", "hash"])
