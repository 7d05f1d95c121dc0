"""Identifiers of persons and organisations as French partners write them: NIR, CAF/MSA, Pôle emploi, SIRET, phone.

Nothing here quotes a value in an error: these are the most sensitive data of the product.
"""

import datetime as dt
import re
from typing import NamedTuple

import phonenumbers
from stdnum.exceptions import ValidationError
from stdnum.fr import siret as stdnum_siret


class BadIdentifier(ValueError):
    """An identifier that cannot be read; `code` is an entry of `hub.core.tabular.problems.MESSAGES`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NirCheck(NamedTuple):
    """`nir13` is None when the cell is empty or has an error; codes are those of the file messages."""

    nir13: str | None = None
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


_SEPARATORS = str.maketrans("", "", " .-\u00a0\u202f\u2007\t'•")
# Months 20, 21-42 and 50-99 are legal: civil status incomplete at birth. Departments 2A and 2B are Corsica.
_NIR = re.compile(r"[123478]\d\d(?:0[1-9]|1[0-2]|20|2[1-9]|3\d|4[0-2]|[5-9]\d)(?:\d\d|2[AB])\d{6}(\d\d)?", re.ASCII)
_EXPONENT = re.compile(r"\d(?:[.,]\d+)?E\+?\d{1,2}", re.ASCII | re.IGNORECASE)
_CORSICA = {"2A": "19", "2B": "18"}
_EXCEL_ZEROS = "0000000"
_FICTITIOUS_NIR = "2690549588157"  # the example printed on specimen cards
_NO_NIR = NirCheck()
_BAD_NIR = NirCheck(errors=("NIR_FORMAT",))
_TRUNCATED_NIR = NirCheck(errors=("NIR_TRONQUE_EXCEL",))


def nir_truncated_by_excel(text: str) -> bool:
    """Whether a spreadsheet replaced the last digits: 1,80333E+12, or the same written out with its zeros."""
    return _EXPONENT.fullmatch(text) is not None or (len(text) in (13, 15) and text.endswith(_EXCEL_ZEROS))


def check_nir(raw: str | None, *, sex: str | None = None, birth_date: dt.date | None = None) -> NirCheck:
    """Check a NIR of 13 or 15 characters and return its 13 first ones, on which every comparison is made.

    The key is verified when present. `sex` ("male", "female") and `birth_date` only give warnings.
    """
    if not raw:
        return _NO_NIR
    if not (raw.isascii() and raw.isalnum()):
        stripped = raw.strip()
        if nir_truncated_by_excel(stripped):
            return _TRUNCATED_NIR
        raw = stripped.translate(_SEPARATORS)
        if not raw:
            return _NO_NIR
    number = raw.upper()
    found = _NIR.fullmatch(number)
    if found is None or number.endswith(_EXCEL_ZEROS):
        return _TRUNCATED_NIR if nir_truncated_by_excel(number) else _BAD_NIR
    nir13, key = number[:13], found[1]
    if nir13 == _FICTITIOUS_NIR:
        return _BAD_NIR
    if key is not None and nir_key(nir13) != key:
        return NirCheck(errors=("NIR_CLE",))
    warnings: tuple[str, ...] = ()
    if sex is not None and (sex == "male") != (nir13[0] in "137"):
        warnings += ("NIR_SEXE",)
    if birth_date is not None and birth_date.year % 100 != int(nir13[1:3]):
        warnings += ("NIR_ANNEE",)
    return NirCheck(nir13, (), warnings)


def nir13_of(raw: str) -> str:
    """The `nir13` of `check_nir`, or "": at once for what is written as it is compared, as lists mostly do."""
    found = _NIR.fullmatch(raw)
    if found and found[1] is None and raw != _FICTITIOUS_NIR and not raw.endswith(_EXCEL_ZEROS):
        return raw
    return check_nir(raw).nir13 or ""


def nir_key(nir13: str) -> str:
    """The two check digits of a 13-character NIR (Corsica: 2A counts as 19, 2B as 18)."""
    digits = nir13 if nir13.isdecimal() else nir13[:5] + _CORSICA[nir13[5:7]] + nir13[7:]
    return f"{97 - int(digits) % 97:02d}"


_CAF_NUMBER = re.compile(r"[0-9A-Z]{1,15}", re.ASCII)


def caf_number(raw: str | None) -> str | None:
    """A CAF or MSA file number as the hub compares it: at least 7 characters, CNAF's padding removed.

    Flows pad on the right with eight zeros, some tools on the left. A longer MSA number is kept whole.
    Raises `BadIdentifier("MATRICULE_FORMAT")`.
    """
    number = (raw or "").translate(_SEPARATORS).upper()
    if not number:
        return None
    if not _CAF_NUMBER.fullmatch(number) or not number.strip("0"):
        raise BadIdentifier("MATRICULE_FORMAT")
    for candidate in (number, number.lstrip("0")):
        if len(candidate) > 7 and not candidate[7:].strip("0"):
            return candidate[:7]
    return number.lstrip("0").rjust(7, "0")


_PES_LOCAL = re.compile(r"\d{7}[0-9A-Z]", re.ASCII)
_PES_REGIONAL = re.compile(r"\d{3}(\d{7}[A-Z])", re.ASCII)
_PES_AGENCY = re.compile(r"(\d{7}[A-Z])\d{3}", re.ASCII)
_PES_NATIONAL = re.compile(r"\d{11}", re.ASCII)


def pes_keys(raw: str | None) -> tuple[str, ...]:
    """Keys that identify a job seeker: the 8-character local identifier, or the 11-digit national number.

    The 8 characters are taken out of the two 11-character forms (agency code after, region before). An all-digit
    11 is the new national number: nothing is derived from it. () when empty, unreadable or the junk 00000000.
    """
    number = raw or ""
    if found := _PES_AGENCY.fullmatch(number):  # as lists write it
        return (found[1],)
    if not (number.isalnum() and number.isupper()):
        number = number.translate(_SEPARATORS).upper()
    if found := _PES_AGENCY.fullmatch(number) or _PES_REGIONAL.fullmatch(number):
        return (found[1],)
    if (_PES_LOCAL.fullmatch(number) or _PES_NATIONAL.fullmatch(number)) and number.strip("0"):
        return (number,)
    return ()


def siret(raw: str | None) -> str | None:
    """A SIRET of 14 digits, Luhn verified (La Poste has its own rule). Raises `BadIdentifier("SIRET_FORMAT")`."""
    number = (raw or "").translate(_SEPARATORS)
    if not number:
        return None
    try:
        return str(stdnum_siret.validate(number))
    except ValidationError as error:
        raise BadIdentifier("SIRET_FORMAT") from error


_FRENCH_PHONE = re.compile(r"0?([1-9]\d{8})", re.ASCII)


def phone(raw: str | None) -> str | None:
    """A telephone number in E.164; nine digits get back the zero a spreadsheet removed.

    Raises `BadIdentifier("TELEPHONE_FORMAT")`.
    """
    number = (raw or "").translate(_SEPARATORS)
    if not number:
        return None
    if found := _FRENCH_PHONE.fullmatch(number):
        return "+33" + found[1]
    try:
        parsed = phonenumbers.parse(number, "FR")
    except phonenumbers.NumberParseException as error:
        raise BadIdentifier("TELEPHONE_FORMAT") from error
    if not phonenumbers.is_valid_number(parsed):
        raise BadIdentifier("TELEPHONE_FORMAT")
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def spoken_phone(e164: str) -> str:
    """A kept number as one dials it in France: 03 87 00 00 01 (as it is when it is none, '' for '')."""
    try:
        parsed = phonenumbers.parse(e164, "FR")
    except phonenumbers.NumberParseException:
        return e164
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL))


def is_mobile(e164: str) -> bool:
    """Whether a French E.164 number is a mobile: preferred over a landline."""
    return e164.startswith(("+336", "+337"))


_POSTCODE = re.compile(r"\d{5}", re.ASCII)
_INSEE = re.compile(r"\d{5}|2[AB]\d{3}", re.ASCII)


def postcode(raw: str | None) -> str | None:
    """Five digits, with the leading zero a spreadsheet removed. Raises `BadIdentifier("CP_INCONNU")`."""
    return _five(raw, _POSTCODE, "CP_INCONNU")


def insee_code(raw: str | None) -> str | None:
    """A commune code of five characters (2A, 2B for Corsica). Raises `BadIdentifier("INSEE_INCONNU")`."""
    return _five(raw, _INSEE, "INSEE_INCONNU")


def _five(raw: str | None, shape: re.Pattern[str], code: str) -> str | None:
    if not raw or (len(raw) == 5 and shape.fullmatch(raw)):
        return raw or None
    number = raw.translate(_SEPARATORS).upper()
    if not number:
        return None
    number = number.rjust(5, "0") if len(number) == 4 else number
    if not shape.fullmatch(number):
        raise BadIdentifier(code)
    return number
