"""What each user was told, the numbers of these changes, and the doorbells not yet rung."""

from __future__ import annotations

import uuid

from django.db import models

from hub.core.models import PersonalModel

UNREAD = models.Q(read_at=None, done_at=None, solved_at=None)


class Notification(PersonalModel):
    """One subject one user is told about; a new fact on the same subject brings the row back, unread, with its count.

    `seq` is the number of the row's last change among all changes of this user (told, grouped, read, done, settled):
    whoever holds a cursor asks for the rows above it. `payload` holds ids, numbers and codes, never a name.
    """

    user_id = models.UUIDField()
    organization_id = models.UUIDField()
    kind = models.CharField(max_length=40)
    seq = models.PositiveBigIntegerField()
    dedupe_key = models.CharField(max_length=120)
    count = models.PositiveIntegerField(default=1)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=150)  # why this user is told: "vous êtes le référent"
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()  # of the last fact: reading does not move a line
    read_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    solved_at = models.DateTimeField(null=True)  # somebody else dealt with it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user_id", "seq"], name="one_change_per_number"),
            models.UniqueConstraint(fields=["user_id", "dedupe_key"], name="one_notice_per_subject"),
        ]
        indexes = [
            models.Index(fields=["user_id", "organization_id", "-changed_at", "-id"], name="notification_recent"),
            models.Index(fields=["subject_id", "kind"], name="notification_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.seq}"

    @property
    def state(self) -> str:
        """done, solved, read or unread."""
        if self.done_at:
            return "done"
        if self.solved_at:
            return "solved"
        return "read" if self.read_at else "unread"


class NotificationCursor(models.Model):
    """The last number given to a user, and how many notices wait, by `department:organization`.

    Its row is locked until COMMIT while numbers are given: numbers of one user become visible in their order and
    without holes. `epoch` changes when numbers may have gone back (a restored backup): clients then start again.
    """

    user_id = models.UUIDField(primary_key=True)
    last_seq = models.PositiveBigIntegerField(default=0)
    unread = models.JSONField(default=dict)
    epoch = models.UUIDField(default=uuid.uuid4)

    def __str__(self) -> str:
        return str(self.last_seq)


class Outbox(models.Model):
    """A change whose doorbell has not been rung yet; the row goes away when it has."""

    user_id = models.UUIDField()
    seq = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "seq"], name="one_doorbell_per_change")]

    def __str__(self) -> str:
        return str(self.seq)


class Batch(models.Model):
    """Part of a large audience, told in a transaction of its own; the row goes away with it. Ids and numbers only."""

    department_id = models.UUIDField()
    at = models.DateTimeField()
    notices = models.JSONField()

    def __str__(self) -> str:
        return f"{len(self.notices)} notices"
