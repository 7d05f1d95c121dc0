"""Every rule × every persona × every relation, every scope × every persona, against two checked-in tables."""

from __future__ import annotations

from django.db.models import Model

from hub.core.access import RULES, SCOPES, can, visible
from hub.core.gate import tenant
from hub.core.guard import is_personal
from tests.access.subjects import SUBJECTS
from tests.access.tables import Table, differences, read
from tests.access.world import World, personas


def test_every_rule_for_every_persona(world: World):
    columns, expected = read("rules.txt")
    actors = personas(world)
    assert set(columns) == set(actors)
    assert set(SUBJECTS) == set(RULES)
    found: dict[tuple[str, str], set[str]] = {}
    for name, actor in actors.items():
        member = world.cast.members.get(name, world.cast.admin)
        with tenant(actor):
            for rule, relations in SUBJECTS.items():
                for relation, subject in relations.items():
                    allowed = found.setdefault((rule, relation), set())
                    if can(actor, rule, subject(world, member)):
                        allowed.add(name)
    assert differences(expected, _frozen(found)) == []


def test_every_scope_for_every_persona(world: World):
    columns, expected = read("rows.txt")
    actors = personas(world)
    assert set(columns) == set(actors)
    found: dict[tuple[str, str], set[str]] = {}
    strangers = []
    for model in SCOPES:
        known = names_of(world, model)
        for row in known.values():
            found[model.__name__, row] = set()
        for name, actor in actors.items():
            with tenant(actor):
                for pk in visible(actor, model).values_list("pk", flat=True):
                    if pk in known:
                        found[model.__name__, known[pk]].add(name)
                    elif is_personal(model) and name != "system":
                        strangers.append((name, model.__name__, pk))
    assert strangers == []
    assert differences(expected, _frozen(found)) == []


def names_of(world: World, model: type[Model]) -> dict[object, str]:
    """Rows of the world and of the cast by name; a model of which nothing has a name is not proved."""
    cast = {value.pk: name for name, value in vars(world.cast).items() if type(value) is model}
    known = cast | world.objects(model)
    assert known, f"the world holds no {model.__name__}"
    return known


def _frozen(found: dict[tuple[str, str], set[str]]) -> Table:
    return {key: frozenset(names) for key, names in found.items()}
