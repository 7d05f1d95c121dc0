"""Offers of training in LHEO 2.3 XML (lheo.gouv.fr), one `formation` at a time: its tree, then its sessions as lines.

The xsd is made of sequences: an element out of its place refuses the file, as a validator would.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from hub.core.tabular import refusal
from hub.core.xml_stream import XmlStream

NAMESPACE = "http://lheo.gouv.fr/2.3"
_CHUNK = 256 * 1024
_LONGEST_VALUE = 3000  # the schema's own longest text
_MOST_NODES = 50_000  # of one formation

SEQUENCES: dict[str, tuple[str, ...]] = {
    "lheo": ("offres",),
    "offres": ("formation", "extras"),
    "formation": (
        "domaine-formation", "intitule-formation", "objectif-formation", "resultats-attendus", "contenu-formation",
        "certifiante", "contact-formation", "parcours-de-formation", "code-niveau-entree", "objectif-general-formation",
        "certification", "code-type-formation", "code-niveau-sortie", "url-formation", "action",
        "organisme-formation-responsable", "identifiant-module", "positionnement", "sous-modules", "modules-prerequis",
        "extras",
    ),
    "domaine-formation": ("code-FORMACODE", "code-NSF", "code-ROME", "extras"),
    "certification": ("code-RNCP", "code-CERTIFINFO", "code-RS", "code-CPF", "extras"),
    "action": (
        "rythme-formation", "code-public-vise", "info-public-vise", "niveau-entree-obligatoire",
        "modalites-alternance", "modalites-enseignement", "conditions-specifiques", "prise-en-charge-frais-possible",
        "lieu-de-formation", "modalites-entrees-sorties", "url-action", "duree-cycle", "session",
        "adresse-information", "date-information", "restauration", "hebergement", "transport", "acces-handicapes",
        "langue-formation", "modalites-recrutement", "modalites-pedagogiques", "code-modalite-pedagogique",
        "frais-restants", "code-perimetre-recrutement", "infos-perimetre-recrutement", "prix-horaire-TTC",
        "prix-total-TTC", "duree-indicative", "nombre-heures-centre", "nombre-heures-entreprise",
        "nombre-heures-total", "detail-conditions-prise-en-charge", "conventionnement", "duree-conventionnee",
        "organisme-formateur", "organisme-financeur", "extras",
    ),
    "session": (
        "periode", "adresse-inscription", "modalites-inscription", "periode-inscription", "etat-recrutement",
        "recrutement", "url-session", "contact-session", "reference-certification", "extras",
    ),
    "periode": ("debut", "fin"),
    "organisme-formateur": ("SIRET-formateur", "raison-sociale-formateur", "contact-formateur", "potentiel", "extras"),
    "organisme-financeur": ("code-financeur", "nb-places-financees", "extras"),
    "organisme-formation-responsable": (
        "numero-activite", "SIRET-organisme-formation", "nom-organisme", "raison-sociale", "coordonnees-organisme",
        "contact-organisme", "renseignements-specifiques", "potentiel", "extras",
    ),
    "adresse": (
        "denomination", "ligne", "codepostal", "ville", "departement", "code-INSEE-commune", "code-INSEE-canton",
        "region", "pays", "geolocalisation", "extras",
    ),
}  # fmt: skip
"""Children of an element in the order of the schema; those that are not listed stand where they like."""
_PLACES = {parent: {name: place for place, name in enumerate(names)} for parent, names in SEQUENCES.items()}


@dataclass(slots=True)
class Node:
    """An element: its number (`@numero`), its text, its children in order."""

    name: str
    number: str = ""
    line: int = 0
    said: str = ""
    children: list[Node] = field(default_factory=list)

    def all(self, path: str) -> list[Node]:
        """The elements at `a/b/c` below this one."""
        found = [self]
        for step in path.split("/"):
            found = [child for node in found for child in node.children if child.name == step]
        return found

    def first(self, *paths: str) -> str:
        """The first text that is not empty, path by path."""
        return next((node.said for path in paths for node in self.all(path) if node.said), "")

    def texts(self, path: str) -> list[str]:
        """Every text that is not empty, once."""
        return list(dict.fromkeys(node.said for node in self.all(path) if node.said))


def is_lheo(head: bytes) -> bool:
    """Does a file begin like an offer of training?"""
    return b"<lheo" in head or b"lheo.gouv.fr" in head


def formations(file: BinaryIO) -> Iterator[Node]:
    """Every `formation` in order, one in memory at a time. Raises FileProblem."""
    file.seek(0)
    reader = _Reader()
    found = False
    while chunk := file.read(_CHUNK):
        reader.feed(chunk)
        for node in reader.take():
            found = True
            yield node
    reader.close()
    for node in reader.take():
        found = True
        yield node
    if not found:
        raise refusal("FICHIER_VIDE")


class _Reader(XmlStream):
    """Keeps the tree of the formation it stands in, within bounds."""

    def __init__(self) -> None:
        super().__init__(namespace_separator=" ")
        self._done: list[Node] = []
        self._open: list[tuple[str, int]] = []  # names of the open elements, place of their last child
        self._nodes: list[Node] = []  # open elements of the formation at hand
        self._foreign = 0  # depth inside elements of other namespaces
        self._count = 0

    def take(self) -> list[Node]:
        """The formations completed since the last call."""
        done, self._done = self._done, []
        return done

    def start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, short = name.rpartition(" ")
        if not self._open and (space, short) != (NAMESPACE, "lheo"):
            raise refusal("XML_VERSION")
        if self._foreign or space != NAMESPACE or (self._open and self._open[-1][0] == "extras"):
            self._foreign += 1
            return
        self._check_place(short)
        self._open.append((short, -1))
        if short == "formation" or self._nodes:
            self._count += 1
            if self._count > _MOST_NODES:
                raise refusal("FICHIER_DANGEREUX", reason="une de ses formations est démesurée")
            node = Node(short, attributes.get("numero", "").strip()[:80], self.line)
            if self._nodes:
                self._nodes[-1].children.append(node)
            self._nodes.append(node)

    def end(self, name: str) -> None:
        if self._foreign:
            self._foreign -= 1
            return
        self._open.pop()
        if not self._nodes:
            return
        node = self._nodes.pop()
        node.said = "" if node.children else " ".join(node.said.split())
        if not self._nodes:
            self._done.append(node)
            self._count = 0

    def text(self, data: str) -> None:
        if self._nodes and not self._foreign:
            node = self._nodes[-1]
            node.said = (node.said + data)[:_LONGEST_VALUE]

    def _check_place(self, name: str) -> None:
        """After its elder sisters, as the sequence of the schema says."""
        if not self._open:
            return
        parent, last = self._open[-1]
        place = _PLACES.get(parent, {}).get(name)
        if place is None:
            return
        if place < last:
            raise refusal("XML_ORDRE", line=self.line, found=name[:60], parent=parent)
        self._open[-1] = (parent, place)
