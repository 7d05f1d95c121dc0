"""Lists in other shapes than the classic ones: the extract for Carnet de bord, lists made by hand, damaged accents."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pytest
from openpyxl import Workbook

from hub.core.tabular import FileProblem
from referrals.imports.detect import detect
from referrals.imports.lines import has_error
from referrals.imports.registration import parse

SAMPLES = Path(__file__).parents[1] / "samples"
EXTRACT = SAMPLES / "pe_05_extrait_spie_2026-10_utf8.csv"
BY_HAND = SAMPLES / "pe_06_liste_territoire_metz_2026-10.xlsx"
DAMAGED = SAMPLES / "pe_07_accents_abimes_2026-10.csv"
TODAY = dt.date(2026, 11, 22)
TITLES = "Nom;Prénom;Date de naissance;Situation;Date;Motif;Durée radiation (mois)"


def codes(line):
    return [said.code for said in line.remarks]


def by_hand(*rows, titles=TITLES):
    return list(parse(io.BytesIO("\n".join((titles, *rows)).encode()), today=TODAY).rows)


def test_the_extract_tells_who_is_registered_since_when():
    parsed = parse(EXTRACT, today=TODAY)
    assert parsed.kind == detect(EXTRACT) == "registration_extract"
    amelie, jeannoel, maelle, karim, again = parsed.rows
    assert (amelie.last_name, amelie.birth_date, amelie.agency) == ("FICTIF", dt.date(1985, 4, 12), "METZ FICTIVE")
    [event] = jeannoel.events
    assert (event.state, event.date, event.category) == ("registered", dt.date(2026, 10, 12), "2")
    assert codes(maelle) == ["DATE_ABSENTE"]
    assert maelle.events == ()
    assert codes(karim) == []
    assert codes(again) == ["DOUBLON_FICHIER"]
    assert "dif_transport" not in parsed.columns, "nothing about health, money or family is kept"
    assert amelie.pes_keys == (), "its identifier is opaque: it matches nobody"


def test_a_list_made_by_hand_below_its_titles_says_situations_in_words():
    parsed = parse(BY_HAND, today=TODAY)
    assert parsed.kind == detect(BY_HAND) == "registration_by_hand"
    amelie, anais, maelle, jeannoel, fatou, theo, karim, coelia = parsed.rows
    assert (amelie.line, amelie.nir13, amelie.birth_date) == (5, "2850457990001", dt.date(1985, 4, 12))
    assert (amelie.events[0].state, amelie.events[0].category) == ("registered", "1")
    assert anais.events[0].date == dt.date(2026, 4, 1), "a number of days since 1900"
    assert codes(anais) == [], "an identifier may be missing in a list made by hand"
    assert (maelle.events[0].state, maelle.events[0].category, maelle.events[0].code) == ("ceased", None, None)
    assert jeannoel.events[0].ends_on == dt.date(2026, 12, 15), "two months, by their column"
    assert coelia.events[0].ends_on == dt.date(2026, 11, 20), "one month, by the motive"
    for absent in (fatou, theo):
        assert (codes(absent), absent.events, has_error(absent.remarks)) == (["NON_INSCRIT"], (), False)
    assert codes(karim) == ["SITUATION_INCONNUE"]
    assert has_error(karim.remarks)
    assert "Observations" not in parsed.columns


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("Inscrit", "registered"), ("INSCRITE", "registered"), ("inscrit(e)", "registered"), ("Cessation", "ceased"),
        ("Radié", "struck_off"), ("RADIEE", "struck_off"), ("Radiation", "struck_off"),
    ],
)  # fmt: skip
def test_words_of_situations(word, state):
    [line] = by_hand(f"FICTIF;Zoé;12/04/1985;{word};02/10/2026;;")
    assert [event.state for event in line.events] == [state]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("FICTIF;Zoé;12/04/1985;;02/10/2026;;", "SITUATION_ABSENTE"),
        ("FICTIF;Zoé;12/04/1985;Inconnu;02/10/2026;;", "SITUATION_INCONNUE"),
        ("FICTIF;Zoé;12/04/1985;Inscrit;;;", "DATE_ABSENTE"),
        ("FICTIF;Zoé;12/04/1985;Inscrit;31/02/2026;;", "DATE_INVALIDE"),
        ("FICTIF;Zoé;;Inscrit;02/10/2026;;", "DATE_ABSENTE"),
    ],
)
def test_lines_that_cannot_be_kept(row, code):
    [line] = by_hand(row)
    assert code in codes(line)
    assert has_error(line.remarks)


def test_a_motive_in_words_is_kept_as_it_is_written():
    [line] = by_hand("FICTIF;Zoé;12/04/1985;Cessation;02/10/2026;Non présentation;")
    assert (line.events[0].motive, line.remarks) == ("Non présentation", [])


def test_a_list_made_by_hand_needs_birth_dates():
    with pytest.raises(FileProblem) as refused:
        by_hand("FICTIF;Zoé;02/10/2026;Inscrit", titles="Nom;Prénom;Date;Situation")
    assert refused.value.code == "COLONNES_MANQUANTES"
    assert "Date naissance" in refused.value.message


def test_damaged_accents_are_seen_and_repaired_on_demand():
    plain, repaired = parse(DAMAGED, today=TODAY), parse(DAMAGED, today=TODAY, repair=True)
    assert [said.code for said in plain.warnings] == ["ENCODAGE_DOUBLE"]
    assert plain.separator == "|"
    assert [line.first_names for line in repaired.rows] == ["Cœlia", "Jean-Noël", "Sélène"]
    assert [line.first_names for line in plain.rows][1] == "Jean-NoÃ«l"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "|", "\t"])
def test_any_encoding_and_separator(encoding, separator):
    text = f"{TITLES}\nŒUVRE-TEST;Cœlia;01/12/1990;Inscrite;05/10/2026;;\n".replace(";", separator)
    parsed = parse(io.BytesIO(text.encode(encoding)), today=TODAY)
    [line] = parsed.rows
    assert (parsed.separator, line.last_name, line.first_names) == (separator, "ŒUVRE-TEST", "Cœlia")


def test_a_classic_list_may_call_its_code_a_category():
    titles = "NIR;IDENTIFIANT PE;NOM;PRENOM;DATE NAISSANCE;DATE;CATÉGORIE;NIR2"
    [line] = by_hand("2850457990001;9900001T099;FICTIF;AMELIE;12/04/1985;02/03/2026;1;2850457990001", titles=titles)
    assert line.events[0].category == "1"
    assert codes(line) == []


STOCK_LINE = "2850457990001;9900001T099;FICTIF;AMELIE;12/04/1985;02/03/2026;1;2850457990001"


def read(content):
    parsed = parse(io.BytesIO(content), today=TODAY)
    return parsed, list(parsed.rows)


def test_title_rows_above_a_list_without_titles_of_columns_are_kept_as_titles():
    for title in ("Liste des inscrits octobre 2026", "Liste des inscrits;octobre 2026;;;;;;"):
        parsed, [line] = read(f"{title}\n\n{STOCK_LINE}\n".encode())
        assert detect(io.BytesIO(f"{title}\n\n{STOCK_LINE}\n".encode())) == parsed.kind == "registration_stock"
        assert parsed.survey.above == ("Liste des inscrits octobre 2026",)
        assert (line.line, line.last_name, codes(line)) == (3, "FICTIF", [])


def test_a_list_without_a_column_of_dates_is_dated_by_its_month():
    parsed, [first, second] = read(
        "Liste octobre 2026\nNom;Prénom;Date de naissance;Situation\n"
        "A;B;12/04/1985;Inscrit\nC;D;12/04/1985;Radié".encode()
    )
    assert (parsed.kind, first.events[0].date, second.events[0].state) == (
        "registration_by_hand", dt.date(2026, 10, 1), "struck_off",
    )  # fmt: skip
    assert "datées du 01/10/2026" in parsed.warnings[0].message
    people = "Nom;Prénom;Date de naissance;Situation;Téléphone\nA;B;12/04/1985;Célibataire;06".encode()
    assert detect(io.BytesIO(people)) == "people_table"
    with pytest.raises(FileProblem) as refused:
        read(people)
    assert refused.value.code == "TYPE_INATTENDU"


def test_totals_and_titles_written_again_say_what_they_are_and_are_not_lost():
    _, lines = read(
        "Identité;;;Inscription;\nNom;Prénom;Date de naissance;Situation;Date\nA;B;12/04/1985;Inscrit;01/10/2026\n"
        "Nom;Prénom;Date de naissance;Situation;Date\nTotal;1;;;\nNombre d'inscrits : 1\n".encode()
    )
    assert [codes(line) for line in lines] == [[], ["LIGNE_TITRES"], ["LIGNE_TOTAL"], ["LIGNE_TOTAL"]]
    assert all(has_error(line.remarks) for line in lines[1:])


@pytest.mark.parametrize(
    "born", ["12/04/1985", "12-04-1985", "12.04.1985", "1985-04-12", "1985-04-12 00:00:00.0", "19850412", "'12/04/1985"]
)
def test_dates_as_text_in_any_shape(born):
    [line] = by_hand(f"A;B;{born};Inscrit;01/10/2026;;")
    assert (line.birth_date, codes(line)) == (dt.date(1985, 4, 12), [])


def test_odd_cells_of_spreadsheets():
    quoted = 'Nom;;Prénom;Date de naissance;Situation;Date;\n"A;Z";;Émile;12/04/1985;Inscrit;01/10/2026;\n'
    for content in (quoted.encode("utf-16"), quoted.encode("utf-8-sig"), quoted.encode("cp1252")):
        _, [line] = read(content)
        assert (line.last_name, line.first_names, codes(line)) == ("A;Z", "Émile", [])
    titles = "NIR;IDENTIFIANT PE;NOM;PRENOM;DATE NAISSANCE;DATE;CODE;NIR2;CODE INSEE\n"
    _, [line] = read(f"{titles}'2850457990001;'9900001T099;A;B;12/04/1985;02/03/2026;01;'2850457990001;1004".encode())
    assert (line.nir13, line.insee, line.events[0].category, codes(line)) == ("2850457990001", "01004", "1", [])
    _, [hidden] = read(f"{titles}{'•' * 13};9900001T099;A;B;12/04/1985;02/03/2026;1;{'•' * 13};".encode())
    assert (hidden.nir13, codes(hidden)) == (None, []), "hidden in a file of rejects: as if not given"


def test_merged_cells_and_totals_of_a_workbook():
    book = Workbook()
    sheet = book.active
    for row in (
        ["Liste des bénéficiaires octobre 2026"],
        [*TITLES.split(";")[:5], "Agence"],
        ["A", "B", dt.date(1985, 4, 12), "Inscrit", dt.date(2026, 10, 2), "Metz"],
        ["C", "D", dt.date(1985, 4, 12), "Inscrit", dt.date(2026, 10, 2), None],
        ["Total", 2],
    ):
        sheet.append(row)
    sheet.merge_cells("A1:F1")
    sheet.merge_cells("F3:F4")
    book.create_sheet("Cachée").sheet_state = "hidden"
    file = io.BytesIO()
    book.save(file)
    parsed, lines = read(file.getvalue())
    assert parsed.survey.above == ("Liste des bénéficiaires octobre 2026",)
    assert [codes(line) for line in lines] == [[], [], ["LIGNE_TOTAL"]]
    assert "Non lues : Cachée." in " ".join(said.message for said in parsed.warnings)
