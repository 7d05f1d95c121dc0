"""The clock's table: every task it sends exists, and none waits longer than the next one."""

from __future__ import annotations

from celery.signals import worker_process_init

from hub.celery import EVERY, app

SWEEPS = {
    "hub.tasks.heartbeat",
    "notifications.tasks.sweep_outbox",
    "partners.tasks.sweep_files",
    "partners.tasks.sweep_imports",
    "partners.tasks.sweep_invitations",
    "referrals.tasks.close_loops",
    "referrals.tasks.expire_proposals",
    "referrals.tasks.release_answers",
}


def test_every_task_of_the_clock_is_registered() -> None:
    app.loader.import_default_modules()
    assert set(EVERY) <= set(app.tasks)


def test_every_sweep_is_on_the_clock() -> None:
    """A nudge may be lost: each kind of background work is also found by a sweep."""
    assert set(EVERY) >= SWEEPS


def test_messages_expire_instead_of_piling_up() -> None:
    for name, entry in app.conf.beat_schedule.items():
        assert entry["task"] == name
        assert entry["schedule"] <= entry["options"]["expires"] <= max(10, entry["schedule"])


def test_workers_leave_the_processor_to_pages(monkeypatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr("os.nice", asked.append)
    worker_process_init.send(sender=None)
    assert [one > 0 for one in asked] == [True]
