"""Onboarding by table: 300 lines, 12 wrong addresses; each said with its line, the rest done, and once only."""

from __future__ import annotations

import io

import pytest

from hub.core.actor import Actor
from hub.core.errors import Refused
from hub.core.tabular import FileProblem
from partners.imports.onboarding import parse_onboarding
from partners.models import Invitation, Membership, Organization, Team
from partners.services.onboarding import apply_onboarding, kinds_by_name, plan_onboarding
from tests.cast import actor

HEADER = "Organisation;Type;SIRET;Commune;Équipe;Territoire;E-mail;Prénom;Nom;Rôle;Fonctions"
WRONG = frozenset(range(10, 250, 20))


def table(*lines: str) -> io.BytesIO:
    return io.BytesIO("\r\n".join((HEADER, *lines)).encode("cp1252"))


def three_hundred() -> io.BytesIO:
    lines = []
    for i in range(300):
        email = f"membre{i}(at)exemple.invalid" if i in WRONG else f"membre{i}@exemple.invalid"
        role = "Responsable" if i % 3 == 0 else ""
        lines.append(
            f"Association fictive {i // 3};Association;;Metz;;Metz;{email};Prénom{i};FICTIF;{role};Accompagnement"
        )
    return table(*lines)


def parse(source: io.BytesIO):
    return parse_onboarding(source, kinds=kinds_by_name())


def test_twelve_wrong_addresses_are_said_and_the_rest_is_done(cast):
    assert len(WRONG) == 12
    done = apply_onboarding(actor(cast.admin), lines=parse(three_hundred()))
    assert [step.line.line for step in done.errors] == [i + 2 for i in sorted(WRONG)]
    assert all("n'est pas une adresse e-mail" in step.problems[0] for step in done.errors)
    assert (done.organizations, done.invitations) == (100, 288)
    assert Organization.objects.filter(name__startswith="Association fictive").count() == 100
    assert Invitation.objects.count() == 288


def test_running_again_changes_nothing(cast):
    apply_onboarding(actor(cast.admin), lines=parse(three_hundred()))
    hashes = set(Invitation.objects.values_list("token_hash", flat=True))
    again = apply_onboarding(actor(cast.admin), lines=parse(three_hundred()))
    assert (again.organizations, again.invitations, again.unchanged, len(again.errors)) == (0, 0, 288, 12)
    assert set(Invitation.objects.values_list("token_hash", flat=True)) == hashes


def test_a_plan_writes_nothing_and_promises_what_is_done(cast):
    lines = parse(three_hundred())
    before = Organization.objects.count()
    plan = plan_onboarding(actor(cast.admin), lines=lines)
    assert (plan.organizations, plan.invitations, len(plan.errors)) == (100, 288, 12)
    assert (Organization.objects.count(), Invitation.objects.count()) == (before, 0)


def test_corrected_lines_are_taken_on_the_second_run(cast):
    apply_onboarding(actor(cast.admin), lines=parse(three_hundred()))
    corrected = io.BytesIO(three_hundred().getvalue().replace(b"(at)", b"@"))
    again = apply_onboarding(actor(cast.admin), lines=parse(corrected))
    assert (again.invitations, again.errors) == (12, [])


def test_teams_are_created_once_with_their_territory(cast):
    lines = parse(
        table(
            "UDAF de la Moselle;;;;Antenne de Thionville;T57-2;a@exemple.invalid;A;FICTIF;;Accompagnement",
            "udaf de la moselle;;;;antenne de thionville;Thionville;b@exemple.invalid;B;FICTIF;;",
        )
    )
    done = apply_onboarding(actor(cast.admin), lines=lines)
    assert (done.organizations, done.teams, done.invitations) == (0, 1, 2)
    assert Team.objects.get(name="Antenne de Thionville").territory == cast.thionville
    assert set(Invitation.objects.values_list("team__name", flat=True)) == {"Antenne de Thionville"}


def test_an_organization_may_come_without_member(cast):
    lines = parse(table("Atelier Inventé;Structure d'insertion par l'activité économique;;Metz;;;;;;;"))
    lines += parse(table("Chantier Inventé;SIAE;;Metz;;;;;;;"))
    assert apply_onboarding(actor(cast.admin), lines=lines).errors == []
    assert Organization.objects.get(name="Atelier Inventé").kind_id == "siae"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (";Association;;;;;x@exemple.invalid;;;;", "le nom de l'organisation est absent"),
        ("Nouvelle;;;;;;x@exemple.invalid;;;;", "le type de cette nouvelle organisation est absent"),
        ("Nouvelle;Fabrique;;;;;x@exemple.invalid;;;;", "« Fabrique » n'est pas un type d'organisation connu"),
        ("Nouvelle;Association;12345678901234;;;;x@exemple.invalid;;;;", "le SIRET « 12345678901234 » est faux"),
        ("Nouvelle;Association;;;;Lune;x@exemple.invalid;;;;", "le territoire « Lune » est inconnu"),
        ("Nouvelle;Association;;;;;;Jean;FICTIF;;", "l'adresse e-mail est absente"),
        ("Nouvelle;Association;;;;;x@exemple.invalid;;;Chef;", "le rôle « Chef » est inconnu"),
        ("Nouvelle;Association;;;;;x@exemple.invalid;;;;Magie", "la fonction « Magie » est inconnue"),
        ("Nouvelle;Association;;;;;x@exemple.invalid;;;;Contrôle", "n'existe pas dans ce type d'organisation"),
    ],
)
def test_what_is_wrong_is_said_in_plain_french(cast, line, said):
    done = apply_onboarding(actor(cast.admin), lines=parse(table(line)))
    assert said in done.errors[0].problems[0]
    assert not Organization.objects.filter(name="Nouvelle").exists()


def test_a_member_already_there_is_left_alone(cast):
    email = cast.udaf_worker.user.email
    done = apply_onboarding(actor(cast.admin), lines=parse(table(f"UDAF de la Moselle;;;;;;{email};;;;")))
    assert done.steps[0].already == "déjà membre"
    assert (done.unchanged, Membership.objects.filter(user__email=email).count()) == (1, 1)


def test_the_same_address_twice_is_said(cast):
    lines = parse(table(*["UDAF de la Moselle;;;;;;x@exemple.invalid;;;;"] * 2))
    assert "figure déjà ligne 2" in lines[1].problems[0]


def test_a_file_that_is_no_table_is_refused(cast):
    with pytest.raises(FileProblem):
        parse(io.BytesIO(b""))


def test_only_the_administrator_may(cast):
    for name in ("officer_metz", "head", "udaf_lead"):
        with pytest.raises(Refused):
            plan_onboarding(actor(getattr(cast, name)), lines=[])


def test_another_department_knows_nothing_of_the_first(cast):
    there = Actor.system(cast.other_department.pk)
    done = plan_onboarding(there, lines=parse(table("UDAF de la Moselle;UDAF;;;;;x@exemple.invalid;;;;")))
    assert done.organizations == 1
