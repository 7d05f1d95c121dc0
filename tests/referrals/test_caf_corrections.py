"""A line of the CAF's flow is corrected like another, and what is left aside of it comes back as a table of people."""

from __future__ import annotations

import pytest

from hub.core.errors import Invalid
from hub.core.gate import tenant
from partners.models import ImportRow
from partners.services.corrections import correct_line
from referrals.models import Beneficiary
from tests.cast import actor, client
from tests.files import bring, confirm, job_now, sample, verdicts

pytestmark = pytest.mark.django_db
FLOW = sample("caf_01_rsabem_2026-10.xml")
NAMELESS = FLOW.replace(b"<NOM>FICTIF</NOM><NOMNAI>FICTIF</NOMNAI>", b"<NOM/><NOMNAI/>", 1)


def brought(cast, content=NAMELESS):
    return bring(cast.officer_metz, "caf_flow", content, name="flux.xml")


def rejected(cast, job):
    return [line for line, verdict in verdicts(cast.officer_metz, job) if verdict == "rejected"]


def correct(cast, job, line, **cells):
    with tenant(actor(cast.officer_metz)) as acting:
        return correct_line(acting, job=job, line=line, cells=cells)


def test_a_line_of_the_flow_is_corrected_and_applies_with_it(cast):
    job = brought(cast)
    [line] = rejected(cast, job)
    page = client(cast.officer_metz).get(f"/imports/{job.pk}/lignes/{line}/").content.decode()
    assert "le nom est vide" in page and "Nom de naissance" in page and "Identifiant Pôle emploi" in page
    row = correct(cast, job, line, nom="FICTIVE", dtnai="13/04/1985")
    assert (row.verdict, row.data["values"]["last_name"], row.data["values"]["birth_date"]) == (
        "created", "FICTIVE", "1985-04-13",
    )  # fmt: skip
    assert row.data["values"]["city"] == "METZ", "what was not corrected stays as the flow says it"
    assert row.raw[4] == "", "and the cells of the flow are kept"
    counts = job_now(cast.officer_metz, job).counts
    assert (counts["created"], counts.get("rejected", 0), counts["lines"]) == (12, 0, 12)
    confirm(cast.officer_metz, job)
    with tenant(actor(cast.officer_metz)):
        assert Beneficiary.objects.filter(last_name="FICTIVE", birth_date="1985-04-13").exists()


def test_a_correction_that_leaves_nobody_changes_nothing(cast):
    job = brought(cast)
    [line] = rejected(cast, job)
    with pytest.raises(Invalid):
        correct(cast, job, line, rolepers="ENF")
    assert rejected(cast, job) == [line]


def test_people_of_a_flow_without_line_breaks_are_lines_of_their_own(cast):
    job = brought(cast, b"".join(part.strip() for part in NAMELESS.splitlines()))
    numbers = [line for line, _ in verdicts(cast.officer_metz, job)]
    assert len(numbers) == len(set(numbers)) == 12
    [line] = rejected(cast, job)
    correct(cast, job, line, nom="FICTIVE")
    assert rejected(cast, job) == []
    with tenant(actor(cast.officer_metz)):
        assert ImportRow.objects.filter(job=job, data__corrected__isnull=False).count() == 1


def test_what_is_left_aside_of_a_flow_is_brought_again_as_a_table_of_people(cast):
    job = brought(cast)
    answer = client(cast.officer_metz).get(f"/imports/{job.pk}/rejets/")
    assert answer["Content-Disposition"].split('"')[1].startswith("rejets-flux-caf_57_departement_")
    mended = answer.content.replace(b";DEM;;;AMELIE;", b";DEM;FICTIF;FICTIF;AMELIE;")
    assert mended != answer.content
    again = bring(cast.officer_metz, "people", mended, name="rejets.csv")
    assert (again.state, [verdict for _, verdict in verdicts(cast.officer_metz, again)]) == ("analysed", ["created"])
    with tenant(actor(cast.officer_metz)):
        values = ImportRow.objects.get(job=again).data["values"]
    assert (values["caf_number"], values["caf_role"], values["rights_state"], values["commune_id"]) == (
        "9900001", "DEM", "open", "57463",
    )  # fmt: skip
