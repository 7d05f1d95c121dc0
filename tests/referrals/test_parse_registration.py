"""Pôle emploi's lists: what each line of the real shapes gives, and what is refused."""

import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest

from hub.core.tabular import FileProblem
from referrals.imports.codes import EXIT_CODES, exit_meaning
from referrals.imports.detect import detect
from referrals.imports.lines import RegistrationEvent, has_error
from referrals.imports.registration import parse

SAMPLES = Path(__file__).parents[1] / "samples"
TODAY = dt.date(2026, 11, 22)
TITLES = "NIR;IDENTIFIANT PE;NOM;PRENOM;DATE NAISSANCE;DATE;CODE;NIR2"
AMELIE = "2850457990001;9900001T099;FICTIF;AMELIE;12/04/1985;02/03/2026;1;2850457990001"


def lines(source, **options):
    if isinstance(source, str):
        source = io.BytesIO(source.encode())
    return list(parse(source, today=TODAY, **options).rows)


def codes(line):
    return [said.code for said in line.remarks]


def stock(*rows, titles=TITLES, **options):
    return lines("\n".join((titles, *rows)), **options)


def changed(**cells):
    names = ("nir", "pes", "last", "first", "born", "date", "code", "nir2")
    return ";".join(cells.get(name, cell) for name, cell in zip(names, AMELIE.split(";")))


def test_stock_sample():
    parsed = parse(SAMPLES / "pe_01_stock_2026-10_cp1252.csv", today=TODAY, kind="registration_stock")
    assert (parsed.kind, parsed.encoding, parsed.separator) == ("registration_stock", "cp1252", ";")
    read = list(parsed.rows)
    assert [line.pes_keys[0] for line in read] == [
        "9900001T", "9900006M", "9900008P", "9900010A", "9900007O", "9900004T", "9900001T",
    ]  # fmt: skip
    assert [codes(line) for line in read] == [[]] * 6 + [["DOUBLON_FICHIER"]]
    assert read[5].nir13 is None
    assert read[3].nir13 == "183082B990010"
    assert read[0].events == (RegistrationEvent("registered", dt.date(2026, 3, 2), category="1"),)
    assert (read[0].insee, read[0].city, read[0].agency) == ("57463", "METZ", "57001")
    assert read[0].fingerprint == read[6].fingerprint != read[1].fingerprint


def test_exits_sample():
    read = lines(SAMPLES / "pe_02_cessations_2026-10_utf8bom.csv", kind="registration_exits")
    maelle, karim, again, mariange, marieange = read
    [event] = maelle.events
    assert (event.state, event.code, event.date) == ("ceased", "90", dt.date(2026, 10, 31))
    assert exit_meaning(event.code, event.motive).alerting
    assert exit_meaning(karim.events[0].code, karim.events[0].motive).family == "job"
    assert not exit_meaning("11", None).alerting
    assert codes(again) == ["DOUBLON_FICHIER"]
    assert mariange.events[0].date == dt.date(2026, 10, 31), "ISO date accepted"
    assert codes(marieange) == ["DATE_INVALIDE"]
    assert marieange.remarks[0].message == "la date « 31/02/2026 » n'existe pas"
    assert (marieange.last_name, marieange.birth_date) == (mariange.last_name, mariange.birth_date)
    assert marieange.fingerprint != mariange.fingerprint


def test_snapshot_sample():
    amelie, maelle, jeannoel, selene = lines(
        SAMPLES / "pe_04_flux_riche_2026-10_utf8.csv", kind="registration_snapshot"
    )
    assert [event.state for event in amelie.events] == ["registered"]
    assert [event.state for event in maelle.events] == ["registered", "ceased"]
    assert [event.state for event in jeannoel.events] == ["registered", "struck_off"]
    assert (selene.last_name, selene.birth_name, selene.events[-1].category) == ("IMAGINAIRE", "BIDON", "F")
    assert amelie.agency == "AGENCE FICTIVE METZ"
    assert all(not line.remarks for line in (amelie, maelle, jeannoel, selene))


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"nir2": "2850457990002"}, "NIR_DIFFERENTS"),
        ({"pes": "ABC"}, "ID_FT_FORMAT"),
        ({"born": "31/02/1985"}, "DATE_INVALIDE"),
        ({"born": "00/00/1985"}, "DATE_INVALIDE"),
        ({"born": ""}, "DATE_ABSENTE"),
        ({"born": "12/04/2030"}, "DATE_FUTURE"),
        ({"date": "00/00/2026"}, "DATE_INVALIDE"),
        ({"date": ""}, "DATE_ABSENTE"),
        ({"date": "02/03/2062"}, "DATE_FUTURE"),
        ({"code": ""}, "CODE_ABSENT"),
        ({"last": ""}, "NOM_VIDE"),
        ({"last": "---"}, "NOM_VIDE"),
        ({"first": " "}, "NOM_VIDE"),
        ({"last": "X" * 200}, "CELLULE_TROP_LONGUE"),
        ({"last": "X" * 20_000}, "CELLULE_TROP_LONGUE"),
    ],
)
def test_rejected_lines(cells, code):
    [line] = stock(changed(**cells))
    assert code in codes(line)
    assert has_error(line.remarks)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"nir": "285045799000199", "nir2": "285045799000199"}, "NIR_CLE"),
        ({"nir": "inconnu", "nir2": "inconnu"}, "NIR_FORMAT"),
        ({"nir": "2,85E+12", "nir2": "2,85E+12"}, "NIR_TRONQUE_EXCEL"),
    ],
)
def test_a_bad_nir_is_dropped_and_the_line_kept(cells, code):
    [line] = stock(changed(**cells))
    assert codes(line) == [code]
    assert not has_error(line.remarks)
    assert line.nir13 is None
    assert line.events


@pytest.mark.parametrize("nir", ["2850457990001", ""])
def test_a_line_without_identifier_is_kept_for_its_number_or_its_names_and_birth_date(nir):
    [line] = stock(changed(pes="", nir=nir, nir2=nir))
    assert codes(line) == ["ID_FT_ABSENT"]
    assert not has_error(line.remarks)
    assert line.events


def test_nir_never_stands_in_a_remark():
    for line in stock(changed(nir="285045799000199"), changed(nir2="1850457990001"), changed(born="1986-04-12")):
        assert not any("57990" in said.message for said in line.remarks)


def test_two_nirs_compare_on_thirteen_characters():
    [line] = stock(changed(nir="285045799000161"))
    assert line.nir13 == "2850457990001"
    assert not line.remarks


def test_unknown_category_is_never_defaulted():
    [line] = stock(changed(code="Z"))
    assert codes(line) == ["CODE_INCONNU"]
    assert line.events[0].category is None
    assert stock(changed(code="01"))[0].events[0].category == "1"


def test_wrong_number_of_cells():
    short, long = stock(AMELIE.rsplit(";", 2)[0], AMELIE + ";x")
    assert codes(short) == codes(long) == ["NB_COLONNES"]
    assert short.nir13 is None


@pytest.mark.parametrize(
    ("titles", "extra", "kind"),
    [
        ("a;b;c;d;e;f;g;h", "", "registration_stock"),
        ("a;b;c;d;e;f;g;h;i;j;k;l", ";57463;METZ;1 RUE;57001", "registration_stock"),
        (None, "", "registration_stock"),
    ],
)
def test_by_position(titles, extra, kind):
    content = "\n".join(filter(None, (titles, AMELIE + extra)))
    assert detect(io.BytesIO(content.encode())) == kind
    [line] = lines(content, kind=kind)
    assert (line.nir13, line.pes_keys, line.birth_date) == ("2850457990001", ("9900001T",), dt.date(1985, 4, 12))
    assert not line.remarks


def test_exits_by_position():
    cells = AMELIE.split(";")
    row = ";".join([*cells[:6], "R2", "Radiation de 2 mois", cells[0]])
    content = "a;b;c;d;e;f;g;h;i\n" + row
    [line] = lines(content, kind="registration_exits")
    assert line.events == (
        RegistrationEvent("struck_off", dt.date(2026, 3, 2), "R2", "Radiation de 2 mois", None, dt.date(2026, 5, 2)),
    )


@pytest.mark.parametrize(
    ("code", "motive", "state", "said"),
    [
        ("90", "", "ceased", []),
        ("X9", "Radiation administrative", "struck_off", []),
        ("X9", "Défaut d'actualisation", "ceased", []),
        ("X9", "Entrée en stage", "ceased", []),
        ("X9", "Motif mystère", "ceased", ["CODE_INCONNU"]),
    ],
)
def test_exit_states(code, motive, state, said):
    cells = AMELIE.split(";")
    row = ";".join([*cells[:6], code, motive, cells[0]])
    titles = TITLES.replace("NIR2", "MOTIF;NIR2")
    [line] = stock(row, titles=titles)
    assert line.events[0].state == state
    assert codes(line) == said
    [forced] = stock(row, titles=titles, exits_as="struck_off")
    assert forced.events[0].state == "struck_off"


SNAPSHOT = (
    "nir;nom;prenom;dtnai;allocataire_identifiant_pe;inscription_date_debut_ide;inscription_code_categorie;"
    "inscription_date_cessation_ide;inscription_date_radiation_ide"
)


@pytest.mark.parametrize(
    ("dates", "states"),
    [
        (("2026-01-01", "2026-02-01", "2026-03-01"), ["registered", "ceased", "struck_off"]),
        (("2026-01-01", "2026-03-01", "2026-02-01"), ["registered", "ceased"]),
        (("2026-01-01", "2026-01-01", ""), ["registered"]),
        (("2026-03-01", "2026-01-01", "2026-02-01"), ["registered"]),
        (("2026-01-01", "2026-02-01", "2026-02-01"), ["registered", "ceased"]),
        (("", "2026-02-01", ""), ["ceased"]),
    ],
)
def test_snapshot_state_is_the_strictly_later_one(dates, states):
    started, ceased, struck = dates
    row = f"2850457990001;FICTIF;AMELIE;1985-04-12;9900001T;{started};1;{ceased};{struck}"
    [line] = stock(row, titles=SNAPSHOT)
    assert [event.state for event in line.events] == states
    assert line.birth_name is None or line.birth_name == line.last_name


def test_snapshot_without_any_date_is_an_error():
    [line] = stock("2850457990001;FICTIF;AMELIE;1985-04-12;9900001T;;;;", titles=SNAPSHOT)
    assert codes(line) == ["DATE_ABSENTE"]


def test_workbook_with_real_dates_and_numbers():
    book = openpyxl.Workbook()
    book.active.append(TITLES.split(";"))
    born, date = dt.date(1985, 4, 12), dt.date(2026, 3, 2)
    book.active.append([2850457990001, "9900001T099", "FICTIF", "AMELIE", born, date, 1, 2850457990001])
    out = io.BytesIO()
    book.save(out)
    [line] = lines(out)
    assert (line.nir13, line.birth_date, line.events[0].category) == ("2850457990001", born, "1")
    assert not line.remarks


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("pe_02_cessations_2026-10_utf8bom.csv", "registration_stock", "cessations"),
        ("pe_01_stock_2026-10_cp1252.csv", "registration_exits", "inscrits"),
        ("pe_04_flux_riche_2026-10_utf8.csv", "registration_stock", "flux détaillé"),
        ("brsa_02_carnet_de_bord_utf8bom.csv", "registration_stock", "tableau de personnes"),
        ("caf_01_rsabem_2026-10.xml", "registration_stock", "CAF"),
    ],
)
def test_wrong_kind_is_named(name, kind, words):
    with pytest.raises(FileProblem) as problem:
        parse(SAMPLES / name, today=TODAY, kind=kind)
    assert problem.value.code == "TYPE_INATTENDU"
    assert words in problem.value.message


def test_missing_columns():
    with pytest.raises(FileProblem) as problem:
        stock("A;B;C;D;E", titles="NIR;IDENTIFIANT PE;NOM;PRENOM;DATE NAISSANCE")
    assert problem.value.code in ("COLONNES_MANQUANTES", "TYPE_INATTENDU")


def test_raw_keeps_known_columns_only_and_says_where_the_nir_is():
    parsed = parse(SAMPLES / "pe_01_stock_2026-10_cp1252.csv", today=TODAY)
    assert "ADRESSE" not in parsed.columns
    assert [parsed.columns[position] for position in parsed.nir_columns] == ["NIR", "NIR2"]
    assert len(next(parsed.rows).raw) == len(parsed.columns)


def test_exit_codes_are_unique_and_short():
    assert len({known.code for known in EXIT_CODES}) == len(EXIT_CODES)
    assert all(len(known.code) <= 2 and known.nature in ("ceased", "struck_off") for known in EXIT_CODES)


def test_a_move_is_an_ordinary_exit():
    """Domain §5: it explains the absence until its own end."""
    for motive in ("Déménagement", "DEMENAGE HORS DEPARTEMENT", "Changement de région"):
        assert exit_meaning(None, motive) == ("ceased", False, "move")


@pytest.mark.parametrize("cells", [{"nir2": ""}, {"nir": ""}, {"nir2": "2 85 04 57 990 001"}])
def test_a_number_written_once_contradicts_nothing(cells):
    [line] = stock(changed(**cells))
    assert (codes(line), line.nir13) == ([], "2850457990001")


@pytest.mark.parametrize("motive", ["Non-présentation à convocation", "NON-PRESENTATION A CONVOCATION", "R2", "r2 "])
def test_a_motive_is_known_by_the_code_or_the_label_of_the_table(motive):
    content = f"Nom;Prénom;Né(e) le;Situation;Date;Motif\r\nFICTIF;Amélie;12/04/1985;Radié;15/10/2026;{motive}\r\n"
    [line] = lines(content)
    assert codes(line) == []
    assert [(event.state, event.code) for event in line.events] == [("struck_off", "R2")]


@pytest.mark.parametrize("cells", [{"last": "X" * 200}, {"first": "X" * 200}])
def test_a_cell_too_long_is_not_said_empty(cells):
    [line] = stock(changed(**cells))
    assert codes(line) == ["CELLULE_TROP_LONGUE"]


def test_the_columns_not_taken_are_never_cut_in_the_middle():
    others = [f"colonne_{n:02d}_dif" for n in range(60)]
    titles = ";".join([TITLES, *others])
    parsed = parse(io.BytesIO(f"{titles}\n{AMELIE}{';' * 60}\n".encode()), today=TODAY)
    [said] = [one.message for one in parsed.warnings if one.code == "COLONNES_IGNOREES"]
    names, left = said.removeprefix("Colonnes non reprises : ").split(" et ")
    assert set(names.split(", ")) <= set(others)
    assert left == f"{60 - len(names.split(', '))} autres."
