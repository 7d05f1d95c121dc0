"""Tables of people in the shapes partners really send."""

import datetime as dt
import io
import json
from pathlib import Path

import openpyxl
import pytest

from hub.core.tabular import FileProblem
from referrals.imports import codes as vocabulary
from referrals.imports.detect import detect
from referrals.imports.lines import has_error
from referrals.imports.people import parse

SAMPLES = Path(__file__).parents[1] / "samples"
CAST = json.loads((SAMPLES / "_personnages_fictifs.json").read_text(encoding="utf-8"))
TODAY = dt.date(2026, 11, 22)
TRACKS = {"pro": "professional", "socio_pro": "socio_professional", "social": "social"}


def people(source):
    if isinstance(source, str):
        source = io.BytesIO(source.encode())
    return list(parse(source, today=TODAY).rows)


def one(titles, row):
    [person] = people(f"{titles}\n{row}\n")
    return person


def codes(person):
    return [said.code for said in person.remarks]


def test_carnet_de_bord_sample():
    read = people(SAMPLES / "brsa_02_carnet_de_bord_utf8bom.csv")
    amelie, again, maelle, anais, coelia, karim = read
    assert (amelie.last_name, amelie.first_names, amelie.nir13) == ("FICTIF", "Amélie", "2850457990001")
    assert (amelie.internal_id, amelie.caf_number, amelie.pes_keys) == ("SOL1000", "9900001", ("9900001T",))
    assert (amelie.phone, amelie.email, amelie.rights_state) == ("+33699000000", "amelie@exemple.invalid", "open")
    assert amelie.address == '1 rue de la Fiction, Bât "B"'
    assert codes(again) == ["DOUBLON_FICHIER"]
    assert again.fingerprint == amelie.fingerprint
    assert codes(maelle) == ["DATE_INVALIDE"]
    assert "19920-02-29" in maelle.remarks[0].message
    assert codes(anais) == ["NOM_PARENTHESES"]
    assert (anais.last_name, anais.birth_name) == ("X", "DE LA MAQUETTE")
    assert codes(coelia) == []
    assert coelia.nir13 is None
    assert codes(karim) == ["CODE_INCONNU"]
    assert karim.rights_state is None
    assert [has_error(person.remarks) for person in read] == [False, False, True, False, False, False]


def test_draft_sample():
    jeannoel, maelle, selene, fatou, unknown = people(SAMPLES / "brsa_03_brouillon_cp1252_colonnes_manquantes.csv")
    assert (jeannoel.track, jeannoel.track_date, jeannoel.caf_role) == ("professional", dt.date(2026, 7, 1), "DEM")
    assert maelle.track == "socio_professional"
    assert (selene.last_name, selene.birth_name, selene.track) == ("IMAGINAIRE", "BIDON", "social")
    assert selene.birth_date == dt.date(1970, 1, 5)
    assert codes(selene) == ["NOM_PARENTHESES", "ANNEE_DEUX_CHIFFRES"]
    assert (fatou.birth_date, fatou.caf_role, fatou.track) == (dt.date(1987, 3, 8), "CJT", None)
    assert codes(fatou) == ["CODE_INCONNU"]
    assert codes(unknown)[0] == "NOM_VIDE"
    assert has_error(unknown.remarks)


def test_orientation_export_sample():
    read = people(SAMPLES / "orientation_01_flux_departement.csv")
    assert [person.track for person in read] == [TRACKS[person["orient"]] for person in CAST.values()]
    assert [person.birth_date.isoformat() for person in read] == [person["dn"] for person in CAST.values()]
    selene = read[4]
    assert (selene.last_name, selene.birth_name, selene.sex) == ("IMAGINAIRE", "BIDON", "female")
    assert (selene.internal_id, selene.caf_number, selene.phone) == ("1004", "9900005", "+33699000004")
    assert (selene.track_date, selene.organization_hint) == (dt.date(2026, 7, 5), "CMS FICTIF")
    assert all(not person.remarks for person in read)


def test_columns_the_hub_does_not_keep_are_named_and_gone():
    parsed = parse(SAMPLES / "brsa_02_carnet_de_bord_utf8bom.csv", today=TODAY)
    [warning] = parsed.warnings
    assert "RQTH" in warning.message
    assert "RQTH" not in parsed.columns
    assert len(next(parsed.rows).raw) == len(parsed.columns)


@pytest.mark.parametrize(
    ("written", "used", "birth"),
    [
        ("IMAGINAIRE née BIDON", "IMAGINAIRE", "BIDON"),
        ("IMAGINAIRE NEE BIDON", "IMAGINAIRE", "BIDON"),
        ("IMAGINAIRE (née BIDON)", "IMAGINAIRE", "BIDON"),
        ("BIDON épouse IMAGINAIRE", "IMAGINAIRE", "BIDON"),
        ("BIDON (épouse IMAGINAIRE)", "IMAGINAIRE", "BIDON"),
        ("FICTIF (alias)", "FICTIF", None),
        ("DE LA MAQUETTE", "DE LA MAQUETTE", None),
        ("NEE", "NEE", None),
        ("RENEE FICTIF", "RENEE FICTIF", None),
    ],
)
def test_names_in_one_cell(written, used, birth):
    person = one("Nom;Prénom;DDN", f"{written};Sélène;05/01/1970")
    assert (person.last_name, person.birth_name) == (used, birth)
    assert not has_error(person.remarks)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("FICTIF;A;;;;", ["IDENTITE_INSUFFISANTE"]),
        ("FICTIF;A;;;9900001;", ["IDENTITE_INSUFFISANTE"]),
        ("FICTIF;A;;;9900001;DEM", []),
        ("FICTIF;A;;2850457990001;;", []),
        ("FICTIF;A;12/04/1985;;;", []),
        ("FICTIF;A;00/04/1985;2850457990001;;", ["DATE_PARTIELLE"]),
        ("FICTIF;A;00/04/1985;;;", ["DATE_INVALIDE"]),
        ("FICTIF;A;12/04/1985;285045799000199;;", ["NIR_CLE"]),
        ("FICTIF;A;12/04/1985;2,85E+12;;", ["NIR_TRONQUE_EXCEL"]),
        ("FICTIF;A;12/04/1986;2850457990001;;", ["NIR_ANNEE"]),
        ("FICTIF;A;12/04/2020;;;", ["AGE_INHABITUEL"]),
        ("FICTIF;A;12/04/1985;;12/34;", ["MATRICULE_FORMAT"]),
        ("FICTIF;A;12/04/1985;;;cousin", ["CODE_INCONNU"]),
        ("FICTIF;;12/04/1985;;;", ["NOM_VIDE"]),
        ("FICTIF;A;23/11/2026;;;", ["DATE_FUTURE"]),
    ],
)
def test_identity(row, said):
    assert codes(one("Nom;Prénom;Date de naissance;NIR;N° CAF;Rôle", row)) == said


def test_partial_birth_date_is_kept_apart():
    person = one("Nom;Prénom;DDN;NIR", "FICTIF;A;00/04/1985;2850457990001")
    assert (person.birth_date, person.birth_date_partial) == (None, "1985-04")


@pytest.mark.parametrize(
    ("row", "phone"),
    [
        ("03 87 00 00 00;06 99 00 00 00", "+33699000000"),
        ("03 87 00 00 00;", "+33387000000"),
        ("03 87 00 00 00 / 06 99 00 00 00;", "+33699000000"),
        ("699000000;", "+33699000000"),
        ("rien;", None),
    ],
)
def test_a_mobile_is_preferred(row, phone):
    person = one("Nom;Prénom;DDN;Téléphone;Téléphone fixe", f"FICTIF;A;12/04/1985;{row}")
    assert person.phone == phone
    assert not has_error(person.remarks)


def test_rdv_insertion_titles():
    titles = (
        '"N° Allocataire / N° CAF";Civilité;Nom bénéficiaire;Prénom bénéficiaire;"Date de\nNaissance";Adresse;CP Ville;'
        'Rôle;"ID IODAS\t";NIR;ID pôle Emploi;Adresses Mails;"N°\nTéléphones";Structure;DECISION ORIENTATION'
    )
    row = (
        "9900001;Mme;FICTIF;Amélie;12/04/1985;1 rue de la Fiction;57000 METZ;CONJOINT(E);1000;285045799000161;9900001T;"
        "Amelie@Exemple.invalid;699000000;CMS;SVP"
    )
    person = one(titles, row)
    assert not person.remarks
    assert (person.caf_number, person.caf_role, person.sex, person.internal_id) == ("9900001", "CJT", "female", "1000")
    assert (person.postcode, person.city, person.email) == ("57000", "METZ", "amelie@exemple.invalid")
    assert (person.track, person.organization_hint) == ("socio_professional", "CMS")


def test_workbook_numbers_get_their_zeros_back():
    book = openpyxl.Workbook()
    book.active.append(["Nom", "Prénom", "DDN", "NIR", "N° CAF", "Code postal", "Téléphone"])
    book.active.append(["FICTIF", "Amélie", 31149, 285045799000161, 99001, 1000, 699000000])
    out = io.BytesIO()
    book.save(out)
    [person] = people(out)
    assert person.birth_date == dt.date(1985, 4, 12)
    assert (person.nir13, person.caf_number, person.postcode) == ("2850457990001", "0099001", "01000")
    assert person.phone == "+33699000000"


@pytest.mark.parametrize(
    "field",
    ["Nom", "Prénom", "Adresse", "Ville", "Email", "Identifiant dans le SI", "Structure", "Identifiant Pôle emploi"],
)
def test_values_longer_than_the_hub_stores_are_said(field):
    columns = dict.fromkeys(("Nom", "Prénom"), "A") | {"DDN": "12/04/1985", field: "x" * 5_000}
    person = one(";".join(columns), ";".join(columns.values()))
    assert "CELLULE_TROP_LONGUE" in codes(person)
    assert has_error(person.remarks)


def test_ten_thousand_characters():
    person = one("Nom;Prénom;DDN", f"{'X' * 10_001};A;12/04/1985")
    assert codes(person) == ["CELLULE_TROP_LONGUE"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "FICHIER_VIDE"),
        ("Nom;Prénom;DDN\n", "FICHIER_VIDE"),
        ("Nom;DDN;NIR\nA;B;C\n", "COLONNES_MANQUANTES"),
        ("Nom;Prénom;Ville\nA;B;C\n", "COLONNES_MANQUANTES"),
        ("a;b;c\nd;e;f\n", "ENTETE_INTROUVABLE"),
        ("%PDF-1.4", "FICHIER_ILLISIBLE"),
    ],
)
def test_refused_files(content, code):
    with pytest.raises(FileProblem) as problem:
        people(content)
    assert problem.value.code == code


@pytest.mark.parametrize(
    "name",
    [
        "pe_01_stock_2026-10_cp1252.csv",
        "pe_02_cessations_2026-10_utf8bom.csv",
        "pe_04_flux_riche_2026-10_utf8.csv",
        "caf_01_rsabem_2026-10.xml",
    ],
)
def test_another_kind_is_refused(name):
    with pytest.raises(FileProblem) as problem:
        people(SAMPLES / name)
    assert problem.value.code == "TYPE_INATTENDU"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("brsa_02_carnet_de_bord_utf8bom.csv", "people_table"),
        ("brsa_03_brouillon_cp1252_colonnes_manquantes.csv", "people_table"),
        ("orientation_01_flux_departement.csv", "people_table"),
        ("caf_01_rsabem_2026-10.xml", "caf_flow"),
        ("caf_03_rsabem_tronque.xml", "caf_flow"),
        ("pe_01_stock_2026-10_cp1252.csv", "registration_stock"),
        ("pe_02_cessations_2026-10_utf8bom.csv", "registration_exits"),
        ("pe_04_flux_riche_2026-10_utf8.csv", "registration_snapshot"),
    ],
)
def test_detect(name, kind):
    assert detect(SAMPLES / name) == kind
    with (SAMPLES / name).open("rb") as file:
        file.read(10)
        assert detect(file) == kind, "whatever the position of an open file"


def test_detect_knows_what_it_does_not_know():
    assert detect(io.BytesIO(b"a;b;c\nd;e;f\n")) is None
    assert detect(io.BytesIO(b"<?xml version='1.0'?><lheo/>")) is None


@pytest.mark.parametrize(
    ("text", "track"),
    [
        ("pro", "professional"),
        ("Emploi", "professional"),
        ("Orientation professionnelle", "professional"),
        ("Socio-pro", "socio_professional"),
        ("SVP", "socio_professional"),
        ("Sociale à visée professionnelle", "socio_professional"),
        ("Orientation sociale à visée pro", "socio_professional"),
        ("sociale", "social"),
        ("?", None),
        ("professionnelle et sociale", None),
        ("", None),
    ],
)
def test_track_words(text, track):
    assert vocabulary.track(text) == track


def test_rights_words():
    assert vocabulary.rights_state("rsa_droit_ouvert_et_suspendu") == "suspended"
    assert [vocabulary.rights_state(code) for code in "0123456"] == [
        "pending", "refused", "open", "suspended", "payment_suspended", "closed", "closed_earlier",
    ]  # fmt: skip
    assert vocabulary.rights_state("ouvert") is None
