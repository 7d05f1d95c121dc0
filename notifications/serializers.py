"""Notices as machines read them: ids, counts and partners' names, never a person's."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from hub.core.rest.pages import PageQuery
from notifications.events import VERBS
from notifications.services import MOST_AT_ONCE

LARGEST = 2**63 - 1
STATES = ("unread", "read", "done", "solved")


class NotificationOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    seq = serializers.IntegerField(help_text="Numéro de son dernier changement, parmi tous ceux de l'utilisateur.")
    kind = serializers.CharField()
    title = serializers.CharField()
    reason = serializers.CharField(help_text="Pourquoi vous : « vous êtes le référent ».")
    count = serializers.IntegerField()
    state = serializers.ChoiceField(STATES)
    subject_kind = serializers.CharField()
    subject_id = serializers.UUIDField(allow_null=True)
    url = serializers.CharField(help_text="La page de Pacte où l'on agit, ou vide.")
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()


class ChangesOutput(serializers.Serializer[Any]):
    """Without `after`, a page of the latest; with it, what changed since, oldest first."""

    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    results = NotificationOutput(many=True)
    cursor = serializers.IntegerField(help_text="À redonner dans `after`.")
    epoch = serializers.CharField(help_text="À redonner dans `epoch` : s'il change, la liste est à relire.")
    unread = serializers.IntegerField(help_text="Avis non lus dans cette organisation.")
    reset = serializers.BooleanField(help_text="Trop de changements : relire la liste sans `after`.")


class NotificationQuery(PageQuery):
    after = serializers.IntegerField(
        required=False, min_value=0, max_value=LARGEST, help_text="Dernier `cursor` connu."
    )
    epoch = serializers.CharField(required=False, default="", allow_blank=True, max_length=36)
    unread = serializers.BooleanField(required=False, default=False, help_text="Seulement les non lus.")


class MarkInput(serializers.Serializer[Any]):
    verb = serializers.ChoiceField(sorted(VERBS))
    ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MOST_AT_ONCE)


class TicketOutput(serializers.Serializer[Any]):
    ticket = serializers.CharField(help_text="À usage unique : `/ws/notifications/?ticket=…`")
    expires_in = serializers.IntegerField(help_text="Secondes.")
