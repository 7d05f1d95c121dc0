"""Organisations of the network: their identity, their teams, what they offer, when they close."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid
from hub.core.text import fold
from partners.models import ClosingPeriod, Organization, OrganizationKind, Presence, Team, Territory

# What the Département's administration may write about an organisation.
IDENTITY = frozenset(
    {
        "kind",
        "name",
        "siret",
        "rna",
        "tribunal",
        "volume",
        "folio",
        "email",
        "phone",
        "city",
        "receives_referrals",
        "answers_by_mail",
        "active",
    }
)
CONTACT = frozenset({"email", "phone"})


@transaction.atomic
def create_organization(actor: Actor, *, kind: OrganizationKind | str, name: str, **identity: Any) -> Organization:
    """An organisation present in the actor's Département.

    Raises `Invalid` when it already is there; one known elsewhere by its SIRET or RNA becomes present, unchanged.
    """
    require(actor, "organization.create")
    _check_box(identity.get("email", ""), identity.get("answers_by_mail", False))
    known = _known_elsewhere(identity.get("siret", ""), identity.get("rna", ""))
    if known is not None:
        _, arrived = Presence.objects.get_or_create(organization=known, department_id=actor.department_id)
        if not arrived:
            raise Invalid(fields={"siret": f"Cette organisation existe déjà : {known.name}."}, code="duplicate")
        return known
    _check_fields(identity)
    code = kind if isinstance(kind, str) else kind.pk
    organization = Organization.objects.create(kind_id=code, name=name, search_name=fold(name), **identity)
    Presence.objects.create(organization=organization, department_id=actor.department_id)
    return organization


@transaction.atomic
def edit_organization(actor: Actor, *, organization: Organization, **identity: Any) -> Organization:
    """Change what is known of an organisation. Raises `Invalid` when an identifier is another one's."""
    require(actor, "organization.edit", organization)
    _check_fields(identity)
    _check_box(identity.get("email", organization.email), identity.get("answers_by_mail", False))
    for column in ("siret", "rna"):
        value = identity.get(column)
        if value and Organization.objects.filter(**{column: value}).exclude(pk=organization.pk).exists():
            raise Invalid(fields={column: "Ce numéro est déjà celui d'une autre organisation."}, code="duplicate")
    return _changed(organization, identity)


@transaction.atomic
def edit_contact(
    actor: Actor, *, organization: Organization, email: str, phone: str, answers_by_mail: bool = False
) -> Organization:
    """How other partners reach it, and whether its box receives referrals: its own manager may change that.

    Raises `Invalid` when referrals should come to a box that is not given.
    """
    require(actor, "organization.arrange", organization)
    _check_box(email, answers_by_mail)
    return _changed(organization, {"email": email, "phone": phone, "answers_by_mail": answers_by_mail})


@transaction.atomic
def create_team(
    actor: Actor,
    *,
    organization: Organization,
    name: str,
    territory: Territory | None = None,
    agency_code: str = "",
    sees_people: bool = True,
) -> Team:
    """A CMS, an agency, a service. Raises `Invalid` when the name is taken in this organisation."""
    require(actor, "organization.arrange", organization)
    _check_team(actor, organization, name, territory)
    return Team.objects.create(
        organization=organization,
        department_id=actor.department_id,
        name=name,
        territory=territory,
        agency_code=agency_code,
        sees_people=sees_people,
    )


@transaction.atomic
def edit_team(
    actor: Actor, *, team: Team, name: str, territory: Territory | None, agency_code: str, sees_people: bool
) -> Team:
    """Rename a team, move it to a territory, say whether it sees people. Raises `Invalid` when the name is taken."""
    require(actor, "organization.arrange", team)
    _check_team(actor, team.organization, name, territory, but=team)
    team.name, team.territory, team.agency_code, team.sees_people = name, territory, agency_code, sees_people
    team.save(update_fields=["name", "territory", "agency_code", "sees_people"])
    return team


@transaction.atomic
def add_closing_period(actor: Actor, *, organization: Organization, starts_on: date, ends_on: date) -> ClosingPeriod:
    """Days without clocks. Raises `Invalid` when the end precedes the start, `Conflict` when they overlap others."""
    require(actor, "organization.arrange", organization)
    if ends_on < starts_on:
        raise Invalid(fields={"ends_on": "La fin précède le début."}, code="bad_period")
    if organization.closing_periods.filter(starts_on__lte=ends_on, ends_on__gte=starts_on).exists():
        raise Conflict("Cette période en recouvre une autre.", code="overlap")
    return ClosingPeriod.objects.create(organization=organization, starts_on=starts_on, ends_on=ends_on)


@transaction.atomic
def remove_closing_period(actor: Actor, *, organization: Organization, starts_on: date) -> None:
    """Forget the closing period that starts on this day (periods never overlap)."""
    require(actor, "organization.arrange", organization)
    organization.closing_periods.filter(starts_on=starts_on).delete()


def _changed(organization: Organization, values: dict[str, Any]) -> Organization:
    for name, value in values.items():
        setattr(organization, name, value)
    organization.search_name = fold(organization.name)
    organization.save(update_fields=[*values, "search_name"])
    return organization


def _check_box(email: str, answers_by_mail: bool) -> None:
    if answers_by_mail and not email:
        sentence = "Donnez l'adresse qui recevra les orientations."
        raise Invalid(sentence, fields={"email": sentence})


def _check_fields(identity: dict[str, Any]) -> None:
    if unknown := identity.keys() - IDENTITY:
        raise TypeError(f"not part of an organisation's identity: {', '.join(sorted(unknown))}")


def _known_elsewhere(siret: str, rna: str) -> Organization | None:
    for column, value in (("siret", siret), ("rna", rna)):
        if value and (found := Organization.objects.filter(**{column: value}).first()):
            return found
    return None


def _check_team(
    actor: Actor, organization: Organization, name: str, territory: Territory | None, but: Team | None = None
) -> None:
    if territory is not None and territory.department_id != actor.department_id:
        raise Invalid(fields={"territory": "Ce territoire n'est pas celui du Département."})
    same = Team.objects.filter(organization=organization, department_id=actor.department_id, name=name)
    if any(team != but for team in same):
        raise Invalid(fields={"name": "Cette équipe existe déjà."}, code="duplicate")
