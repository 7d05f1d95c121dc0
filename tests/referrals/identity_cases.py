"""Identities as partners' files write them: whom the hub knows, what a line says, what must come of it.

(name, people known, kind of file, cells of the line, verdict, rule). `known` stands for changed or unchanged: a file of
people brings its person up to date. Everybody is invented; numbers of social security have the commune 990, nobody's.
"""

from __future__ import annotations

from datetime import date
from typing import Any

Case = tuple[str, list[dict[str, Any]], str, dict[str, str], str, str]
NIR, OTHER_NIR = "2850457990123", "2850457990456"
LIST, TABLE = "registration", "people"
AMELIE: dict[str, Any] = {}  # FICTIF Amélie, born 12 April 1985, as tests/people.py makes her
LATER = date(1986, 5, 13)


def named(last_name: str, first_names: str = "Amélie", **more: Any) -> dict[str, Any]:
    return {"last_name": last_name, "first_names": first_names, **more}


def line(last: str = "FICTIF", first: str = "AMELIE", birth: str = "12/04/1985", **more: str) -> dict[str, str]:
    return {"last": last, "first": first, "birth": birth, **more}


def cut(length: int) -> list[Case]:
    whole = "CONSTANTINOPOLITAINEDELAMONTAGNE BLEUE"
    return [(f"name cut at {length}", [named(whole)], LIST, line(whole[:length]), "matched", "names_birth")]


JUNIOR = [named("MODELE", "Théo"), named("MODELE", "Timéo")]
HOUSEHOLD = [
    named("COUPLE", "Ange", caf_number="9900001", caf_role="DEM"),
    named("COUPLE", "Marie", caf_number="9900001", caf_role="CJT", birth_date=LATER),
]
MSA = "2850457990789"

CASES: list[Case] = [
    ("accents", [named("Élodéàçï")], LIST, line("ELODEACI"), "matched", "names_birth"),
    ("accents in the file only", [named("ELODEACI", "AMELIE")], LIST, line("Élodéàçï", "Amélie"), "matched",
     "names_birth"),
    ("lower case", [AMELIE], LIST, line("fictif", "amélie"), "matched", "names_birth"),
    ("hyphens", [named("Essai-Modèle")], LIST, line("ESSAI MODELE"), "matched", "names_birth"),
    ("ligature œ", [named("Lebœuf")], LIST, line("LEBOEUF"), "matched", "names_birth"),
    ("ligature æ", [named("Lætitien")], LIST, line("LAETITIEN"), "matched", "names_birth"),
    ("apostrophe straight or curly", [named("D'Essai")], LIST, line("D’ESSAI"), "matched", "names_birth"),
    ("apostrophe left out", [named("D'Essai")], LIST, line("D ESSAI"), "matched", "names_birth"),
    ("civility before the name", [AMELIE], LIST, line("MME FICTIF"), "matched", "names_birth"),
    ("first and last names swapped", [AMELIE], LIST, line("AMELIE", "FICTIF"), "unknown", ""),
    ("birth name in the file", [named("USAGE", birth_name="BIDON")], LIST, line("BIDON"), "matched", "names_birth"),
    ("used name in the file", [named("USAGE", birth_name="BIDON")], LIST, line("USAGE"), "matched", "names_birth"),
    ("X née Y, known as Y", [named("BIDON")], LIST, line("USAGE née BIDON"), "matched", "names_birth"),
    ("X née Y, known as X", [named("USAGE")], LIST, line("USAGE née BIDON"), "matched", "names_birth"),
    ("Y épouse X", [named("USAGE")], LIST, line("BIDON épouse USAGE"), "matched", "names_birth"),
    ("Y in parentheses épouse X", [named("USAGE")], LIST, line("BIDON (épouse USAGE)"), "matched", "names_birth"),
    ("a name in parentheses", [AMELIE], LIST, line("FICTIF (BIDON)"), "matched", "names_birth"),
    *cut(25), *cut(28), *cut(32),
    ("name cut elsewhere", [named("CONSTANTINOPOLITAINE DES MONTAGNES")], LIST, line("CONSTANTINOPOLITAINE"),
     "unknown", ""),
    ("Corsica 2A", [{"nir": "285042A990123"}], LIST, line("AUTRE", nir="285042A990123"), "matched", "nir_birth"),
    ("Corsica 2B", [{"nir": "285042B990123"}], LIST, line("AUTRE", nir="285042b990123"), "matched", "nir_birth"),
    ("Corsica is two departments", [{"nir": "285042A990123"}], LIST, line(nir="285042B990123"), "ambiguous",
     "names_birth"),
    ("provisional number 8", [{"nir": "8850457990123"}], LIST, line("AUTRE", nir="8850457990123"), "matched",
     "nir_birth"),
    ("provisional number 7", [{"nir": "7850457990123"}], LIST, line("AUTRE", nir="7850457990123"), "matched",
     "nir_birth"),
    ("number 3", [{"nir": "3850457990123"}], LIST, line("AUTRE", nir="3850457990123"), "matched", "nir_birth"),
    ("number 4", [{"nir": "4850457990123"}], LIST, line("AUTRE", nir="4850457990123"), "matched", "nir_birth"),
    ("technical number, no NIR", [{"nir": NIR}], LIST, line(nir="28504579901234567"), "matched", "names_birth"),
    ("number with its key and blanks", [{"nir": NIR}], TABLE, line("AUTRE", nir="2 85 04 57 990 123 KEY"), "known",
     "nir_birth"),
    ("number with a false key", [{"nir": NIR}], LIST, line(nir=f"{NIR}00"), "matched", "names_birth"),
    ("number cut by a spreadsheet", [{"nir": NIR}], LIST, line(nir="2,85046E+12"), "matched", "names_birth"),
    ("same number, another name", [{"nir": NIR}], LIST, line("MARIEE", "AMELIA", nir=NIR), "matched", "nir_birth"),
    ("same number, another birth date", [{"nir": NIR}], LIST, line(birth="13/05/1986", nir=NIR), "ambiguous", ""),
    ("another number, same person otherwise", [{"nir": NIR}], LIST, line(nir=OTHER_NIR), "ambiguous", "names_birth"),
    ("MSA number in the file number", [named("FICTIF", caf_number=MSA, caf_role="DEM")], TABLE,
     line("AUTRE", caf=MSA, role="DEM"), "known", "caf"),
    ("file number padded right", HOUSEHOLD, TABLE, line("COUPLE", "ANGE", "", caf="990000100000000", role="DEM"),
     "known", "caf"),
    ("file number padded left", HOUSEHOLD, TABLE, line("COUPLE", "ANGE", "", caf="00000009900001", role="DEM"),
     "known", "caf"),
    ("the other adult of the household", HOUSEHOLD, TABLE, line("COUPLE", "MARIE", "", caf="9900001", role="CJT"),
     "known", "caf"),
    ("file number without the right person", HOUSEHOLD, TABLE, line("COUPLE", "ZOE", "", caf="9900001", role="DEM"),
     "created", ""),
    ("identifier of 8 characters", [{"pes_id": "9900001A"}], LIST, line("AUTRE", pes="9900001A"), "matched", "pes_id"),
    ("identifier with its region", [{"pes_id": "9900001A"}], LIST, line("AUTRE", pes="0579900001A"), "matched",
     "pes_id"),
    ("identifier with its agency", [{"pes_id": "9900001A"}], LIST, line("AUTRE", pes="9900001A057"), "matched",
     "pes_id"),
    ("national identifier of 11 digits", [{"pes_id": "99000012345"}], LIST, line("AUTRE", pes="99000012345"),
     "matched", "pes_id"),
    ("nothing is derived from 11 digits", [{"pes_id": "00012345"}], LIST, line("AUTRE", pes="99000012345"), "unknown",
     ""),
    ("identifier, another birth date", [{"pes_id": "9900001A"}], LIST, line(birth="13/05/1986", pes="9900001A"),
     "unknown", ""),
    ("identifier of a twin", [{"pes_id": "9900001A"}], LIST, line(first="ZOE", pes="9900001A"), "ambiguous", "pes_id"),
    ("identifier, one first name of two", [named("FICTIF", "Zoé Amélie", pes_id="9900001A")], LIST,
     line("AUTRE", pes="9900001A"), "matched", "pes_id"),
    ("identifier, initial only", [{"pes_id": "9900001A"}], LIST, line("AUTRE", "A.", pes="9900001A"), "matched",
     "pes_id"),
    ("identifier of somebody else", [AMELIE, named("AUTRE", "Zoé", pes_id="9900001A", birth_date=LATER)], LIST,
     line(pes="9900001A"), "ambiguous", "names_birth"),
    ("namesake with another Solis identifier", [{"internal_id": "S-1"}], TABLE, line(internal="S-2"), "ambiguous",
     "names_birth"),
    ("junk identifier in a list", [AMELIE], LIST, line(pes="00000000"), "matched", "names_birth"),
    ("junk identifier in a table", [AMELIE], TABLE, line("AUTRE", pes="00000000"), "created", ""),
    ("twins, one known", [JUNIOR[0]], LIST, line("MODELE", "TIMEO"), "unknown", ""),
    ("twins, both known", JUNIOR, LIST, line("MODELE", "TIMEO"), "matched", "names_birth"),
    ("two people of one name and date", [AMELIE, AMELIE], LIST, line(), "ambiguous", "names_birth"),
    ("two people, told apart by the number", [{"nir": NIR}, {"nir": OTHER_NIR}], LIST, line(nir=OTHER_NIR), "matched",
     "nir_birth"),
    ("birth date without day in a list", [AMELIE], LIST, line(birth="00/04/1985"), "rejected", ""),
    ("birth date without day, with a number", [{"nir": NIR}], TABLE, line(birth="00/04/1985", nir=NIR), "known", "nir"),
    ("birth date as a spreadsheet's number", [AMELIE], LIST, line(birth="31149"), "matched", "names_birth"),
    ("another birth date", [AMELIE], LIST, line(birth="12/04/1986"), "unknown", ""),
    ("day and month swapped", [AMELIE], LIST, line(birth="04/12/1985"), "unknown", ""),
    ("compound first name", [named("FICTIF", "Jean-Noël")], LIST, line(first="JEAN NOEL"), "matched", "names_birth"),
    ("half a compound first name", [named("FICTIF", "Jean-Noël")], LIST, line(first="JEAN"), "unknown", ""),
    ("mail and first name", [{"email": "a@exemple.invalid"}], TABLE,
     line("AUTRE", birth="", caf="9911111", role="DEM", email="A@exemple.invalid"), "known", "email"),
    ("mail, another birth date", [{"email": "a@exemple.invalid"}], TABLE,
     line("AUTRE", birth="13/05/1986", email="a@exemple.invalid"), "created", ""),
    ("mail of somebody else's first name", [{"email": "a@exemple.invalid"}], TABLE,
     line(first="ZOE", birth="", caf="9911111", role="DEM", email="a@exemple.invalid"), "created", ""),
    ("telephone and first name", [{"phone": "0600000001"}], TABLE,
     line("AUTRE", birth="", caf="9911111", role="DEM", phone="+33 6 00 00 00 01"), "known", "phone"),
    ("Solis identifier", [{"internal_id": "S-1"}], TABLE, line("AUTRE", "ZOE", internal="S-1"), "known", "internal_id"),
    ("Solis identifier, another birth date", [{"internal_id": "S-1"}], TABLE,
     line("AUTRE", "ZOE", "13/05/1986", internal="S-1"), "ambiguous", ""),
    ("a line that says nothing of anybody", [AMELIE], TABLE, line(birth=""), "rejected", ""),
    ("a line without a name", [AMELIE], LIST, line(last=""), "rejected", ""),
]  # fmt: skip
