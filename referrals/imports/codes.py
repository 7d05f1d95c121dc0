"""Vocabulary of partners' files, as data: what each word or code means for the hub.

An unknown word never gets a default: the line keeps its remark CODE_INCONNU and the field stays empty.
Sources: the Département's programme, public importers of CAF and Pôle emploi files.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from hub.core.text import clean, fold

# --- Tracks -----------------------------------------------------------------------------------------------------

PROFESSIONAL, SOCIO_PROFESSIONAL, SOCIAL = "professional", "socio_professional", "social"

TRACK_WORDS: dict[str, str] = {
    **dict.fromkeys(("pro", "emploi", "professionnel", "professionnelle"), PROFESSIONAL),
    **dict.fromkeys(
        (
            "social pro", "socio pro", "sociopro", "svp", "socio professionnel", "socio professionnelle",
            "socioprofessionnel", "socioprofessionnelle", "sociale a visee pro", "sociale a visee professionnelle",
            "social a visee pro", "social a visee professionnelle",
        ),
        SOCIO_PROFESSIONAL,
    ),
    **dict.fromkeys(("social", "sociale"), SOCIAL),
}  # fmt: skip


def track(text: str) -> str | None:
    """The track a word means ("Orientation sociale à visée pro" → socio_professional), or None."""
    words = re.sub(r"[\W_]+", " ", fold(text)).strip()
    return TRACK_WORDS.get(words.removeprefix("orientation ").strip())


# --- Rights -----------------------------------------------------------------------------------------------------

OPEN_RIGHTS = frozenset({"open", "suspended", "payment_suspended"})

# ETATDOSRSA of the CAF flow.
RIGHTS_BY_CAF_STATE: dict[str, str] = {
    "0": "pending",
    "1": "refused",
    "2": "open",
    "3": "suspended",
    "4": "payment_suspended",
    "5": "closed",
    "6": "closed_earlier",
    "Z": "undefined",
}
RIGHTS_WORDS: dict[str, str] = {
    "rsa_demande_en_attente": "pending",
    "rsa_refuse": "refused",
    "rsa_droit_ouvert_versable": "open",
    "rsa_droit_ouvert_et_suspendu": "suspended",
    "rsa_droit_ouvert_versement_suspendu": "payment_suspended",
    "rsa_clos": "closed",
    "rsa_clos_anterieur": "closed_earlier",
}
SUSPENSION_LABELS: dict[str, str] = {
    "01": "Ressources trop élevées", "02": "Moins de 25 ans", "03": "Activité non conforme",
    "04": "Titre de séjour non valide", "05": "Montant inférieur au seuil",
    "06": "Déclaration trimestrielle manquante", "09": "Résidence non conforme", "19": "Isolement non reconnu",
    "34": "Régime non conforme", "36": "Titre de séjour absent", "44": "Hospitalisation",
    "70": "Action non engagée", "84": "Droit terminé", "85": "Pas d'allocataire", "97": "Bénéficiaire de l'AAH",
    "CV": "En attente d'une décision du Département",
}  # fmt: skip
CLOSURE_LABELS: dict[str, str] = {
    "PCG": "Décision du Département", "ECH": "Quatre mois sans droit", "MUT": "Transfert vers un autre organisme",
    "RGD": "Regroupement de dossiers",
}  # fmt: skip


def rights_state(text: str) -> str | None:
    """State of rights from a CAF code or a word of Carnet de bord, or None."""
    return RIGHTS_BY_CAF_STATE.get(text.upper()) or RIGHTS_WORDS.get(fold(text))


# --- Roles, sex, booleans ---------------------------------------------------------------------------------------

CAF_ROLES: dict[str, str] = {
    **dict.fromkeys(("dem", "demandeur", "usager", "allocataire"), "DEM"),
    **dict.fromkeys(("cjt", "conjoint"), "CJT"),
    **dict.fromkeys(("enf", "enfant"), "ENF"),
    **dict.fromkeys(("aut", "autre"), "AUT"),
    **dict.fromkeys(("rdo", "responsable du dossier"), "RDO"),
}
SEXES: dict[str, str] = {
    **dict.fromkeys(("m", "m.", "mr", "mr.", "monsieur", "h", "homme", "masculin", "1"), "male"),
    **dict.fromkeys(("mme", "mle", "mlle", "madame", "mademoiselle", "f", "femme", "feminin", "2"), "female"),
}
BOOLEANS: dict[str, bool] = {
    **dict.fromkeys(("o", "oui", "1", "true", "vrai", "x"), True),
    **dict.fromkeys(("n", "non", "0", "false", "faux"), False),
}


def caf_role(text: str) -> str | None:
    """DEM, CJT, ENF, AUT or RDO; CONJOINT(E) and CONJOINT/CONCUBIN/PACSE are cut at the bracket and the slash."""
    return CAF_ROLES.get(re.split(r"[/(]", fold(text), maxsplit=1)[0].strip())


def sex(text: str) -> str | None:
    """ "male" or "female" from a civility or a sex, or None."""
    return SEXES.get(fold(text))


def boolean(text: str) -> bool | None:
    """O/N, Oui/Non, 1/0, true/false, X; None for anything else."""
    return BOOLEANS.get(fold(text))


def situation(text: str) -> str | None:
    """The state a word of a list made by hand means, or None."""
    return SITUATIONS.get(" ".join(re.sub(r"[^\w()']+", " ", fold(text)).split()))


# --- Registration at Pôle emploi --------------------------------------------------------------------------------

REGISTERED, CEASED, STRUCK_OFF = "registered", "ceased", "struck_off"
ABSENT = "absent"  # said by hand: the person is not registered; there is no event to keep

SITUATIONS: dict[str, str] = {
    **dict.fromkeys(("inscrit", "inscrite", "inscrit(e)", "inscription", "reinscrit", "reinscrite"), REGISTERED),
    **dict.fromkeys(("cessation", "cesse", "cessation d'inscription", "sorti", "sortie"), CEASED),
    **dict.fromkeys(("radie", "radiee", "radie(e)", "radiation"), STRUCK_OFF),
    **dict.fromkeys(("non inscrit", "non inscrite", "non inscrit(e)", "absent", "absente", "absent(e)"), ABSENT),
}

CATEGORIES: dict[str, str] = {
    "1": "CDI à temps plein, disponible",
    "2": "CDI à temps partiel, disponible",
    "3": "CDD, intérim ou saisonnier, disponible",
    "4": "Sans emploi, non disponible (formation, maladie)",
    "5": "En emploi",
    "6": "CDI à temps plein, activité de plus de 78 heures",
    "7": "CDI à temps partiel, activité de plus de 78 heures",
    "8": "CDD, intérim ou saisonnier, activité de plus de 78 heures",
    "A": "Recherche, sans activité",
    "B": "Recherche, activité de 78 heures au plus",
    "C": "Recherche, activité de plus de 78 heures",
    "D": "Sans obligation de recherche, sans emploi",
    "E": "Sans obligation de recherche, en emploi",
    "F": "Parcours social",
    "G": "En attente d'orientation",
}


class ExitCode(NamedTuple):
    """Seed of the editable table of exit codes. `nature` is a registration state; `family` explains an absence."""

    code: str
    label: str
    nature: str
    alerting: bool
    family: str


# Codes that one Département's public configuration treats as ordinary exits; their labels are not published.
_BENIGN_CODES = [*range(11, 35), 41, 43, 44, 45, 46, 48, 49, 72]
EXIT_CODES: tuple[ExitCode, ...] = (
    ExitCode("11", "Reprise d'emploi déclarée", CEASED, False, "job"),
    *(ExitCode(str(n), f"Sortie ordinaire (code {n})", CEASED, False, "ordinary") for n in _BENIGN_CODES if n != 11),
    ExitCode("90", "Absence au contrôle (défaut d'actualisation)", CEASED, True, "not_updated"),
    ExitCode("R2", "Non-présentation à convocation", STRUCK_OFF, True, "struck_off"),
    ExitCode("MV", "Abandon d'une action", STRUCK_OFF, True, "struck_off"),
)
_EXIT_BY_CODE = {known.code: known for known in EXIT_CODES}


class ExitMeaning(NamedTuple):
    """What a motive says: the state it leads to, whether the referent must know, and the family of motives."""

    nature: str
    alerting: bool
    family: str


# Read in this order on the folded motive: what alerts comes first, and a sanction outweighs the rest.
EXIT_KEYWORDS: tuple[tuple[re.Pattern[str], ExitMeaning], ...] = (
    (re.compile(r"\bradi(?!o)"), ExitMeaning(STRUCK_OFF, True, "struck_off")),
    (re.compile(r"actualis|absence au controle"), ExitMeaning(CEASED, True, "not_updated")),
    (re.compile(r"demenage|changement de (?:departement|region|residence)"), ExitMeaning(CEASED, False, "move")),
    (re.compile(r"formation|\bstage"), ExitMeaning(CEASED, False, "training")),
    (re.compile(r"maladie|maternite"), ExitMeaning(CEASED, False, "unavailable")),
    (re.compile(r"reprise|emploi|creation"), ExitMeaning(CEASED, False, "job")),
)


def exit_meaning(code: str | None, motive: str | None) -> ExitMeaning | None:
    """Meaning of an exit by its code, else by the words of its motive; None when neither is known."""
    if code and (known := _EXIT_BY_CODE.get(code.upper())):
        return ExitMeaning(known.nature, known.alerting, known.family)
    folded = fold(motive or "")
    return next((meaning for words, meaning in EXIT_KEYWORDS if words.search(folded)), None)


Exits = Mapping[str, str]
"""What a file may write of an exit, folded (its code, its label) → its code in the table of the Département."""


def exit_names(table: Iterable[tuple[str, str]]) -> dict[str, str]:
    """How the exits of a table of (code, label) may be written."""
    known = list(table)
    return {fold(label): code for code, label in known} | {fold(code): code for code, _ in known}


KNOWN_EXITS: Exits = exit_names((known.code, known.label) for known in EXIT_CODES)


def exit_code(code: str | None, motive: str | None, exits: Exits) -> str | None:
    """The code of the table a code or a motive designates, by code or by label; None when it has none."""
    told = (fold(clean(written) or "") for written in (code, motive))
    return next((exits[written] for written in told if written in exits), None)
