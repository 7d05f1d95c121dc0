"""`manage.py demo`: the whole product on this machine, with invented people, until Ctrl-C."""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from hub.demo import server
from hub.demo.accounts import accounts, table
from hub.demo.database import folder, prepare
from hub.demo.network import PASSWORD
from hub.engines import ensure

START_SECONDS = 60.0
LOOK_SECONDS = 1.0
ENGINES_EVERY = 3  # looks between two cares for the engines
PORT_SECONDS = 8.0  # for a demo just killed to let go of its port
FOUND = "DATABASE_URL", "OWNER_DATABASE_URL", "KEEPER_DATABASE_URL", "REDIS_URL"


class Stopped(Exception):
    """SIGTERM or Ctrl-C: end in order."""


class Command(BaseCommand):
    """Starts one process for pages and sockets, one worker and one clock; stops what it started, nothing else."""

    help = "Pacte avec des personnes inventées, jusqu'à Ctrl-C."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, help="port d'écoute (par défaut : le premier libre à partir de 8000)")
        parser.add_argument("--people", type=int, help="nombre de personnes inventées (par défaut : 600)")

    def handle(self, *args: Any, port: int | None, people: int | None, **options: Any) -> None:
        self._become_demo()
        if people is not None and not 20 <= people <= 300_000:
            raise CommandError("Choisissez de 20 à 300 000 personnes.")
        lock = self._alone()
        for wish in (signal.SIGTERM, signal.SIGINT):  # a shell may have set Ctrl-C aside for what it runs behind
            signal.signal(wish, _stop)
        processes: server.ProcessSet | None = None
        try:
            chosen = self._port(port)
            summary = prepare(people, self._say)
            for alias in connections:
                connections[alias].close()
            processes = self._start(chosen)
            self._present(chosen, summary)
            self._serve(processes)
        except Stopped:
            self._say("Arrêt de la démonstration")
        finally:
            for wish in (signal.SIGTERM, signal.SIGINT):
                signal.signal(wish, signal.SIG_IGN)
            if processes:
                processes.stop()
            os.close(lock)

    def _become_demo(self) -> None:
        """Leave the mark that commands typed beside the demo read; settings were loaded before: load them again."""
        if settings.PRODUCTION:
            raise CommandError("La démonstration n'existe pas en production.")
        if not settings.EMBEDDED:
            raise CommandError("La démonstration a ses propres moteurs : retirez DATABASE_URL de l'environnement.")
        if settings.DEMO:
            return
        settings.VAR.mkdir(parents=True, exist_ok=True)
        (settings.VAR / "mode").write_text("demo\n")
        again = {name: value for name, value in os.environ.items() if name not in FOUND and name != "PYTEST_VERSION"}
        os.execve(sys.executable, [sys.executable, *sys.argv], {**again, "PACTE_MODE": "demo"})  # noqa: S606

    def _alone(self) -> int:
        lock = os.open(folder() / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CommandError("Une démonstration tourne déjà dans ce dossier : arrêtez-la d'abord.") from error
        return lock

    def _port(self, asked: int | None) -> int:
        if asked is None:
            return server.first_free(8000)
        end = time.monotonic() + PORT_SECONDS
        while not server.is_free(asked):
            if time.monotonic() > end:
                raise CommandError(f"Le port {asked} est déjà pris : choisissez-en un autre (PORT=…).")
            time.sleep(0.2)
        return asked

    def _start(self, port: int) -> server.ProcessSet:
        self._say("Démarrage du serveur, de l'ouvrier et de l'horloge")
        urls = ensure(settings.VAR).environment()
        processes = server.ProcessSet(
            commands={
                "web": server.live(port),
                "worker": (*server.WORKER, *server.QUIET),
                "beat": server.beat(folder() / "beat"),
            },
            environment=server.environment(
                urls, PACTE_MODE="demo", PACTE_VAR=str(settings.VAR), SITE_URL=f"http://127.0.0.1:{port}"
            ),
            logs=folder() / "logs",
        )
        processes.start()
        self._wait(processes, port)
        return processes

    def _wait(self, processes: server.ProcessSet, port: int) -> None:
        end = time.monotonic() + START_SECONDS
        while not _answers(port):
            processes.revive()
            if time.monotonic() > end:
                said = processes.words("web")
                processes.stop()
                raise CommandError(f"Le serveur ne répond pas.\n{said}")
            time.sleep(0.1)

    def _serve(self, processes: server.ProcessSet) -> None:
        looks = 0
        while True:
            time.sleep(LOOK_SECONDS)
            looks += 1
            if looks % ENGINES_EVERY == 0:
                ensure(settings.VAR)
            for name in processes.revive():
                self._say(f"Redémarrage de « {name} »")

    def _present(self, port: int, summary: dict[str, Any]) -> None:
        lines = [
            "",
            f"Pacte: http://127.0.0.1:{port}",
            "",
            table(accounts()),
            f"Mot de passe de tous les comptes : {PASSWORD}",
            f"Entrer sans mot de passe : http://127.0.0.1:{port}/demo/",
            f"Une seconde personne dans le même navigateur : http://localhost:{port}/demo/",
            "",
            *_told(summary),
            "",
            "Ctrl-C pour arrêter.",
        ]
        self._say("\n".join(lines))

    def _say(self, text: str) -> None:
        with suppress(BrokenPipeError):
            self.stdout.write(text)
            self.stdout.flush()


def _told(summary: dict[str, Any]) -> list[str]:
    kinds = ", ".join(f"{kind} {count}" for kind, count in summary["gaps_by_kind"].items())
    month = summary["ready_month"]
    return [
        f"Importé : {summary['people_created']} personnes créées, {summary['list_lines']} lignes de listes, "
        f"{summary['gaps_open']} écarts ouverts ({kinds}), {summary['referrals']} orientations, "
        f"{summary['notices']} notifications à lire",
        "À importer en direct (chargée d'insertion de Metz), la fenêtre de la référente UDAF ouverte à côté :",
        f"  personnes : {_near(summary['ready_people'])}",
        f"  liste d'inscription complète, mois {month}, territoire Metz : {_near(summary['ready_list'])}",
    ]


def _near(path: str) -> str:
    """The path as one types it from here."""
    with suppress(ValueError):
        return str(Path(path).relative_to(Path.cwd()))
    return path


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/health/", timeout=3) as response:
            return bool(response.status == 200)
    except (URLError, OSError):
        return False


def _stop(_number: int, _frame: object) -> None:
    raise Stopped
