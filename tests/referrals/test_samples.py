"""The sample files through the whole pipeline give the results stated for them (formats §11)."""

from __future__ import annotations

import pytest

from hub.core.actor import Actor
from hub.core.gate import tenant
from hub.core.tabular import FileProblem
from referrals.models import Beneficiary, RegistrationGap, RegistrationStatus, TrackDecision
from tests.files import OCTOBER, bring, confirm, sample, verdicts

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(cast):
    """The twelve invented people, with their tracks: the CAF flow, then the Département's table of tracks."""
    job = bring(cast.officer_metz, "caf_flow", sample("caf_01_rsabem_2026-10.xml"))
    assert job.counts == {"lines": 12, "created": 12}
    confirm(cast.officer_metz, job)
    tracks = bring(cast.officer_metz, "people", sample("orientation_01_flux_departement.csv"))
    assert tracks.counts == {"lines": 12, "changed": 12}
    assert confirm(cast.officer_metz, tracks).counts["tracks_refused"] == 0
    return cast


def gaps(cast) -> dict[str, str]:
    with tenant(Actor.system(cast.department.pk)):
        found = RegistrationGap.objects.filter(state="open").values_list("beneficiary__first_key", "kind")
        return dict(found)


def test_people_table_with_its_faults(cast):
    job = bring(cast.officer_metz, "people", sample("brsa_02_carnet_de_bord_utf8bom.csv"))
    assert [v for _, v in verdicts(cast.head, job)] == [
        "created", "duplicate", "rejected", "created", "created", "created",
    ]  # fmt: skip
    applied = confirm(cast.officer_metz, job)
    assert applied.state == "applied"
    with tenant(Actor.system(cast.department.pk)):
        assert set(Beneficiary.objects.values_list("first_key", flat=True)) == {"AMELIE", "ANAIS", "COELIA", "KARIM"}
        anais = Beneficiary.objects.get(first_key="ANAIS")
        assert anais.birth_name == "DE LA MAQUETTE"


def test_draft_table_with_missing_columns(cast):
    job = bring(cast.officer_metz, "people", sample("brsa_03_brouillon_cp1252_colonnes_manquantes.csv"))
    assert [v for _, v in verdicts(cast.head, job)] == ["created", "created", "created", "created", "rejected"]
    confirm(cast.officer_metz, job)
    with tenant(Actor.system(cast.department.pk)):
        selene = Beneficiary.objects.get(first_key="SELENE")
        tracks = dict(TrackDecision.objects.values_list("beneficiary__first_key", "track"))
    assert (selene.last_name, selene.birth_name) == ("IMAGINAIRE", "BIDON")
    assert tracks == {"JEAN": "professional", "MAELLE": "socio_professional", "SELENE": "social"}


def test_caf_flow_states_rights(people):
    with tenant(Actor.system(people.department.pk)):
        rights = dict(Beneficiary.objects.values_list("first_full_key", "rights_state"))
    assert rights["COELIA"] == "payment_suspended"
    assert rights["ANGE"] == "closed"
    assert rights["AMELIE"] == "open"


def test_truncated_caf_flow_applies_nothing(cast):
    with pytest.raises(FileProblem) as refused:
        bring(cast.officer_metz, "caf_flow", sample("caf_03_rsabem_tronque.xml"))
    assert refused.value.code == "FICHIER_TRONQUE"
    with tenant(Actor.system(cast.department.pk)):
        assert Beneficiary.objects.count() == 0


def test_complete_list_opens_the_five_gaps(people):
    content = sample("pe_01_stock_2026-10_cp1252.csv")
    job = bring(people.adviser, "registration", content, month=OCTOBER, nature="complete")
    audience = job.counts.pop("audience")
    assert job.counts == {"lines": 7, "matched": 6, "duplicate": 1, "gaps_would_open": 5, "gaps_would_change": 0,
                          "gaps_would_resolve": 0, "gaps_would_lapse": 0, "gaps_if_concluded": 5}  # fmt: skip
    assert {one["organization"]: one["count"] for one in audience}["UDAF de la Moselle"] == 3
    assert job.encoding == "cp1252"
    applied = confirm(people.adviser, job)
    assert applied.counts["gaps_opened"] == 5
    assert gaps(people) == {
        "JEAN": "never_registered",
        "MAELLE": "never_registered",
        "FATOUMATA": "never_registered",
        "MARIE": "never_registered",
        "MARIANGE": "never_registered",
    }


def test_exits_change_the_kind_and_never_confuse_the_two_brouillon(people):
    confirm(people.adviser, bring(people.adviser, "registration", sample("pe_01_stock_2026-10_cp1252.csv"),
                                  month=OCTOBER, nature="complete"))  # fmt: skip
    content = sample("pe_02_cessations_2026-10_utf8bom.csv")
    job = bring(people.adviser, "registration", content, month=OCTOBER, nature="events")
    assert verdicts(people.head, job) == [
        (2, "matched"), (3, "matched"), (4, "duplicate"), (5, "matched"), (6, "rejected"),
    ]  # fmt: skip
    confirm(people.adviser, job)
    found = gaps(people)
    assert found["MAELLE"] == "ceased"
    assert found["MARIANGE"] == "ceased"
    assert found["MARIE"] == "never_registered"  # her line is rejected: nothing of it counts
    assert "KARIM" not in found  # a job declared explains his absence
    with tenant(Actor.system(people.department.pk)):
        karim = RegistrationStatus.objects.get(beneficiary__first_key="KARIM")
    assert karim.explained_until.isoformat() == "2027-04-16"


def test_snapshot_derives_states(people):
    content = sample("pe_04_flux_riche_2026-10_utf8.csv")
    job = bring(people.officer_metz, "registration", content, month=OCTOBER, nature="events")
    confirm(people.officer_metz, job)
    with tenant(Actor.system(people.department.pk)):
        states = dict(RegistrationStatus.objects.values_list("beneficiary__first_key", "state"))
    assert states == {"AMELIE": "registered", "MAELLE": "ceased", "JEAN": "struck_off", "SELENE": "registered"}
    assert gaps(people) == {"MAELLE": "ceased", "JEAN": "struck_off"}


def test_next_list_resolves_and_the_same_list_changes_nothing(people):
    content = sample("pe_01_stock_2026-10_cp1252.csv")
    confirm(people.adviser, bring(people.adviser, "registration", content, month=OCTOBER, nature="complete"))
    again = bring(people.adviser, "registration", content, month=OCTOBER, nature="complete", again=True)
    counts = confirm(people.adviser, again).counts
    assert (counts["gaps_opened"], counts["gaps_resolved"], counts["gaps_changed"]) == (0, 0, 0)
    line = (
        "2920257990003;9900003S099;D'ESSAI;MAELLE;29/02/1992;02/11/2026;1;2920257990003;57227;FORBACH;1 RUE;57001\r\n"
    )
    more = bring(
        people.adviser,
        "registration",
        content + line.encode("cp1252"),
        month=OCTOBER.replace(month=11),
        nature="complete",
    )
    assert confirm(people.adviser, more).counts["gaps_resolved"] == 1
    assert "MAELLE" not in gaps(people)


def test_an_older_month_completes_the_history_and_closes_nothing(people):
    content = sample("pe_01_stock_2026-10_cp1252.csv")
    november = OCTOBER.replace(month=11)
    few = b"\r\n".join(content.split(b"\r\n")[:3]) + b"\r\n"
    confirm(people.adviser, bring(people.adviser, "registration", few, month=november, nature="complete"))
    before = gaps(people)
    assert "KARIM" in before
    older = confirm(people.adviser, bring(people.adviser, "registration", content, month=OCTOBER, nature="complete"))
    assert (older.counts["gaps_resolved"], older.counts["gaps_opened"]) == (0, 0)
    assert gaps(people) == before


def test_what_changed_since_the_analysis_is_analysed_and_confirmed_again(cast):
    """Two files analysed before either was applied never make the same person twice."""
    first = bring(cast.officer_metz, "people", sample("brsa_02_carnet_de_bord_utf8bom.csv"))
    second = bring(cast.officer_metz, "people", sample("orientation_01_flux_departement.csv"))
    assert second.counts["created"] == 12
    confirm(cast.officer_metz, first)
    again = confirm(cast.officer_metz, second)
    assert again.state == "analysed"
    assert again.warnings[0].startswith("Depuis la première analyse")
    assert again.counts["created"] == 8
    assert confirm(cast.officer_metz, again).state == "applied"
    with tenant(Actor.system(cast.department.pk)):
        assert Beneficiary.objects.count() == 12


def test_a_number_that_is_somebody_elses_stops_its_line_only(cast):
    lines = [
        "Identifiant dans le SI*;Prénom*;Nom*;Date de naissance*;NIR",
        "S1;Amélie;FICTIF;1985-04-12;285045799000161",
        "S2;Karim;PROTOTYPE;1982-05-15;",
        "S3;Ange;CORSICO;1983-08-18;",
    ]
    confirm(cast.officer_metz, bring(cast.officer_metz, "people", "\r\n".join(lines).encode()))
    # Karim's line carries Amélie's NIR, Ange's her internal id, and two newcomers share one NIR (the reader says so).
    lines = [
        lines[0],
        "S2;Karim;PROTOTYPE;1982-05-15;285045799000161",
        "S1;Ange;CORSICO;1983-08-18;",
        "S7;Théo;EXEMPLE;1988-07-21;188075799000409",
        "S8;Léo;EXEMPLE;1988-07-22;188075799000409",
        "S9;Zoé;MAQUETTE;1999-01-02;",
    ]
    job = bring(cast.officer_metz, "people", "\r\n".join(lines).encode())
    assert [v for _, v in verdicts(cast.head, job)] == ["ambiguous", "ambiguous", "created", "duplicate", "created"]
    assert confirm(cast.officer_metz, job).state == "applied"


def test_a_list_made_by_hand_tells_who_is_there_and_who_is_said_absent(people):
    cast, name = people, "pe_06_liste_territoire_metz_2026-10.xlsx"
    job = bring(cast.officer_metz, "registration", sample(name), name=name, month=OCTOBER, nature="complete")
    assert job.state == "analysed", job.refusal
    kept = [verdict for _, verdict in verdicts(cast.officer_metz, job)]
    assert kept == ["matched"] * 4 + ["unchanged"] * 2 + ["rejected", "matched"]
    applied = confirm(cast.officer_metz, job, conclude_absence=True)
    assert applied.state == "applied"
    found = gaps(cast)
    assert found["JEAN"] == found["COELIA"] == "struck_off"
    assert found["FATOUMATA"] == found["THEO"] == "never_registered", "said absent is not registered"


def test_the_extract_for_carnet_de_bord_recognises_by_names_and_birth_date(people):
    cast, name = people, "pe_05_extrait_spie_2026-10_utf8.csv"
    job = bring(cast.officer_metz, "registration", sample(name), name=name, month=OCTOBER, nature="complete")
    assert [verdict for _, verdict in verdicts(cast.officer_metz, job)] == [
        "matched", "matched", "rejected", "matched", "duplicate",
    ]  # fmt: skip
