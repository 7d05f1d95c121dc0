"""Reading and writing tables: what partners send, and what attackers send."""

import csv
import datetime as dt
import io
import random
import struct
import zipfile

import openpyxl
import pytest

from hub.core.tabular import FileProblem, Limits, csv_lines, neutral, read_table, write_csv, write_xlsx
from hub.core.tabular.problems import MESSAGES, at_line

ALIASES = {
    "name": ["Nom", "Nom bénéficiaire"],
    "first": ["Prénom"],
    "born": ["Date de naissance", "DDN"],
    "code": ["N° CAF"],
}
HEADER = "Nom;Prénom;Date de naissance;N° CAF"


def read(content, **options):
    data = content.encode("utf-8") if isinstance(content, str) else content
    return read_table(io.BytesIO(data), aliases=ALIASES, **options)


def rows(content, **options):
    return list(read(content, **options).rows())


def refused(content, **options):
    with pytest.raises(FileProblem) as problem:
        list(read(content, **options).rows())
    assert problem.value.status == 400
    assert problem.value.message[0].isupper(), "a French sentence, never a bare code"
    return problem.value


def xlsx(*lines, title=None):
    book = openpyxl.Workbook()
    sheet = book.active
    if title:
        sheet.title = title
    for line in lines:
        sheet.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --- Text files -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings(encoding):
    table = read(f"{HEADER}\r\nŒUVRE;Cœlia;01/12/1990;9\r\n".encode(encoding))
    assert list(table.rows()) == [(2, ["ŒUVRE", "Cœlia", "01/12/1990", "9"])]
    assert table.encoding == encoding
    assert table.warnings == []


def test_utf8_cut_in_the_middle_of_a_letter_is_windows_1252():
    assert read(b"Nom;Prenom;DDN\nA;B;\xc3").encoding == "cp1252"


@pytest.mark.parametrize("sign", [";", ",", "|", "\t"])
def test_separators(sign):
    table = read(HEADER.replace(";", sign) + f"\nFICTIF{sign}Amélie{sign}12/04/1985{sign}9\n")
    assert table.separator == sign
    assert table.columns == ("name", "first", "born", "code")


def test_separators_inside_quotes_do_not_count_and_semicolon_wins_ties():
    assert read('Nom;"a,b,c,d,e";Prénom;DDN\nX;;Y;Z\n').separator == ";"
    assert read("Nom;Prénom;DDN\nX;Y,Y,Y,Y;Z\n").separator == ";"


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_line_ends(end):
    assert rows(f"{HEADER}{end}A;B;C;D{end}E;F;G;H{end}") == [(2, list("ABCD")), (3, list("EFGH"))]


def test_header_may_follow_title_rows_and_have_line_breaks():
    content = 'Liste du mois\n\n;;;\n"Date de\nNaissance*";Observations;NOM;Prénom\n12/04/1985;x;FICTIF;Amélie\n;;;\n'
    table = read(content)
    assert table.columns == ("born", "name", "first")
    assert table.headers == ("Date de\nNaissance*", "NOM", "Prénom")
    assert table.header_line == 4
    assert table.extra_columns == ("Observations",)
    assert [w.code for w in table.warnings] == ["COLONNES_IGNOREES"]
    assert list(table.rows()) == [(6, ["12/04/1985", "FICTIF", "Amélie"])]
    assert list(table.rows()) == list(table.rows()), "rows can be read again"


def test_line_numbers_are_those_of_the_file_when_cells_hold_line_breaks():
    assert [line for line, _ in rows(f'{HEADER}\n"A\nA";B;C;D\n\nE;F;G;H\n')] == [2, 5]


def test_help_rows_are_skipped():
    content = "__ignore__;Nom;Prénom;DDN\ntrue;texte d'aide;x;x\n;FICTIF;Amélie;12/04/1985\n"
    assert rows(content) == [(3, ["FICTIF", "Amélie", "12/04/1985"])]


def test_mojibake_is_warned_about_and_repaired_on_demand():
    broken = f"{HEADER}\nSélène;Maëlle;x;y\n".encode().decode("cp1252").encode()
    table = read(broken.replace("PrÃ©nom".encode(), "Prénom".encode()))
    assert "ENCODAGE_DOUBLE" in [w.code for w in table.warnings]
    repaired = read(broken, repair=True)
    assert list(repaired.rows()) == [(2, ["Sélène", "Maëlle", "x", "y"])]


def test_short_lines_are_padded_or_said():
    assert rows(f"{HEADER}\nA;B\n") == [(2, ["A", "B", "", ""])]
    table = read(f"{HEADER}\nA;B\n", strict_width=True)
    [(line, _)] = table.rows()
    assert at_line(line, table.problems[line][0]) == "Ligne 2 : 2 colonnes au lieu de 4"


def test_long_lines_are_said_unless_their_end_is_empty():
    table = read(f"{HEADER}\nA;B;C;D;;\nA;B;C;D;E\n")
    assert [cells for _, cells in table.rows()] == [list("ABCD")] * 2
    assert [said.code for said in table.problems[3]] == ["NB_COLONNES"]
    assert 2 not in table.problems


def test_a_cell_of_ten_thousand_characters_is_a_line_error():
    table = read(f"{HEADER}\nA;{'é' * 10_001};C;D\nE;F;G;H\n")
    first, second = table.rows()
    assert len(first[1][1]) == 201
    assert [said.code for said in table.problems[2]] == ["CELLULE_TROP_LONGUE"]
    assert second == (3, list("EFGH"))


def test_nul_characters_never_come_out():
    assert rows(f"{HEADER}\nA\x00;B;C;D\n") == [(2, list("ABCD"))]


def test_layouts_by_position():
    layouts = {3: ("name", None, "first")}
    assert rows("a;b;c\nFICTIF;x;Amélie\n", layouts=layouts) == [(2, ["FICTIF", "Amélie"])]
    untitled = read("FICTIF;12345678;Amélie\n", layouts=layouts)
    assert list(untitled.rows()) == [(1, ["FICTIF", "Amélie"])]
    assert untitled.headers == ("Nom", "Prénom")


# --- Whole-file refusals ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"\xef\xbb\xbf", b" \r\n;;;\r\n", HEADER.encode(), HEADER.encode() + b"\n;;;\n"]
)
def test_empty(content):
    assert refused(content).code == "FICHIER_VIDE"


def test_missing_columns_are_named_with_their_titles():
    problem = refused("Nom;Prénom;DDN\nA;B;C\n", required=("name", "code", "born"))
    assert problem.code == "COLONNES_MANQUANTES"
    assert "N° CAF" in problem.message
    assert "Nom" not in problem.message


def test_unknown_titles():
    problem = refused("a;b;c\nd;e;f\n", required=("name", "first"))
    assert problem.code == "ENTETE_INTROUVABLE"
    assert "Nom, Prénom" in problem.message


def test_duplicated_column_is_refused_only_when_mapped():
    assert refused("Nom;Prénom;DDN;Nom\nA;B;C;D\n").code == "COLONNE_EN_DOUBLE"
    assert rows("Nom;Prénom;DDN;x;x\nA;B;C;D;E\n") == [(2, ["A", "B", "C"])]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (random.Random(1).randbytes(50_000), "FICHIER_ILLISIBLE"),
        (b"\x00\x01\x02" * 100, "FICHIER_ILLISIBLE"),
        (b"%PDF-1.7 ...", "FICHIER_ILLISIBLE"),
        (b"\x89PNG\r\n\x1a\n", "FICHIER_ILLISIBLE"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512, "FICHIER_XLS"),
        (b"<?xml version='1.0'?><a/>", "FICHIER_ILLISIBLE"),
        (b"PK\x03\x04 and nothing more", "FICHIER_TRONQUE"),
        (b"PK\x03\x04" + random.Random(2).randbytes(5_000), "FICHIER_TRONQUE"),
    ],
)
def test_foreign_files(content, code):
    assert refused(content).code == code


def test_old_excel_is_told_what_to_do():
    assert ".xlsx" in refused(b"\xd0\xcf\x11\xe0" + b"\x00" * 512).message


def test_an_unclosed_quote_is_named_by_its_line():
    problem = refused(f'{HEADER}\nA;B;C;D\nA;"B;C;D\n' + "A;B;C;D\n" * 200_000)
    assert problem.code == "GUILLEMETS"
    assert "Ligne 3" in problem.message


def test_too_many_lines_or_columns():
    assert refused(HEADER + "\nA;B;C;D" * 30, limits=Limits(text_rows=10)).code == "FICHIER_TROP_GROS"
    assert refused(HEADER + ";x" * 300 + "\nA;B;C;D\n").code == "TROP_DE_COLONNES"
    assert refused(HEADER + "\n" + "A;B;C;D\n" * 100, limits=Limits(file_bytes=100)).code == "FICHIER_TROP_GROS"


def test_every_message_is_a_sentence_without_its_code():
    for code, text in MESSAGES.items():
        assert code not in text
        assert " " in text


# --- Workbooks --------------------------------------------------------------------------------------------------


def test_workbook_cells_become_text():
    content = xlsx(
        ["Nom", "Prénom", "Date de naissance", "N° CAF"],
        ["FICTIF", True, dt.date(1985, 4, 12), 285045799000161],
        [None, None, None, None],
        ["x", 1.5, dt.datetime(2026, 1, 2, 3, 4), 31149],
    )
    table = read(content)
    assert table.kind == "xlsx"
    assert list(table.rows()) == [
        (2, ["FICTIF", "Oui", "1985-04-12", "285045799000161"]),
        (4, ["x", "1,5", "2026-01-02 03:04:00", "31149"]),
    ]


def test_header_is_looked_for_in_every_visible_sheet():
    book = openpyxl.Workbook()
    book.active.append(["Mode d'emploi"])
    hidden = book.create_sheet("caché")
    hidden.append(["Nom", "Prénom", "DDN"])
    hidden.append(["FAUX", "Faux", "x"])
    hidden.sheet_state = "hidden"
    data = book.create_sheet("données")
    data["B3"], data["C3"], data["D3"] = "Nom", "Prénom", "DDN"
    data["B4"], data["C4"], data["D4"] = "FICTIF", "Amélie", "12/04/1985"
    out = io.BytesIO()
    book.save(out)
    assert rows(out.getvalue()) == [(4, ["FICTIF", "Amélie", "12/04/1985"])]


def ods(body):
    names = 'xmlns:office="o" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="t"'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0"?><office:document-content {names}><office:body><office:spreadsheet>'
            f'<table:table table:name="a">{body}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return out.getvalue()


def ods_row(*cells, repeat=1, columns=1):
    opening = f'<table:table-cell office:value-type="string" table:number-columns-repeated="{columns}">'
    filled = "".join(f"{opening}<text:p>{cell}</text:p></table:table-cell>" for cell in cells)
    return f'<table:table-row table:number-rows-repeated="{repeat}">{filled}</table:table-row>'


def test_opendocument():
    body = ods_row("Nom", "Prénom", "DDN") + ods_row("FICTIF", "Amélie", "12/04/1985")
    empty = '<table:table-cell table:number-columns-repeated="16384"/>'
    filler = f'<table:table-row table:number-rows-repeated="1048570">{empty}</table:table-row>'
    table = read(ods(body + filler))
    assert table.kind == "ods"
    assert list(table.rows()) == [(2, ["FICTIF", "Amélie", "12/04/1985"])]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (ods_row("a", "b", "c", repeat=900_000), "FICHIER_TROP_GROS"),
        (ods_row("a", columns=16_000), "TROP_DE_COLONNES"),
        (ods_row("a", repeat="9" * 400), "FICHIER_TROP_GROS"),
    ],
)
def test_opendocument_repetition_bombs(body, code):
    assert refused(ods(body)).code == code


def sheet_xlsx(sheet_xml, shared=None):
    out = io.BytesIO()
    source = zipfile.ZipFile(io.BytesIO(xlsx(["Nom", "Prénom", "DDN"], ["A", "B", "C"])))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = sheet_xml
            if name != "xl/sharedStrings.xml":
                archive.writestr(name, content)
        archive.writestr("xl/sharedStrings.xml", shared or "<sst/>")
    return out.getvalue()


def worksheet(cells):
    return (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        + cells
        + b"</sheetData></worksheet>"
    )


def test_the_bomb_of_600_000_rows_is_refused_before_any_parser(monkeypatch):
    lines = (
        f'<row r="{n}"><c r="A{n}"><v>{n * 7919 % 9_973}</v></c><c r="B{n}"><v>1</v></c></row>' for n in range(600_000)
    )
    bomb = sheet_xlsx(worksheet("".join(lines).encode()))
    assert 2_000_000 < len(bomb) < 8_000_000
    monkeypatch.setattr("hub.core.tabular.sheet.CalamineWorkbook", None)
    problem = refused(bomb)
    assert problem.code == "FICHIER_TROP_GROS"
    assert "50000 lignes" in problem.message
    assert "CSV" in problem.message


def test_formulas_without_a_value_are_said():
    def cell(text):
        return f'<c t="inlineStr"><is><t>{text}</t></is></c>'

    written = f"<row>{''.join(map(cell, ('Nom', 'Prénom', 'DDN')))}</row><row>{cell('A')}</row>"
    kept = "<row><c><f>A2</f><v>1</v></c></row>"
    unsaved = '<row><c><f>A2</f><v /></c><c><f>B2</f></c><c><f t="shared" si="0"/></c></row>'
    assert read(sheet_xlsx(worksheet(f"{written}{kept}".encode()))).warnings == []
    [said] = read(sheet_xlsx(worksheet(f"{written}{kept}{unsaved}".encode()))).warnings
    assert said.code == "FORMULES" and "(3)" in said.message


def test_inflated_size_is_bounded_by_what_is_declared():
    problem = refused(sheet_xlsx(worksheet(b" " * 30_000_000)))
    assert problem.code == "FICHIER_TROP_GROS"
    assert (
        refused(sheet_xlsx(worksheet(b" " * 3_000_000)), limits=Limits(inflated_bytes=1_000_000)).code
        == "FICHIER_TROP_GROS"
    )


def test_inflated_size_is_bounded_even_when_the_directory_lies():
    bomb = bytearray(sheet_xlsx(worksheet(b" " * 150_000_000)))
    real = struct.pack("<I", 150_000_000 + len(worksheet(b"")))
    while (at := bomb.find(real)) >= 0:
        bomb[at : at + 4] = struct.pack("<I", 1_000)
    assert refused(bytes(bomb)).code == "FICHIER_TROP_GROS"


@pytest.mark.parametrize(
    "cells",
    [
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>',
        b"<row r='1'><c r='XFD1'><v>1</v></c></row>",
        b'<row r="1"><c s="1"\n r = "XFD1048576"><v>1</v></c></row>',
        b'<row r="1"><c r="ZZ1"><v>1</v></c></row>',
        b'<row><c r="A99999999"><v>1</v></c></row>',
    ],
)
def test_cells_at_the_far_corner_are_refused(cells):
    assert refused(sheet_xlsx(worksheet(cells))).code in ("FICHIER_DANGEREUX", "TROP_DE_COLONNES")


def test_one_huge_shared_text_is_refused():
    shared = (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
        + b"x" * 900_000
        + b"</t></si></sst>"
    )
    rows_of_it = worksheet(b'<row><c t="s"><v>0</v></c></row>' * 1_000)
    assert refused(sheet_xlsx(rows_of_it, shared)).code == "FICHIER_DANGEREUX"


def test_entities_in_a_workbook_are_refused():
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]>' + worksheet(
        b"<row><c><v>&c;</v></c></row>"
    )
    assert refused(sheet_xlsx(bomb)).code == "FICHIER_DANGEREUX"


def test_a_zip_that_is_no_workbook():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "b")
    assert refused(out.getvalue()).code == "FICHIER_ILLISIBLE"
    truncated = xlsx(["Nom", "Prénom", "DDN"], ["A", "B", "C"])[:-200]
    assert refused(truncated).code == "FICHIER_TRONQUE"


@pytest.mark.parametrize("at", range(40, 4_000, 160))
def test_bytes_missing_anywhere_in_a_workbook_never_crash(at):
    content = xlsx(["Nom", "Prénom", "DDN"], ["A", "B", "C"])
    assert refused(content[:at] + content[at + 30 :]).code in ("FICHIER_TRONQUE", "FICHIER_ILLISIBLE")


def test_a_broken_sheet_is_refused_not_a_crash():
    assert refused(sheet_xlsx(b"<worksheet><sheetData><row><c><v>1")).code in (
        "FICHIER_ILLISIBLE",
        "FICHIER_VIDE",
        "ENTETE_INTROUVABLE",
    )


def test_an_ordinary_wide_workbook_is_read():
    wide = [f"colonne {n}" for n in range(60)]
    content = xlsx(["Nom", "Prénom", "DDN", *wide], ["A", "B", "C", *wide])
    assert rows(content) == [(2, ["A", "B", "C"])]


# --- Writing ----------------------------------------------------------------------------------------------------

PAYLOADS = ["=1+1", "+33699000000", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x")']


@pytest.mark.parametrize("payload", PAYLOADS)
def test_export_formula(payload):
    assert neutral(payload) == "'" + payload
    written = b"".join(piece.encode() for piece in csv_lines(["a"], [[payload]]))
    assert written.startswith(b"\xef\xbb\xbf")
    [_, [cell]] = csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""), delimiter=";")
    assert cell == "'" + payload
    out = io.BytesIO()
    write_xlsx(out, ["a"], [[payload]])
    cell = openpyxl.load_workbook(io.BytesIO(out.getvalue())).active["A2"]
    assert cell.data_type == "s"
    assert cell.value.strip() == payload.strip()


def test_headers_are_neutralised_too():
    assert next(csv_lines(["=1"], [])) == "\ufeff'=1\r\n"


def test_csv_for_people():
    out = io.BytesIO()
    write_csv(out, ["Né le", "n"], [[dt.date(1985, 4, 12), 1], [None, True], [dt.time(9, 30), 1.5], ['a";b', -1]])
    assert out.getvalue().decode("utf-8-sig") == 'Né le;n\r\n12/04/1985;1\r\n;Oui\r\n09h30;1,5\r\n"a"";b";-1\r\n'


def test_csv_is_streamed():
    pieces = list(csv_lines(["a"], (["x" * 1000] for _ in range(1000))))
    assert len(pieces) > 5
    assert "".join(pieces).count("\r\n") == 1001


def test_workbook_keeps_dates_and_drops_illegal_characters():
    out = io.BytesIO()
    write_xlsx(out, ["Nom", "Prénom", "DDN"], iter([["A\x00B", "x" * 40_000, dt.date(1985, 4, 12)]]), title="Rejets")
    sheet = openpyxl.load_workbook(io.BytesIO(out.getvalue()))["Rejets"]
    assert sheet["A2"].value == "AB"
    assert len(sheet["B2"].value) == 32_767
    assert sheet["C2"].value == dt.datetime(1985, 4, 12)


def test_what_we_write_we_read():
    out = io.BytesIO()
    write_csv(out, ["Nom", "Prénom", "DDN"], [["ŒUVRE", "Cœlia", dt.date(1990, 12, 1)]])
    assert rows(out.getvalue()) == [(2, ["ŒUVRE", "Cœlia", "01/12/1990"])]
