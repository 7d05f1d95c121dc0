"""Trainees of the small world: one roster, two people of it, what was planned and done about one."""

from __future__ import annotations

from typing import Any

from collective_actions.models import (
    FollowUpContact,
    FollowUpStep,
    Placement,
    PlacementStep,
    Roster,
    RosterQuestion,
    Trainee,
)
from hub.core.actor import Actor
from hub.core.gate import tenant
from partners.models import ImportJob


def build_trainees(world: Any) -> None:
    """`helped` and `jobseeker` are trainees of the session of the world; the Région brought a roster that waits."""
    cast, here = world.cast, {"department": world.cast.department}
    with tenant(Actor.system(cast.department.pk)) as acting:
        for name in ("helped", "jobseeker"):
            row = Trainee.objects.create(
                department_id=acting.department_id, beneficiary=getattr(world, name), session=world.training_session,
                starts_on=acting.today, created_at=acting.now, updated_at=acting.now,
            )  # fmt: skip
            setattr(world, f"{name}_trainee", row)
        whose = {"department_id": acting.department_id, "trainee": row, "beneficiary": world.jobseeker}
        world.placement = Placement.objects.create(
            department_id=acting.department_id, beneficiary=world.jobseeker, contract="long", starts_on=acting.today,
            organization=cast.agency, recorded_at=acting.now,
        )  # fmt: skip
        world.placement_step = PlacementStep.objects.create(
            department_id=acting.department_id, placement=world.placement, beneficiary=world.jobseeker, step="week",
            due_on=acting.today,
        )  # fmt: skip
        world.follow_up_step = FollowUpStep.objects.create(step="ended", due_on=acting.today, **whose)
        world.follow_up_contact = FollowUpContact.objects.create(
            kind="not_now", on=acting.today, at=acting.now, **whose
        )
        world.roster_job = ImportJob.objects.select_related("file").get(pk=world.roster_job.pk)
        world.roster = Roster.objects.create(
            session=world.training_session, job=world.roster_job, organization=cast.region, received_at=acting.now,
            lines=2, **here,
        )  # fmt: skip
        world.roster_question = RosterQuestion.objects.create(
            session=world.training_session, question="end", asked_on=acting.today, **here
        )
