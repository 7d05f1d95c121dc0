"""How far a long file is, told while its analysis still runs."""

from __future__ import annotations

import json

import pytest
from redis.exceptions import ConnectionError as RedisDown

from hub.core import progress, topics
from hub.core.gate import tenant
from hub.core.progress import Progress, Step, progress_of
from hub.core.volatile import redis
from notifications.doorbells import topic_channel
from partners.models import ImportJob
from partners.models.files import ImportState
from partners.services.imports import process_import
from tests.cast import actor, client
from tests.files import OCTOBER, bring, job_now
from tests.referrals.registration import classic

pytestmark = pytest.mark.django_db
PEOPLE = [(f"{5700000 + n}A001", f"NOM{'ABCDEFGHIJ'[n % 10]}{'ABCDEFGHIJ'[n // 10]}", "Alex", "01/03/1980", "57010")
          for n in range(60)]  # fmt: skip


def waiting(cast, monkeypatch):
    """A list of 60 lines kept but not read yet."""
    with monkeypatch.context() as patch:
        patch.setattr("tests.files.process_import", lambda *_: None)
        return bring(cast.adviser, "registration", classic(*PEOPLE), month=OCTOBER, nature="complete")


def test_lines_read_and_steps_are_told_while_the_row_of_the_job_is_locked(cast, monkeypatch):
    job, steps = waiting(cast, monkeypatch), []
    monkeypatch.setattr(progress, "EVERY_LINES", 20)
    monkeypatch.setattr(progress, "RING_SECONDS", 0)
    monkeypatch.setattr(topics, "_ringers", [lambda topic: steps.append(progress_of("import", job.pk))])
    process_import(job.department_id, job.pk)
    assert [(one.name, one.done) for one in steps] == [
        ("reading", 0), ("reading", 20), ("reading", 40), ("reading", 60), ("checking", 0),
        ("foreseeing", 0),
    ]  # fmt: skip
    assert steps[1].total == 61, "about: its titles are a line too"
    assert job_now(cast.adviser, job).state == "analysed"


def test_a_frame_of_progress_says_nothing_but_that_something_moved(cast, monkeypatch):
    job = waiting(cast, monkeypatch)
    listener = redis().pubsub(ignore_subscribe_messages=True)
    listener.subscribe(topic_channel(f"import:{job.pk}"))
    listener.get_message(timeout=1)
    process_import(job.department_id, job.pk)
    first = listener.get_message(timeout=5)
    listener.close()
    assert json.loads(first["data"]).keys() == {"v"}


def test_pages_and_machines_read_it_and_nobody_else(cast, monkeypatch):
    job = waiting(cast, monkeypatch)
    with tenant(actor(cast.head)):
        ImportJob.objects.filter(pk=job.pk).update(state=ImportState.ANALYSING)
    Progress("import", job.pk).tell("reading", 12_000, 30_001)
    shown = client(cast.officer_metz).get(f"/imports/{job.pk}/").content.decode().replace("\u202f", " ")
    assert "Lecture et vérification des lignes" in shown
    assert 'value="12000"' in shown and 'max="30001"' in shown
    assert "Actualiser cette page" in shown
    told = client(cast.adviser).get(f"/api/v1/imports/{job.pk}/").json()["progress"]
    assert told == {"name": "reading", "done": 12_000, "total": 30_001}
    assert client(cast.charity).get(f"/imports/{job.pk}/").status_code == 403
    Progress("import", job.pk).tell("matching")
    shown = client(cast.officer_metz).get(f"/imports/{job.pk}/").content.decode()
    assert "Rapprochement avec les personnes connues" in shown
    with tenant(actor(cast.head)):
        ImportJob.objects.filter(pk=job.pk).update(state=ImportState.RECEIVED)
    assert client(cast.adviser).get(f"/api/v1/imports/{job.pk}/").json()["progress"] is None
    assert "Actualiser cette page" in client(cast.officer_metz).get(f"/imports/{job.pk}/").content.decode()


def test_without_redis_the_analysis_goes_on_and_nothing_is_shown(cast, monkeypatch):
    job = waiting(cast, monkeypatch)

    def down(*_, **__):
        raise RedisDown

    monkeypatch.setattr(progress.cache, "set", down)
    process_import(job.department_id, job.pk)
    assert job_now(cast.adviser, job).state == "analysed"
    monkeypatch.setattr(progress.cache, "get", down)
    assert progress_of("import", job.pk) is None


def test_a_total_guessed_too_low_never_shows_more_than_all(monkeypatch):
    told = []
    monkeypatch.setattr(progress, "EVERY_LINES", 2)
    one = Progress("import", ImportJob().pk)
    monkeypatch.setattr(one, "tell", lambda *said: told.append(Step(*said)))
    assert list(one.watch(range(5), "reading", 3)) == list(range(5))
    assert [(step.done, step.total) for step in told] == [(0, 3), (2, 3), (4, 4), (5, 5)]
