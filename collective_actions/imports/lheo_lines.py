"""From the tree of a `formation` to lines: one by session, in the words of our models. Codes are LHEO 2.3's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from collective_actions.formacode import theme_of
from collective_actions.imports.lheo import Node
from collective_actions.imports.lines import SessionLine, Values
from collective_actions.models import EntryMode, Goal, Recruitment, TeachingMode
from hub.core.dates import parse_date
from hub.core.tabular import Remark
from hub.core.tabular.problems import excerpt

GOALS = {
    "2": Goal.IMPROVEMENT, "4": Goal.CREATION, "5": Goal.BASICS, "6": Goal.CERTIFICATION, "7": Goal.PROFESSIONAL,
    "8": Goal.QUALIFYING, "9": Goal.REMOBILISATION,
}  # fmt: skip
TEACHING = {"0": TeachingMode.ON_SITE, "1": TeachingMode.MIXED, "2": TeachingMode.REMOTE}
ENTRIES = {"0": EntryMode.FIXED, "1": EntryMode.PERMANENT}
RECRUITMENTS = {"1": Recruitment.OPEN, "2": Recruitment.CLOSED, "3": Recruitment.SUSPENDED}
# `dict-niveaux`: former levels (1 none, 2 VI, 3 V bis, 4 V … 8 I), then those of the framework, 11 to 18.
LEVELS = {"1": 0, "2": 1, "3": 2, "4": 3, "5": 4, "6": 5, "7": 6, "8": 7} | {str(10 + n): n for n in range(1, 9)}
YES_NO = {"0": False, "1": True}
_SOME_DAY = dt.date(2000, 1, 1)  # years have four digits here
OPEN_DATES = ("00000000", "99999999")
HEADERS = ["Formation", "Action", "Session", "Intitulé", "Début", "Fin"]


def lines_of(formation: Node) -> Iterator[SessionLine]:
    """Every session of every action."""
    for action in formation.all("action"):
        training = _training(formation, action)
        for session in action.all("session"):
            yield _line(formation, action, session, training)


def _line(formation: Node, action: Node, session: Node, training: Values) -> SessionLine:
    start, end = session.first("periode/debut"), session.first("periode/fin")
    raw = [formation.number, action.number, session.number, training.get("title", ""), start, end]
    line = SessionLine(session.line, raw, dict(training))
    said: Values = {"number": session.number} | _place(action, session) | _seats(action)
    for name, value in (("starts_on", start), ("ends_on", end)):
        said[name] = _day(value, name, line.remarks)
    if recruitment := RECRUITMENTS.get(session.first("etat-recrutement")):
        said["recruitment"] = recruitment.value
    if dates := [day for text in action.texts("date-information/date") if (day := _day(text, "", []))]:
        said["info_dates"] = sorted(dates)
    said |= _some(registration=session.first("modalites-inscription")[:1000], url=_url(session.first("url-session")))
    line.session = said
    if not training.get("title"):
        line.remarks.append(Remark("NOM_VIDE", "error", "l'intitulé de la formation est vide"))
    if not training.get("body_name"):
        line.remarks.append(Remark("NOM_VIDE", "error", "l'organisme de formation n'a pas de nom"))
    line.check()
    return line


def _training(formation: Node, action: Node) -> Values:
    codes = [code for code in formation.texts("domaine-formation/code-FORMACODE") if len(code) == 5]
    owner = "organisme-formation-responsable"
    by_other = action.first("organisme-formateur/raison-sociale-formateur")
    siret = action.first("organisme-formateur/SIRET-formateur/SIRET") if by_other else ""
    siret = siret or formation.first(f"{owner}/SIRET-organisme-formation/SIRET")
    hours = action.first("nombre-heures-total")
    said = _some(
        number=formation.number,
        action_number=action.number,
        title=formation.first("intitule-formation")[:255],
        objective=formation.first("objectif-formation"),
        content=formation.first("contenu-formation"),
        conditions=action.first("conditions-specifiques")[:1000],
        goal=_code(GOALS, formation.first("objectif-general-formation")),
        theme=theme_of(codes),
        formacodes=codes,
        rncp=[code[:10] for code in formation.texts("certification/code-RNCP")],
        rs=[code[:10] for code in formation.texts("certification/code-RS")],
        certif_info=[code[:10] for code in formation.texts("certification/code-CERTIFINFO")],
        teaching=_code(TEACHING, action.first("modalites-enseignement")),
        entry=_code(ENTRIES, action.first("modalites-entrees-sorties")),
        funders=sorted({code[:2] for code in action.texts("organisme-financeur/code-financeur")}),
        url=_url(formation.first("url-formation")) or _url(action.first("url-action")),
        body_name=(by_other or formation.first(f"{owner}/nom-organisme", f"{owner}/raison-sociale"))[:150],
        body_siret=siret if len(siret) == 14 and siret.isdecimal() else "",
        contact_name=_contact(formation, "nom")[:120],
        contact_phone=_contact(formation, "telfixe/numtel", "portable/numtel")[:20],
        contact_email=_contact(formation, "courriel")[:254],
    )
    optional = {
        "level_in": LEVELS.get(formation.first("code-niveau-entree")),
        "level_out": LEVELS.get(formation.first("code-niveau-sortie")),
        "certifying": YES_NO.get(formation.first("certifiante")),
        "costs_covered": YES_NO.get(action.first("prise-en-charge-frais-possible")),
        "hours": int(hours) if hours.isdecimal() and len(hours) < 6 else None,
    }
    return said | {name: value for name, value in optional.items() if value is not None}


def _contact(formation: Node, *paths: str) -> str:
    """Whom to ask: the contact of the training, else of its body."""
    owners = ("contact-formation", "organisme-formation-responsable/contact-organisme")
    return formation.first(*(f"{owner}/coordonnees/{path}" for owner in owners for path in paths))


def _place(action: Node, session: Node) -> Values:
    """Where it is taught; where one enrols says it when nothing else does."""
    taught = action.all("lieu-de-formation/coordonnees/adresse") or session.all("adresse-inscription/adresse")
    if not taught:
        return {}
    where = taught[0]
    postcode, insee = where.first("codepostal"), where.first("code-INSEE-commune")
    return _some(
        place=where.first("denomination")[:150],
        address=", ".join(where.texts("ligne"))[:200],
        postcode=postcode if len(postcode) == 5 else "",
        city=where.first("ville")[:80],
        insee=insee if len(insee) == 5 else "",
    )


def _seats(action: Node) -> Values:
    """Seats paid for by all who pay."""
    paid = [text for text in (node.first("nb-places-financees") for node in action.all("organisme-financeur")) if text]
    counts = [int(text) for text in paid if text.isdecimal() and len(text) < 5]
    return {"places": min(sum(counts), 32_000)} if sum(counts) else {}


def _day(text: str, name: str, remarks: list[Remark]) -> str | None:
    """An ISO day; None for unknown (00000000) and open (99999999)."""
    if not text or text in OPEN_DATES:
        return None
    read = parse_date(text, today=_SOME_DAY)
    if read.value is None:
        said = f"la date de {'début' if name == 'starts_on' else 'fin'} « {excerpt(text)} » n'existe pas"
        remarks.append(Remark("DATE_INVALIDE", "error", said))
        return None
    return read.value.isoformat()


def _url(text: str) -> str:
    return text if text.startswith(("http://", "https://")) and len(text) <= 500 else ""


def _code(table: Mapping[str, str], code: str) -> str:
    return str(table.get(code, ""))


def _some(**said: object) -> Values:
    """What is not empty."""
    return {name: value for name, value in said.items() if value}
