"""The architecture as tests: what depends on what, who may write what, what is never stored."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

from django.apps import apps
from django.db import models

ROOT = Path(__file__).parents[2]
LEVELS = {"core": 0, "partners": 1, "referrals": 2, "collective_actions": 3, "volunteering": 3, "notifications": 4}
APPS = ("hub", "partners", "referrals", "collective_actions", "volunteering", "notifications")
SOURCES = sorted(p for app in APPS for p in (ROOT / app).rglob("*.py") if "migrations" not in p.parts)
OURS = [model for model in apps.get_models() if model._meta.app_label in LEVELS]


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines(pattern: str, files: list[Path]) -> list[str]:
    """`file:line` of every line of code (comments and docstrings aside) that matches."""
    wanted = re.compile(pattern)
    return [
        f"{relative(path)}:{number}"
        for path in files
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if wanted.search(line.split("  #")[0]) and not line.lstrip().startswith("#")
    ]


def calls(path: Path, name: str) -> list[str]:
    """Functions of a file that call `name()`."""
    tree = ast.parse(path.read_text())
    return [
        function.name
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == name
    ]


def test_foreign_keys_only_go_down():
    upward = [
        f"{model.__name__}.{field.name} → {field.related_model.__name__}"
        for model in OURS
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model in OURS
        if LEVELS[field.related_model._meta.app_label] > LEVELS[model._meta.app_label]
    ]
    assert upward == []


def test_import_contract_names_every_child_of_hub():
    """`hub` and `hub.core` cannot stand in one contract: its other children are listed one by one."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    listed = {name for contract in contracts for name in contract.get("forbidden_modules", [])}
    children = {
        f"hub.{path.stem}"
        for path in (ROOT / "hub").iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists()) and path.stem not in ("__init__", "core")
    }
    assert children - listed == set()


def test_migrations_read_only_the_core_and_each_other():
    """The tests' database is migrated again when these change, and only then (`tests/standing.py`)."""
    paths = sorted(path for app in APPS for path in (ROOT / app).rglob("migrations/*.py"))
    used = {
        name
        for path in paths
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
        if name.split(".")[0] in APPS
    }
    assert len(paths) > 50
    assert {name for name in used if not name.startswith("hub.core.") and ".migrations" not in name} == set()


def test_no_import_inside_functions_to_dodge_layers():
    dodged = []
    for path in SOURCES:
        for function in ast.walk(ast.parse(path.read_text())):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) or function.name == "ready":
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [n.name for n in node.names]
                    dodged += [f"{relative(path)}:{node.lineno}" for name in names if name.split(".")[0] in APPS]
    assert [where for where in dodged if not where.startswith(("hub/management/", "hub/engines/"))] == []


def test_only_access_writes_grants():
    """`elevated()` is how one's decision opens a file to others: its callers are these, and no other."""
    callers = {(relative(path), name) for path in SOURCES for name in calls(path, "elevated")}
    services = "referrals/services/access.py"
    assert callers == {
        (services, "open_access"),
        (services, "open_accesses"),
        (services, "renew_accesses"),
        (services, "close_access"),
        ("collective_actions/services/actions/held.py", "offer_free_seats"),  # who waits is unseen
        ("partners/services/imports.py", "discard_import"),  # destroys lines its own bringer may not read
    }
    writers = lines(r"AccessGrant(\.objects)?\.?(\.create|\.bulk_create|\.update)?\(", SOURCES)
    elsewhere = {where.split(":")[0] for where in writers} - {services, "referrals/models/access.py"}
    made = {"referrals/importers/writing.py", "collective_actions/services/endings/telling.py",
            "collective_actions/services/actions/sharing.py"}  # fmt: skip
    assert elsewhere <= made  # rows made there are written by `open_accesses` and `renew_accesses`


def test_services_have_one_clock():
    services = [p for p in SOURCES if "services" in relative(p) or "importers" in relative(p) or "workflow" in p.name]
    assert lines(r"\bnow\(\)|\btoday\(\)|timezone\.now|auto_now", services) == []
    stamped = [f"{m.__name__}.{f.name}" for m in OURS for f in m._meta.fields if getattr(f, "auto_now_add", False)]
    assert [name for name in stamped if "pgh_" not in name] == []


def test_no_signal_holds_a_rule():
    assert lines(r"post_save|pre_save|m2m_changed|post_delete|pre_delete", SOURCES) == []


def test_edges_reach_rows_through_scopes_only():
    edges = [p for p in SOURCES if {"views", "api"} & set(p.parts) or p.stem in ("views", "api", "consumer", "home")]
    assert lines(r"(?<!within_reach\(actor, Beneficiary)\.objects\b|_base_manager|_default_manager", edges) == []


# Health, religion, origin, justice, family, opinions, conduct: the words such a field would be called by.
FORBIDDEN = {
    "health", "handicap", "disability", "illness", "disease", "diagnosis", "pregnant", "religion", "faith", "ethnicity",
    "race", "nationality", "justice", "prison", "convict", "offence", "probation", "gens_du_voyage", "traveller",
    "roma", "nomad", "ase", "foster", "lone_parent", "single_parent", "isolated", "sexuality", "union", "politics",
    "score", "rating", "risk", "tag", "audience", "sanction", "absences",
}  # fmt: skip


def test_no_audience_tag_on_a_person():
    """Domain §2: special audiences describe actions and money, never a person."""
    people = [model for model in OURS if model._meta.app_label == "referrals"]
    words = [
        f"{model.__name__}.{field.name}"
        for model in people
        for field in model._meta.fields
        for part in FORBIDDEN
        if part in field.name.split("_") or (len(part) > 5 and part in field.name)
    ]
    assert words == []
    choices = [
        f"{model.__name__}.{field.name}={value}"
        for model in people
        for field in model._meta.fields
        for value, _ in field.flatchoices
        if str(value) in FORBIDDEN
    ]
    assert choices == []


def test_stored_values_are_short_ascii():
    accented = [
        f"{model.__name__}.{field.name}={value!r}"
        for model in OURS
        for field in model._meta.fields
        for value, _ in field.flatchoices
        if not str(value).isascii() or len(str(value)) > 30
    ]
    assert accented == []


def test_protected_tables_have_keys_made_in_python():
    """RETURNING is refused on rows one may not read yet (spine 7)."""
    from_database = [
        f"{model.__name__}.{field.name}"
        for model in OURS
        if getattr(model, "personal", False)
        for field in model._meta.fields
        if isinstance(field, models.AutoField | models.GeneratedField) or field.has_db_default()
    ]
    assert from_database == []


def test_every_model_of_ours_has_no_integer_key_in_addresses():
    """What an address may name has a UUID."""
    named = {
        "Beneficiary", "Referral", "RegistrationGap", "ImportJob", "Organization", "Team", "Service", "Territory",
        "Membership", "Invitation", "ApiToken", "ExitCode", "ExpectedList", "TrackDecision", "FileOpening",
    }  # fmt: skip
    keys = {model.__name__: model._meta.pk for model in OURS if model.__name__ in named}
    assert set(keys) == named
    assert [name for name, key in keys.items() if not isinstance(key, models.UUIDField)] == []
