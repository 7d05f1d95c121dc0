"""CAF's monthly flow of RSA households (XML RSABEM), streamed: one line per adult, in flat memory.

Resources, pensions, pregnancies and amounts stand in the same file: they are never read into an object. A file
without its last tag, or whose number of households is not the one it announces, is refused as a whole.
"""

import datetime as dt
from collections.abc import Iterator, Mapping

from hub.core.dates import age_on, parse_date
from hub.core.identifiers import BadIdentifier, caf_number, check_nir, insee_code, pes_keys, postcode
from hub.core.tabular import DEFAULT_LIMITS, Limits, Remark, Source, refusal, remark
from hub.core.tabular.problems import excerpt
from hub.core.tabular.sniff import opened
from hub.core.text import clean, name_key
from referrals.imports import codes
from referrals.imports.caf_stream import Values, check_ending, households, read_header
from referrals.imports.detect import detect, require_kind
from referrals.imports.lines import Parsed, PersonLine, SeenKeys
from referrals.imports.people import person_fingerprint, person_key

# What `raw` keeps of each person, by tag, and its title for people: that of the same column in a table of people.
RAW_TAGS = {
    "FONORG": "Organisme payeur", "NUMORG": "Code organisme", "MATRICULE": "Matricule", "ROLEPERS": "Rôle",
    "NOM": "Nom", "NOMNAI": "Nom de naissance", "PRENOM": "Prénom", "DTNAI": "Date de naissance", "NIR": "NIR",
    "IDASSEDIC": "Identifiant Pôle emploi", "NUMCOM": "Code INSEE", "NOMCOM": "Commune",
    "ETATDOSRSA": "État du dossier", "TOPPERSDRODEVORSA": "Soumis à droits et devoirs",
}  # fmt: skip
_FIELDS = tuple(tag.lower() for tag in RAW_TAGS)
_ADULT_ROLES = ("DEM", "CJT")
_STREET = ("NUMVOIE", "LIBTYPEVOIE", "NOMVOIE")
_COMPLEMENTS = ("COMPLIDEADR", "COMPLADR", "LIEUDIST")


Corrections = Mapping[int, Mapping[str, str]]
"""Line → cells as a person corrected them, by field."""


def parse(
    source: Source, *, today: dt.date, limits: Limits = DEFAULT_LIMITS, corrections: Corrections | None = None
) -> Parsed[PersonLine]:
    """Open a CAF flow. Raises FileProblem at once on another kind of file or a cut one; `rows` may still raise it.

    Corrected lines are read as if the flow had said so; their `raw` stays what it says.
    """
    found = detect(source, limits)
    require_kind(found, "caf_flow")
    if found is None:
        raise refusal("TYPE_INCONNU", expected="flux mensuel de la CAF (XML RSABEM)")
    with opened(source) as file:
        check_ending(file)
        info = read_header(file)
    rows = _lines(source, today, corrections or {})
    return Parsed("caf_flow", tuple(RAW_TAGS.values()), _FIELDS, [], rows, info=info)


def _lines(source: Source, today: dt.date, corrections: Corrections) -> Iterator[PersonLine]:
    seen = SeenKeys()
    with opened(source) as file:
        for household in households(file):
            for line, values in household.people:
                said = {name.upper(): cell for name, cell in corrections.get(line, {}).items()}
                role = said.get("ROLEPERS") or values.get("ROLEPERS")
                if values.get("ROLEPERS") not in _ADULT_ROLES or role not in _ADULT_ROLES:
                    continue
                person = _person(household.values | said, line, values | said, role, today)
                if said:
                    person.raw = _raw(household.values, values)
                if first := seen.first_line(person_key(person), person.line):
                    person.remarks.append(remark("DOUBLON_FICHIER", first=first))
                yield person


def _raw(shared: Values, values: Values) -> list[str]:
    return [values.get(tag) or shared.get(tag) or "" for tag in RAW_TAGS]


def _person(shared: Values, line: int, values: Values, role: str, today: dt.date) -> PersonLine:
    remarks: list[Remark] = []
    person = PersonLine(line, _raw(shared, values), remarks, caf_role=role)
    person.last_name = clean(values.get("NOM")) or clean(values.get("NOMNAI"))
    person.birth_name = clean(values.get("NOMNAI"))
    person.first_names = clean(values.get("PRENOM"))
    person.sex = codes.sex(values.get("QUAL") or values.get("SEXE") or "")
    for what, name in (("nom", person.last_name), ("prénom", person.first_names)):
        if not name_key(name):
            remarks.append(remark("NOM_VIDE", column="NOM" if what == "nom" else "PRENOM", what=what))
    _file_number(person, shared)
    _birth_and_nir(person, values, today)
    person.pes_raw = clean(values.get("IDASSEDIC"))
    person.pes_keys = pes_keys(person.pes_raw)
    if person.pes_raw and person.pes_raw.strip("0") and not person.pes_keys:
        remarks.append(remark("ID_FT_FORMAT", column="IDASSEDIC", level="warning"))
    _address(person, shared)
    _rights(person, shared, values)
    person.fingerprint = person_fingerprint(person)
    return person


def _file_number(person: PersonLine, shared: Values) -> None:
    person.caf_fund = clean(shared.get("FONORG"))
    person.caf_org = clean(shared.get("NUMORG"))
    try:
        person.caf_number = caf_number(shared.get("MATRICULE"))
    except BadIdentifier as bad:
        person.remarks.append(remark(bad.code, column="MATRICULE"))
    if person.caf_number is None and not any(said.code == "MATRICULE_FORMAT" for said in person.remarks):
        person.remarks.append(remark("MATRICULE_FORMAT", column="MATRICULE"))


def _birth_and_nir(person: PersonLine, values: Values, today: dt.date) -> None:
    written = values.get("DTNAI") or ""
    read = parse_date(clean(written), today=today, birth=True)
    person.birth_date, person.birth_date_partial = read.value, read.partial
    if read.partial:
        person.remarks.append(remark("DATE_PARTIELLE", column="DTNAI"))
    elif read.error:
        # The file number and the role still name the person.
        person.remarks.append(remark(read.error, column="DTNAI", level="warning", value=excerpt(written)))
    # A NIR the CAF has not certified still names the person; a broken one is dropped, the file number remains.
    checked = check_nir(clean(values.get("NIR")), sex=person.sex, birth_date=person.birth_date)
    person.nir13 = checked.nir13
    for code in checked.errors + checked.warnings:
        person.remarks.append(remark(code, column="NIR", level="warning"))
    if person.birth_date and age_on(person.birth_date, today) < 16:
        person.remarks.append(remark("AGE_INHABITUEL", column="DTNAI", age=age_on(person.birth_date, today)))


def _address(person: PersonLine, shared: Values) -> None:
    street = " ".join(part for tag in _STREET if (part := clean(shared.get(tag))))
    parts = [*(part for tag in _COMPLEMENTS if (part := clean(shared.get(tag)))), street]
    person.address = ", ".join(part for part in parts if part)[:255] or None
    person.city = clean(shared.get("NOMCOM"))
    for tag in ("CODEPOS", "NUMCOM"):
        try:
            if tag == "CODEPOS":
                person.postcode = postcode(shared.get(tag))
            else:
                person.insee = insee_code(shared.get(tag))
        except BadIdentifier as bad:
            person.remarks.append(remark(bad.code, column=tag))


def _rights(person: PersonLine, shared: Values, values: Values) -> None:
    state = clean(shared.get("ETATDOSRSA"))
    person.rights_state = codes.RIGHTS_BY_CAF_STATE.get((state or "").upper())
    if person.rights_state is None:
        person.remarks.append(remark("CODE_INCONNU", column="ETATDOSRSA", value=excerpt(state or "")))
    person.subject_to_obligations = codes.boolean(values.get("TOPPERSDRODEVORSA") or "")
    person.suspension_reason = clean(shared.get("MOTISUSVERSRSA"))
    person.closure_reason = clean(shared.get("MOTICLORSA"))
    person.closed_on = parse_date(clean(shared.get("DTCLORSA")), today=dt.date.max).value
    person.homeless = codes.boolean(shared.get("TOPSANSDOMFIXE") or "")
