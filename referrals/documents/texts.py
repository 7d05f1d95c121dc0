"""The letters shipped with the product, and the variables a text may hold.

Plain French (RGAA 9.2 asks no less of a page): who, where, when, why, what to bring, the right to come with somebody,
how to move the date (domain §5). A letter invites; it threatens nobody and says nothing of rights or money.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from referrals.models import LetterKind, LetterTemplate

COMPANION = "Vous pouvez venir accompagné(e) de la personne de votre choix."


@dataclass(frozen=True, slots=True)
class Variable:
    """What stands between braces: what it becomes, an example, whether every letter must hold it."""

    label: str
    example: str
    required: bool = False


VARIABLES: dict[str, Variable] = {
    "civilite": Variable("Madame ou Monsieur", "Madame"),
    "nom": Variable("le nom de la personne", "EXEMPLE Camille"),
    "jour": Variable("le jour du rendez-vous", "lundi 4 janvier 2027", required=True),
    "heure": Variable("l'heure", "9 h 30", required=True),
    "duree": Variable("la durée prévue", "45 minutes"),
    "lieu": Variable("où aller, ou « par téléphone »", "CMS de Ville-Fictive, 2 place de l'Essai", required=True),
    "avec": Variable("qui reçoit la personne", "Dominique MODÈLE, CMS de Ville-Fictive", required=True),
    "motif": Variable("pourquoi", "faire le point sur votre inscription", required=True),
    "apporter": Variable("ce qu'il faut apporter", "une pièce d'identité", required=True),
    "accompagnement": Variable("le droit de venir avec quelqu'un", COMPANION, required=True),
    "contact": Variable("qui appeler pour changer la date", "l'accueil du CMS, 03 00 00 00 00", required=True),
    "organisme": Variable("l'organisme qui écrit", "Département fictif"),
    "partenaire": Variable("l'autre organisme, s'il y en a un", "Agence fictive"),
}
MARK = re.compile(r"\{([^{}\n]*)\}")


@dataclass(frozen=True, slots=True)
class Text:
    """A subject and a body; a blank line parts two paragraphs, a line that begins with a dash is one of a list."""

    subject: str
    body: str


_DETAILS = """\
- Quand : le {jour} à {heure}.
- Durée prévue : {duree}.
- Où : {lieu}.
- Avec qui : {avec}.
- Pourquoi : {motif}.
- À apporter : {apporter}."""
_ENDING = """\
{accompagnement}

Cette date ne vous convient pas ? Appelez pour en choisir une autre : {contact}.

Si vous avez besoin d'aide pour venir, pour comprendre ce courrier, ou si vous souhaitez un interprète, dites-le au \
même numéro. Vous pouvez aussi y demander à lire et à faire corriger les informations qui vous concernent.

Nous vous prions d'agréer, {civilite}, l'expression de nos salutations respectueuses.

{organisme}"""
ORIGINAL: dict[str, Text] = {
    LetterKind.FIRST: Text(
        "Votre rendez-vous du {jour}",
        f"{{civilite}},\n\nNous vous proposons de nous rencontrer.\n\n{_DETAILS}\n\n{_ENDING}",
    ),
    LetterKind.REMINDER: Text(
        "Nouvelle proposition de rendez-vous le {jour}",
        "{civilite},\n\nNous vous avons déjà écrit. Nous souhaitons toujours vous rencontrer et vous proposons un "
        f"nouveau rendez-vous.\n\n{_DETAILS}\n\n{_ENDING}",
    ),
    LetterKind.JOINT: Text(
        "Votre rendez-vous du {jour}",
        "{civilite},\n\nNous vous proposons de nous rencontrer. Deux organismes vous reçoivent le même jour, au même "
        f"endroit : {{organisme}} et {{partenaire}}.\n\n{_DETAILS}\n\n{_ENDING}",
    ),
    LetterKind.MOVED: Text(
        "Changement de date : rendez-vous le {jour}",
        "{civilite},\n\nLa date de votre rendez-vous change. Voici la nouvelle ; celle que nous vous avions donnée "
        f"ne vaut plus.\n\n{_DETAILS}\n\n{_ENDING}",
    ),
}


def text_of(template: LetterTemplate | None, kind: str) -> Text:
    """The words of a version."""
    return ORIGINAL[kind] if template is None or template.original else Text(template.subject, template.body)


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with each variable replaced once: braces inside a value stay what they are."""
    return MARK.sub(lambda match: values.get(match[1], match[0]), text)


def blocks(body: str) -> list[dict[str, list[str]]]:
    """Paragraphs (`lines`) and lists (`listed`) of a body, before its variables are filled: a value breaks nothing."""
    found: list[dict[str, list[str]]] = []
    for part in re.split(r"\n\s*\n", body.replace("\r\n", "\n").strip()):
        lines = [line.strip() for line in part.split("\n") if line.strip()]
        listed = [line[1:].strip() for line in lines if line.startswith("-")]
        said = [line for line in lines if not line.startswith("-")]
        found += [{"lines": said}] if said else []
        found += [{"listed": listed}] if listed else []
    return found
