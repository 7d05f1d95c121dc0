"""Broad themes of trainings, and those a Formacode (Centre Inffo's thesaurus, five digits) belongs to."""

from __future__ import annotations

from collections.abc import Iterable

THEMES = {
    "basics": "Savoirs de base, langues, remobilisation",
    "agriculture": "Agriculture, espaces verts, alimentation",
    "building": "Bâtiment et travaux publics",
    "industry": "Industrie, maintenance, énergie",
    "transport": "Transport et logistique",
    "digital": "Numérique et informatique",
    "office": "Gestion, secrétariat, ressources humaines",
    "sales": "Commerce et vente",
    "hospitality": "Hôtellerie, restauration, tourisme",
    "services": "Propreté, sécurité, services aux personnes",
    "care": "Santé, social, petite enfance",
    "culture": "Art, communication, sport",
    "sciences": "Sciences et droit",
}
# The longest beginning that matches decides.
_BEGINNINGS = {
    "11": "sciences", "12": "sciences", "13": "sciences", "14": "sciences", "15": "basics", "154": "culture",
    "21": "agriculture", "22": "building", "23": "industry", "24": "industry", "30": "digital", "31": "industry",
    "310": "digital", "311": "transport", "317": "transport", "318": "transport", "32": "office", "33": "office",
    "34": "sales", "35": "office", "41": "office", "42": "services", "426": "hospitality", "427": "hospitality",
    "43": "care", "44": "care", "445": "basics", "45": "culture", "46": "culture",
}  # fmt: skip


def theme_of(codes: Iterable[str]) -> str:
    """The theme of the first code that belongs to one; "" when none does."""
    for code in codes:
        for length in (3, 2):
            if theme := _BEGINNINGS.get(code[:length]):
                return theme
    return ""
