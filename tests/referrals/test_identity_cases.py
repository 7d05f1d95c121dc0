"""Sixty ways of writing who somebody is, each through the front door: a file of one line, against people known."""

from __future__ import annotations

import io
from datetime import date

import pytest

from hub.core.gate import tenant
from hub.core.identifiers import nir_key
from partners.models import ImportRow
from referrals.importers.proposals import Seen
from referrals.imports.registration import parse
from referrals.matching import strangers
from tests.cast import actor
from tests.files import OCTOBER, bring
from tests.people import person
from tests.referrals.identity_cases import CASES, LIST, NIR, line

pytestmark = pytest.mark.django_db
LIST_HEADER = "NIR;IDENTIFIANT PE;NOM;PRENOM;DATE NAISSANCE;DATE;CODE;NIR2"
TABLE_HEADER = "NIR;ID Pôle emploi;Nom;Prénom;Date de naissance;Matricule;Rôle;Email;Téléphone;ID Solis"


def written(kind, cells):
    """The file of one line."""
    said = {"nir": "", "pes": "9999999Z" if kind == LIST else "", **cells}
    said["nir"] = said["nir"].replace("KEY", nir_key(NIR))
    who = [said["nir"], said["pes"], said["last"], said["first"], said["birth"]]
    if kind == LIST:
        return f"{LIST_HEADER}\r\n{';'.join(who)};02/03/2026;1;{said['nir']}\r\n".encode()
    rest = [said.get(name, "") for name in ("caf", "role", "email", "phone", "internal")]
    return f"{TABLE_HEADER}\r\n{';'.join([*who, *rest])}\r\n".encode()


def read(cast, kind, cells):
    """What became of the line."""
    content = written(kind, cells)
    if kind == LIST:
        job = bring(cast.adviser, kind, content, month=OCTOBER, nature="events")
    else:
        job = bring(cast.officer_metz, kind, content)
    with tenant(actor(cast.officer_metz)):
        return ImportRow.objects.get(job=job)


@pytest.mark.parametrize(("people", "kind", "cells", "verdict", "rule"), [case[1:] for case in CASES],
                         ids=[case[0] for case in CASES])  # fmt: skip
def test_identity(cast, people, kind, cells, verdict, rule):
    known = {person(cast, **values).pk for values in people}
    row = read(cast, kind, cells)
    found = "known" if row.verdict in ("changed", "unchanged") else row.verdict
    assert (found, row.match_rule) == (verdict, rule), row.problems
    if row.match_rule and found != "ambiguous":  # a rejected line is recognised too, so as not to be an absence
        assert row.beneficiary_id in known
    else:
        assert row.beneficiary_id is None
    if kind == LIST and row.verdict != "unknown":
        assert not stopped(cast, written(kind, cells)), "a long list would lose it"


def stopped(cast, content):
    """Would this line, in a long list that has shown enough strangers, be one more?"""
    parsed = parse(io.BytesIO(content), today=date(2026, 11, 25))
    with tenant(actor(cast.officer_metz)):
        seen = Seen(parsed.fields)
        sieve = strangers.Sieve(cast.department.pk, cast.adviser.organization_id, passing=0, seen=seen)
        return not list(parsed.sifted(iter, sieve))


def test_a_long_list_is_rid_of_strangers(cast):
    person(cast)
    assert stopped(cast, written(LIST, line("INCONNU")))


def test_there_are_at_least_forty_cases():
    assert len({case[0] for case in CASES}) == len(CASES) >= 40
