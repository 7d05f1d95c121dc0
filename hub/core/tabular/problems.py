"""What can be wrong with a partner's file or one of its lines: one table, code to French sentence.

A code is stable and goes to machines and counts; the sentence goes to people and never quotes a NIR or another
identifier. Sentences of lines start in lower case, because "Ligne 12 : " precedes them.
"""

from dataclasses import dataclass
from typing import Literal

from hub.core.errors import DomainError

Level = Literal["error", "warning"]

_FILE_MESSAGES = {
    "FICHIER_VIDE": "Ce fichier ne contient aucune ligne de données. Vérifiez que vous avez choisi le bon fichier.",
    "FICHIER_TRONQUE": "Ce fichier est incomplet : sa fin manque. Demandez un nouvel envoi ; rien n'a été modifié.",
    "FICHIER_ILLISIBLE": "Ce fichier ne peut pas être lu : ce n'est pas un tableau (CSV, Excel .xlsx ou .ods).",
    "FICHIER_XLS": "Ce fichier est au format Excel ancien (.xls) ou protégé par un mot de passe. "
    "Ouvrez-le puis enregistrez-le en .xlsx sans mot de passe.",
    "FICHIER_DANGEREUX": "Ce fichier est refusé par sécurité : {reason}.",
    "FICHIER_TROP_GROS": "Ce fichier est trop gros : {found}, pour un maximum de {limit}. {advice}",
    "FICHIER_DEJA_IMPORTE": "Ce fichier a déjà été importé.",
    "TYPE_INATTENDU": "Ce fichier ressemble à « {found} », alors que vous importez « {expected} ».",
    "TYPE_INCONNU": "Le contenu de ce fichier n'est pas reconnu. Formats attendus : {expected}.",
    "COLONNES_MANQUANTES": "Il manque une ou plusieurs colonnes obligatoires : {columns}.",
    "COLONNE_EN_DOUBLE": "La colonne « {column} » est présente deux fois. Gardez-en une seule.",
    "ENTETE_INTROUVABLE": "Les titres de colonnes n'ont pas été trouvés dans les dix premières lignes. "
    "Colonnes attendues : {columns}.",
    "TITRES_INCONNUS": "Aucun titre de colonne de ce fichier n'est connu.",
    "TROP_DE_COLONNES": "Ce tableau a trop de colonnes : {found}, pour un maximum de {limit}.",
    "GUILLEMETS": "Ligne {line} : un guillemet ouvert n'est jamais refermé. Corrigez cette ligne.",
    "XML_INVALIDE": "Ce fichier XML est mal formé (ligne {line}). Demandez un nouvel envoi ; rien n'a été modifié.",
    "XML_ORDRE": "Ce fichier ne suit pas la norme LHEO 2.3 : ligne {line}, « {found} » n'est pas à sa place dans "
    "« {parent} ». Demandez un nouvel export ; rien n'a été modifié.",
    "XML_VERSION": "Ce fichier n'est pas une offre de formation LHEO 2.3. Demandez un export à cette norme.",
    "NB_DOSSIERS": "Ce fichier annonce {announced} dossiers et en contient {found}. Demandez un nouvel envoi.",
    "ENCODAGE_DOUBLE": "Les accents de ce fichier sont abîmés (« Ã© » au lieu de « é »). Ils peuvent être réparés.",
    "CARACTERES_PERDUS": "Certains caractères de ce fichier sont illisibles.",
    "SANS_DATE": "Ce fichier n'a pas de colonne de dates : les situations sont datées du {date}, d'après le mois de la "
    "liste.",
    "FEUILLES": "Ce classeur a plusieurs feuilles : seule « {sheet} » est lue. Non lues : {others}.",
    "FORMULES": "Des formules de ce classeur n'ont pas de valeur enregistrée ({found}) : leurs cellules sont lues "
    "vides, et une ligne qui ne contient qu'elles n'est pas lue. Ouvrez-le dans un tableur, enregistrez-le, puis "
    "déposez-le à nouveau.",
    "COLONNES_IGNOREES": "Colonnes non reprises : {columns}.",
}

_LINE_MESSAGES: dict[str, tuple[Level, str]] = {
    "NB_COLONNES": ("error", "{found} colonnes au lieu de {expected}"),
    "CELLULE_TROP_LONGUE": ("error", "le contenu de « {column} » est trop long ({found} caractères, maximum {limit})"),
    "DATE_INVALIDE": ("error", "la date « {value} » n'existe pas"),
    "DATE_ABSENTE": ("error", "la date est absente"),
    "DATE_FUTURE": ("error", "la date « {value} » est dans le futur"),
    "DATE_INCOHERENTE": ("error", "la date « {value} » est impossible"),
    "DATE_PARTIELLE": ("warning", "la date de naissance est incomplète ; elle ne servira pas au rapprochement"),
    "ANNEE_DEUX_CHIFFRES": ("warning", "l'année de « {value} » est écrite sur deux chiffres ; lue {read}"),
    "AGE_INHABITUEL": ("warning", "l'âge calculé est de {age} ans"),
    "NIR_FORMAT": ("error", "le numéro de sécurité sociale n'a pas la forme attendue"),
    "NIR_CLE": ("error", "la clé du numéro de sécurité sociale est fausse"),
    "NIR_TRONQUE_EXCEL": ("error", "le numéro de sécurité sociale a été tronqué par le tableur"),
    "NIR_DIFFERENTS": ("error", "les deux numéros de sécurité sociale de la ligne sont différents"),
    "NIR_SEXE": ("warning", "le numéro de sécurité sociale ne correspond pas à la civilité"),
    "NIR_ANNEE": ("warning", "le numéro de sécurité sociale ne correspond pas à l'année de naissance"),
    "ID_FT_FORMAT": ("error", "l'identifiant du demandeur d'emploi est mal formé"),
    "ID_FT_ABSENT": (
        "warning",
        "l'identifiant du demandeur d'emploi est absent ; la personne est cherchée par ses autres informations",
    ),
    "MATRICULE_FORMAT": ("error", "le numéro d'allocataire est mal formé"),
    "SIRET_FORMAT": ("error", "le numéro SIRET est faux"),
    "TELEPHONE_FORMAT": ("warning", "le numéro de téléphone est mal formé ; il n'est pas repris"),
    "COURRIEL_FORMAT": ("warning", "l'adresse électronique est mal formée ; elle n'est pas reprise"),
    "CP_INCONNU": ("warning", "le code postal est mal formé ; il n'est pas repris"),
    "INSEE_INCONNU": ("warning", "le code de la commune est mal formé ; il n'est pas repris"),
    "CODE_ABSENT": ("error", "le code est absent"),
    "CODE_INCONNU": ("warning", "« {value} » n'est pas une valeur connue de « {column} » ; elle n'est pas reprise"),
    "SITUATION_ABSENTE": ("error", "la situation est absente"),
    "SITUATION_INCONNUE": (
        "error",
        "« {value} » n'est pas une situation connue (Inscrit, Cessation, Radiation, Absent)",
    ),
    "NON_INSCRIT": ("warning", "la liste dit cette personne non inscrite : elle compte comme absente de la liste"),
    "NOM_VIDE": ("error", "le {what} est vide"),
    "NOM_PARENTHESES": ("warning", "le nom a été séparé en nom d'usage « {used} » et nom de naissance « {birth} »"),
    "IDENTITE_INSUFFISANTE": (
        "error",
        "il faut une date de naissance, un numéro de sécurité sociale ou un numéro d'allocataire avec son rôle",
    ),
    "LIGNE_TOTAL": ("error", "cette ligne est un total : elle ne parle de personne, il n'y a rien à corriger"),
    "LIGNE_TITRES": ("error", "cette ligne répète les titres : elle ne parle de personne, il n'y a rien à corriger"),
    "DOUBLON_FICHIER": ("warning", "cette personne figure déjà dans le fichier, ligne {first}"),
}

MESSAGES: dict[str, str] = _FILE_MESSAGES | {code: text for code, (_, text) in _LINE_MESSAGES.items()}


class FileProblem(DomainError):
    """The whole file is refused, before or while its lines are read: nothing of it may be applied."""

    status = 400

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, code=code)

    def __str__(self) -> str:
        return self.message


@dataclass(slots=True, frozen=True)
class Remark:
    """One thing said about one line. An error rejects the line; a warning lets it through."""

    code: str
    level: Level
    message: str
    column: str | None = None


def refusal(code: str, **values: object) -> FileProblem:
    """The refusal of a whole file, with its sentence."""
    return FileProblem(code, MESSAGES[code].format(**values))


def notice(code: str, **values: object) -> Remark:
    """A warning about the whole file."""
    return Remark(code, "warning", MESSAGES[code].format(**values))


def remark(code: str, *, column: str | None = None, level: Level | None = None, **values: object) -> Remark:
    """A remark about a line, at the level of the table unless the kind of file says otherwise."""
    default, text = _LINE_MESSAGES[code]
    return Remark(code, level or default, text.format(column=column, **values), column)


def at_line(line: int, said: Remark) -> str:
    """The sentence shown to people: "Ligne 12 : la date « 31/02/2026 » n'existe pas"."""
    return f"Ligne {line} : {said.message}"


def excerpt(value: str, longest: int = 40) -> str:
    """A cell short enough to stand inside a sentence."""
    return value if len(value) <= longest else value[:longest] + "…"
