"""Goal 11: searching 50 000 services, p95: the whole search (rows, counts, filters, slips) beside a bare query.

The bare one is the ranked first page of the same words on the same index, through the same driver. Searches are drawn
as people make them: common and rare words, filters, a commune, a word mistyped now and then. CPU of both sides is the
same machine's, one after the other: their ratio is what is told.
"""

from __future__ import annotations

import random
import time
from itertools import product
from typing import Any

from django.db import connection

from hub.core.actor import Actor
from hub.core.gate import tenant
from partners.models import Commune, Department, Organization, Service
from partners.models.services import ServiceState
from partners.selectors.directory.asked import Asked
from partners.selectors.directory.search import search_services
from partners.services.directory.index import finish, prepare
from partners.themes import THEME_LABELS
from partners.vocabulary import AUDIENCES, FEES, KINDS
from tests.bench.rows import Row, p95, report

SERVICES, SEARCHES, BLOCK, ROUNDS = 50_000, 200, 1000, 3
MARK = "Banc d'essai"
VERBS = (
    "Atelier",
    "Accompagnement",
    "Aide",
    "Conseil",
    "Prêt",
    "Formation",
    "Permanence",
    "Accueil",
    "Parcours",
    "Bilan",
)
THINGS = (
    "permis", "vélo", "budget", "logement", "santé", "emploi", "numérique", "français", "garde d'enfants", "cuisine",
    "jardin", "couture", "lecture", "calcul", "entretien", "mobilité", "alimentation", "vêtements", "sport", "musique",
)  # fmt: skip
WORDS = 4000  # rare words of descriptions
BARE = """
SELECT id, name FROM partners_service
 WHERE department_id = %s AND state = 'published' AND search @@ to_tsquery('french', %s)
 ORDER BY ts_rank(search, to_tsquery('french', %s)) DESC, id LIMIT 21"""


def measure() -> None:
    """Fill once, search in turn."""
    department = Department.objects.get(code="57")
    actor = Actor.system(department.pk)
    with tenant(actor):
        if Service.objects.filter(department=department).count() < SERVICES:
            _fill(department)
    drawn = _searches()
    ours, bare = [], []
    with tenant(actor):
        for round_number in range(ROUNDS):
            mine = [_timed(lambda one=one: _ours(actor, one)) for one in drawn]
            theirs = [_timed(lambda one=one: _bare(department, one)) for one in drawn]
            if round_number:  # the first warms both
                ours += mine
                bare += theirs
    work = f"search of {SERVICES:,} services, p95".replace(",", " ")
    report(Row(11, work, p95(ours), p95(bare), "ms", 3, "less", "the same words, ranked, on a bare index"))


def _timed(work: Any) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def _ours(actor: Actor, asked: Asked) -> None:
    search_services(actor, asked)


def _bare(department: Department, asked: Asked) -> None:
    text = " & ".join(f"{word}:*" for word in asked.words)
    with connection.cursor() as cursor:
        cursor.execute(BARE, [department.pk, text, text])
        cursor.fetchall()


def _searches() -> list[Asked]:
    """Always the same ones: two words mostly, often a filter, one in twenty mistyped."""
    draw = random.Random(11)
    found = []
    for number in range(SEARCHES):
        words = [draw.choice(THINGS), draw.choice((*VERBS, f"mot{draw.randrange(WORDS):04}"))][: draw.choice((1, 2, 2))]
        if number % 20 == 0:
            words[0] = words[0][:2] + words[0][3:]
        filters: dict[str, str] = {}
        if draw.random() < 0.5:
            filters["theme"] = draw.choice(("mobilite", "sante", "trouver-un-emploi"))
        if draw.random() < 0.3:
            filters["fee"] = "gratuit"
        if draw.random() < 0.3:
            filters |= {"commune": "57463", "distance": "20"}
        found.append(Asked(q=" ".join(words), **filters))
    return found


def _fill(department: Department) -> None:
    draw = random.Random(57)
    owner = Organization.objects.filter(departments=department).order_by("name").first()
    communes = list(Commune.objects.filter(department=department).order_by("insee"))
    themes, kinds, fees = sorted(THEME_LABELS), sorted(KINDS), sorted(FEES)
    audiences = sorted(AUDIENCES)
    titles = [f"{verb} {thing}" for verb, thing in product(VERBS, THINGS)]
    for start in range(0, SERVICES, BLOCK):
        rows = [
            Service(
                department=department, organization=owner, state=ServiceState.PUBLISHED, source=MARK,
                source_id=f"{MARK}--{start + number}", name=f"{draw.choice(titles)} {start + number}",
                description=" ".join(f"mot{draw.randrange(WORDS):04}" for _ in range(60)),
                themes=sorted(draw.sample(themes, 2)), kind=draw.choice(kinds), fee=draw.choice(fees),
                audiences=sorted(draw.sample(audiences[:-1], 2)), insee=draw.choice(communes).insee,
            )
            for number in range(BLOCK)
        ]  # fmt: skip
        prepare(rows)
        Service.objects.bulk_create(rows)
        finish(rows)
