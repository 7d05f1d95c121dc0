"""CAF's monthly flow: streamed, complete or refused, and nothing of the household's money."""

import datetime as dt
import io
import json
from pathlib import Path

import pytest

from hub.core.tabular import FileProblem
from referrals.imports.caf import parse

SAMPLES = Path(__file__).parents[1] / "samples"
CAST = json.loads((SAMPLES / "_personnages_fictifs.json").read_text(encoding="utf-8"))
COMPLETE = (SAMPLES / "caf_01_rsabem_2026-10.xml").read_bytes()
TODAY = dt.date(2026, 11, 22)


def parsed(content):
    return parse(io.BytesIO(content), today=TODAY)


def people(content=COMPLETE):
    return list(parsed(content).rows)


def refused(content):
    with pytest.raises(FileProblem) as problem:
        people(content)
    return problem.value.code


def test_complete_sample():
    flow = parse(SAMPLES / "caf_01_rsabem_2026-10.xml", today=TODAY)
    assert flow.kind == "caf_flow"
    assert (flow.info["DTREF"], flow.info["TYPEFLUX"]) == ("2026-10-31", "M")
    read = list(flow.rows)
    assert [person.nir13 for person in read] == [person["n13"] for person in CAST.values()]
    assert [person.caf_number for person in read] == [person["mat"] for person in CAST.values()]
    assert [person.caf_role for person in read] == [person["role"] for person in CAST.values()]
    assert [person.insee for person in read] == [person["insee"] for person in CAST.values()]
    assert {(person.caf_fund, person.caf_org) for person in read} == {("CAF", "571")}
    assert all(not person.remarks for person in read)
    assert len({person.line for person in read}) == 12
    coelia, ange = read[6], read[9]
    assert (coelia.rights_state, coelia.suspension_reason) == ("payment_suspended", "06")
    assert (ange.rights_state, ange.closure_reason, ange.closed_on) == ("closed", "PCG", dt.date(2026, 10, 31))
    assert read[4].birth_name == "BIDON"
    assert all(person.subject_to_obligations for person in read)


def test_raw_keeps_nothing_but_what_is_listed():
    flow = parsed(COMPLETE)
    first = next(flow.rows)
    assert len(first.raw) == len(flow.columns)
    assert "SITFAM" not in flow.columns
    assert [flow.columns[position] for position in flow.nir_columns] == ["NIR"]


def test_truncated_sample_is_refused_at_once():
    with pytest.raises(FileProblem) as problem:
        parse(SAMPLES / "caf_03_rsabem_tronque.xml", today=TODAY)
    assert problem.value.code == "FICHIER_TRONQUE"


def test_cut_in_the_middle_with_a_forged_end():
    middle = COMPLETE.index(b"</InfosFoyerRSA>", 5_000)
    assert refused(COMPLETE[:middle] + b"</Racine>") == "XML_INVALIDE"


def test_number_of_households_is_verified():
    first, end = COMPLETE.index(b"<InfosFoyerRSA>"), COMPLETE.index(b"</InfosFoyerRSA>") + len(b"</InfosFoyerRSA>")
    assert refused(COMPLETE[:first] + COMPLETE[end:]) == "NB_DOSSIERS"
    assert refused(COMPLETE[:first] + COMPLETE[COMPLETE.index(b"<TransmissionFlux>") :]) == "FICHIER_VIDE"


def test_two_adults_are_two_lines_and_children_none():
    person = COMPLETE[COMPLETE.index(b"<Personne>") : COMPLETE.index(b"</Personne>") + len(b"</Personne>")]
    partner = person.replace(b"DEM</ROLEPERS>", b"CJT</ROLEPERS>").replace(b"2850457990001", b"1850457990999")
    child = person.replace(b"DEM</ROLEPERS>", b"ENF</ROLEPERS>").replace(b"2850457990001", b"")
    content = COMPLETE.replace(person, person + b"\n" + partner.replace(b"AMELIE", b"ALAIN") + child, 1)
    read = people(content)
    assert len(read) == 13
    assert [(one.first_names, one.caf_role) for one in read[:2]] == [("AMELIE", "DEM"), ("ALAIN", "CJT")]
    assert read[0].line != read[1].line
    assert read[1].address == read[0].address


def test_amounts_resources_and_pregnancies_never_come_out():
    marked = COMPLETE.replace(
        b"</Personne>",
        b"<Ressources><MTPERRES>987654</MTPERRES></Ressources><Grossesse><DDGRO>2026-01-01</DDGRO></Grossesse></Personne>",
    ).replace(b"<PrestationRSA>", b"<PrestationRSA><MTRSAVERS>987654</MTRSAVERS>")
    assert people(marked) == people()
    assert "987654" not in repr(people(marked))


def test_only_the_present_address_is_read():
    old = COMPLETE.replace(b"<RGADR>01</RGADR>", b"<RGADR>02</RGADR>")
    assert all(person.address is None and person.insee is None for person in people(old))


def test_duplicate_person_is_said():
    start = COMPLETE.index(b"<InfosFoyerRSA>")
    end = COMPLETE.index(b"</InfosFoyerRSA>") + len(b"</InfosFoyerRSA>")
    twice = COMPLETE[:end] + COMPLETE[start:end] + COMPLETE[end:]
    read = people(twice.replace(b"TRANSM>12<", b"TRANSM>13<"))
    assert [said.code for said in read[1].remarks] == ["DOUBLON_FICHIER"]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (b"<NIR>2850457990001</NIR>", b"<NIR>9999999999999</NIR>", "NIR_FORMAT"),
        (b"<DTNAI>1985-04-12</DTNAI>", b"<DTNAI>1985-02-31</DTNAI>", "DATE_INVALIDE"),
        (b"<DTNAI>1985-04-12</DTNAI>", b"<DTNAI>1985-00-00</DTNAI>", "DATE_PARTIELLE"),
        (b"<ETATDOSRSA>2</ETATDOSRSA>", b"<ETATDOSRSA>8</ETATDOSRSA>", "CODE_INCONNU"),
        (b"<MATRICULE>990000100000000</MATRICULE>", b"<MATRICULE>0</MATRICULE>", "MATRICULE_FORMAT"),
        (b"<NOM>FICTIF</NOM><NOMNAI>FICTIF</NOMNAI>", b"<NOM/><NOMNAI/>", "NOM_VIDE"),
    ],
)
def test_remarks(before, after, said):
    changed = COMPLETE.replace(before, after, 1)
    assert changed != COMPLETE
    assert said in [one.code for one in people(changed)[0].remarks]


def test_declared_encoding_is_obeyed():
    accented = COMPLETE.replace(b"AMELIE", "AMÉLIE".encode("cp1252"), 1)
    assert people(accented)[0].first_names == "AMÉLIE"
    utf16 = COMPLETE.decode("cp1252").replace("windows-1252", "utf-16").encode("utf-16")
    assert len(people(utf16)) == 12


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE Racine [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><Racine><IdentificationFlux><TYPEFLUX>&j;</TYPEFLUX></IdentificationFlux></Racine>"
)
XXE = (
    b'<?xml version="1.0"?><!DOCTYPE Racine [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b"<Racine><IdentificationFlux><TYPEFLUX>&x;</TYPEFLUX></IdentificationFlux></Racine>"
)


@pytest.mark.parametrize("content", [BOMB, XXE], ids=["billion laughs", "external entity"])
def test_xxe_billion_laughs(content):
    assert refused(content) == "FICHIER_DANGEREUX"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "FICHIER_VIDE"),
        (b"<?xml version='1.0'?><lheo></lheo>", "TYPE_INCONNU"),
        (b"<Racine><IdentificationFlux></Racine>", "XML_INVALIDE"),
        (b"<Racine><IdentificationFlux>", "FICHIER_TRONQUE"),
        (b'<?xml version="1.0" encoding="klingon"?><Racine><IdentificationFlux/></Racine>', "XML_INVALIDE"),
        ((SAMPLES / "brsa_02_carnet_de_bord_utf8bom.csv").read_bytes(), "TYPE_INATTENDU"),
        (b"\x00\x01\x02\x03" * 50, "FICHIER_ILLISIBLE"),
        (b"%PDF-1.4", "FICHIER_ILLISIBLE"),
    ],
)
def test_refused_files(content, code):
    assert refused(content) == code


def test_flat_memory_values_are_bounded():
    long = COMPLETE.replace(b"<NOM>FICTIF</NOM>", b"<NOM>" + b"X" * 50_000 + b"</NOM>", 1)
    assert len(people(long)[0].last_name) <= 100
