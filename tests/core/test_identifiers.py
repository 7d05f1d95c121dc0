import datetime as dt
import json
from pathlib import Path

import pytest
from stdnum.fr import nir as stdnum_nir

from hub.core.identifiers import (
    BadIdentifier,
    caf_number,
    check_nir,
    insee_code,
    is_mobile,
    nir_key,
    pes_keys,
    phone,
    postcode,
    siret,
)

CAST = json.loads((Path(__file__).parents[1] / "samples" / "_personnages_fictifs.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("person", CAST.values(), ids=CAST)
def test_every_invented_person_has_readable_identifiers(person):
    sex = "female" if person["title"] == "MME" else "male"
    born = dt.date.fromisoformat(person["dn"])
    for written in (person["n13"], person["n15"]):
        assert check_nir(written, sex=sex, birth_date=born) == (person["n13"], (), ())
    assert nir_key(person["n13"]) == person["n15"][13:]
    assert stdnum_nir.is_valid(person["n15"])
    assert pes_keys(person["ft8"]) == pes_keys(person["ft11r"]) == pes_keys(person["ft11f"]) == (person["ft8"],)
    assert pes_keys(person["ft11n"]) == (person["ft11n"],)
    assert caf_number(person["mat"]) == caf_number(person["mat"] + "0" * 8) == person["mat"]
    assert phone(person["tel"]) == "+33" + person["tel"].replace(" ", "")[1:]


@pytest.mark.parametrize(
    ("raw", "nir13", "errors"),
    [
        (None, None, ()),
        ("", None, ()),
        ("   ", None, ()),
        ("2 85 04 57 990 001 61", "2850457990001", ()),
        ("2.85.04.57.990.001", "2850457990001", ()),
        ("2\u00a085\u00a004\u202f57990001", "2850457990001", ()),
        ("183082b99001056", "183082B990010", ()),
        ("285045799000162", None, ("NIR_CLE",)),
        ("28504579900016", None, ("NIR_FORMAT",)),
        ("285045799000", None, ("NIR_FORMAT",)),
        ("5850457990001", None, ("NIR_FORMAT",)),
        ("0850457990001", None, ("NIR_FORMAT",)),
        ("2851357990001", None, ("NIR_FORMAT",)),
        ("2851957990001", None, ("NIR_FORMAT",)),
        ("2854357990001", None, ("NIR_FORMAT",)),
        ("2854957990001", None, ("NIR_FORMAT",)),
        ("2852057990001", "2852057990001", ()),
        ("2854257990001", "2854257990001", ()),
        ("2855057990001", "2855057990001", ()),
        ("7850457990001", "7850457990001", ()),
        ("3850457990001", "3850457990001", ()),
        ("285042C990001", None, ("NIR_FORMAT",)),
        ("2850499990001", "2850499990001", ()),
        ("269054958815780", None, ("NIR_FORMAT",)),
        ("19004579900AB1234", None, ("NIR_FORMAT",)),
        ("1,80333E+12", None, ("NIR_TRONQUE_EXCEL",)),
        ("2.85045E+14", None, ("NIR_TRONQUE_EXCEL",)),
        ("285046000000000", None, ("NIR_TRONQUE_EXCEL",)),
        ("２８５０４５７９９０００１", None, ("NIR_FORMAT",)),
        ("bonjour", None, ("NIR_FORMAT",)),
    ],
)
def test_nir(raw, nir13, errors):
    checked = check_nir(raw)
    assert (checked.nir13, checked.errors) == (nir13, errors)


def test_nir_disagreements_are_only_warnings():
    assert check_nir("2850457990001", sex="male") == ("2850457990001", (), ("NIR_SEXE",))
    assert check_nir("2850457990001", birth_date=dt.date(1986, 4, 12)).warnings == ("NIR_ANNEE",)
    assert check_nir("8850457990001", sex="female").warnings == ()


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("205599000000000", "2055990"),
        ("000000002055990", "2055990"),
        ("2055990", "2055990"),
        (" 205 599 0 ", "2055990"),
        ("55990", "0055990"),
        ("0055990", "0055990"),
        ("005599000000000", "0055990"),
        ("285045799000161", "285045799000161"),
        ("1234567000010", "1234567000010"),
        ("", None),
        (None, None),
    ],
)
def test_caf_number(raw, number):
    assert caf_number(raw) == number


@pytest.mark.parametrize("raw", ["12/34", "1234567890123456", "0000000", "é123456"])
def test_unreadable_caf_number(raw):
    with pytest.raises(BadIdentifier) as refused:
        caf_number(raw)
    assert refused.value.code == "MATRICULE_FORMAT"


@pytest.mark.parametrize(
    ("raw", "keys"),
    [
        ("0167942369Z", ("7942369Z",)),
        ("0609065370Y", ("9065370Y",)),
        ("9900001T099", ("9900001T",)),
        ("9900001t", ("9900001T",)),
        ("99 000 000 001", ("99000000001",)),
        ("12345678", ("12345678",)),
        ("00000000", ()),
        ("00000000000", ()),
        ("123", ()),
        ("990000AT", ()),
        ("", ()),
        (None, ()),
    ],
)
def test_pes_keys(raw, keys):
    assert pes_keys(raw) == keys


def test_siret():
    assert siret("000 000 026 00013") == "00000002600013"
    assert siret("35600000000048") == "35600000000048"
    assert siret("") is None
    for bad in ("00000002600014", "123", "ABCDEFGHIJKLMN"):
        with pytest.raises(BadIdentifier):
            siret(bad)


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("06 99 00 00 00", "+33699000000"),
        ("06.99.00.00.00", "+33699000000"),
        ("699000000", "+33699000000"),
        ("+33 6 99 00 00 00", "+33699000000"),
        ("0033 6 99 00 00 00", "+33699000000"),
        ("+352 26 12 34 56", "+35226123456"),
        ("", None),
    ],
)
def test_phone(raw, number):
    assert phone(raw) == number


@pytest.mark.parametrize("raw", ["12", "bonjour", "0000000000", "00 00"])
def test_unreadable_phone(raw):
    with pytest.raises(BadIdentifier):
        phone(raw)


def test_mobile_is_told_from_landline():
    assert is_mobile("+33699000000")
    assert not is_mobile("+33387000000")


def test_codes_get_back_their_leading_zero():
    assert postcode("1000") == "01000"
    assert insee_code("57463") == "57463"
    assert insee_code("2b033") == "2B033"
    assert insee_code(" ") is None
    for bad in ("5700A", "123", "570000"):
        with pytest.raises(BadIdentifier):
            postcode(bad)
