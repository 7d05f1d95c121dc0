"""The doors of the product, and the menus drawn from them."""

from __future__ import annotations

from functools import lru_cache

from django.template.loader import render_to_string

from hub.core.doors import Door, Entry
from referrals.policies.gaps import works_on_gaps

MAIN = (
    Door("Aujourd'hui", "sun", "home"),
    Door("Personnes", "users", "people"),
    Door("Orientations", "send", "referrals"),
    Door("Rendez-vous", "calendar", "appointments"),
    Door("Convocations", "mail", "campaigns"),
    Door("Inscriptions", "clipboard-check", "gaps", useful=works_on_gaps),
    Door("Imports", "file-up", "imports"),
    Door("Formations & actions", "graduation-cap", "trainings"),
    Door("Répertoire", "book-open", "directory"),
    Door("Réseau", "network", "organizations"),
)
ACCOUNT_MENU = (
    Door("Mon compte", "circle-user", "account"),
    Door("Qui a accès à quoi", "shield-check", "access_review"),
    Door("Territoires", "map", "territories"),
    Door("Modèles de courrier", "mail", "letter_texts"),
    Door("Réglages du Département", "settings", "department_settings"),
)


@lru_cache(maxsize=512)
def drawn(template: str, doors: tuple[Entry, ...]) -> str:
    """A menu in HTML: the same doors look the same for everybody, and are drawn once in a process."""
    return render_to_string(template, {"entries": doors})
