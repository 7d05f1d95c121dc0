"""The background worker and its clock."""

from __future__ import annotations

import gc
import os
import sys
from typing import Any

from celery import Celery
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings")

# What the clock sends, every so many seconds. Each task finds by itself what is due: one sent twice or late changes
# nothing, and one that waits for a worker longer than its period is dropped for the next.
EVERY = {
    "hub.tasks.heartbeat": 10.0,
    "notifications.tasks.sweep_outbox": 2.0,
    "referrals.tasks.release_answers": 2.0,
    "referrals.tasks.sweep_answer_links": 5.0,
    "partners.tasks.sweep_imports": 5.0,
    "partners.tasks.sweep_invitations": 60.0,
    "partners.tasks.sweep_files": 3600.0,
    "partners.tasks.remind_owners": 3600.0,
    "partners.tasks.tell_saved_searches": 3600.0,
    "collective_actions.tasks.follow_rosters": 3600.0,
    "collective_actions.tasks.follow_trainings": 60.0,
    "referrals.tasks.expire_proposals": 3600.0,
    "referrals.tasks.close_loops": 3600.0,
    "referrals.tasks.release_gap_gestures": 2.0,
    "referrals.tasks.remind_gaps": 3600.0,
    "referrals.tasks.ask_again": 3600.0,
    "referrals.tasks.open_checks": 60.0,
    "referrals.tasks.tell_silent_sources": 3600.0,
    "referrals.tasks.sweep_letters": 30.0,
    "collective_actions.tasks.offer_freed_seats": 10.0,
    "collective_actions.tasks.recount_action_places": 300.0,
}


NICENESS = 10
# Seconds a thread keeps the interpreter when another asks for it. Python's usual 5 ms would be waited for twice by each
# short statement of a file that another thread reads.
TURN = 0.0005


@worker_process_init.connect
def give_way(**_: object) -> None:
    """What nobody waits for leaves the processor to pages and pushes."""
    os.nice(NICENESS)


@worker_process_init.connect
def settle(**_: object) -> None:
    """What a worker holds from its start stays: it is not looked through again amid each long task. Its threads take
    short turns.
    """
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(TURN)


def schedule(every: dict[str, float]) -> dict[str, dict[str, Any]]:
    """The same in Celery's words."""
    return {
        task: {"task": task, "schedule": seconds, "options": {"expires": max(seconds, 10.0)}}
        for task, seconds in every.items()
    }


app = Celery("hub")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = schedule(EVERY)
app.autodiscover_tasks()
