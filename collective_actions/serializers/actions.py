"""Collective actions, sessions and enrolments as machines read and write them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from collective_actions.models import ActionAudience, Attendance, EnrolmentState, Session
from hub.core.rest.fields import ReferenceSerializer, VisibleField
from hub.core.rest.pages import PageQuery
from partners.models import Organization
from partners.serializers_services import Written
from referrals.models import Beneficiary

STATES = [("draft", "Brouillon"), ("published", "Publiée"), ("archived", "Archivée"), ("cancelled", "Annulée")]


def _text(longest: int, **options: Any) -> serializers.CharField:
    return serializers.CharField(max_length=longest, required=False, allow_blank=True, **options)


class ActionWritten(Written):
    """What one may write of an action, beside what is said of any service."""

    need = _text(2000)
    objective = _text(2000)
    evaluation = _text(2000)
    sheet_title = _text(100, help_text="Titre neutre de la feuille d'émargement.")
    series = serializers.BooleanField(required=False, help_text="Les séances forment un cycle : on vient à toutes.")
    co_hosts = serializers.ListField(child=VisibleField(Organization), required=False)


class ActionInput(ActionWritten):
    organization = VisibleField(Organization, help_text="Qui organise.")
    name = serializers.CharField(max_length=150)
    audience = serializers.ChoiceField(ActionAudience.choices, required=False)


class ActionEdit(ActionWritten):
    name = serializers.CharField(max_length=150, required=False)


class ActionSessionOutput(serializers.Serializer[Any]):
    """A date: counts for everybody, no name."""

    id = serializers.UUIDField()
    starts_at = serializers.DateTimeField()
    duration = serializers.IntegerField(help_text="Minutes.")
    place = serializers.CharField()
    address = serializers.CharField()
    meeting_point = serializers.CharField()
    capacity = serializers.IntegerField()
    taken = serializers.IntegerField(help_text="Places données ou tenues.")
    waiting = serializers.IntegerField()
    free = serializers.IntegerField(help_text="Places qu'une nouvelle personne aurait.")
    cancelled_at = serializers.DateTimeField(allow_null=True)
    present = serializers.IntegerField(allow_null=True)


class ActionOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    state = serializers.ChoiceField(STATES)
    audience = serializers.ChoiceField(ActionAudience.choices)
    organization = ReferenceSerializer()
    co_hosts = ReferenceSerializer(many=True)
    service = serializers.UUIDField(help_text="Le service du répertoire : tout ce qui y est dit.")
    series = serializers.BooleanField()
    need = serializers.CharField()
    objective = serializers.CharField()
    sheet_title = serializers.CharField()
    sessions = ActionSessionOutput(many=True)


class ActionQuery(PageQuery):
    box = serializers.ChoiceField(
        ["", "week", "mine", "past"], required=False, default="",
        help_text="À venir par défaut ; `week` : encore des places cette semaine.",
    )  # fmt: skip
    theme = _text(120, default="")
    territory = serializers.UUIDField(required=False)
    audience = serializers.ChoiceField(ActionAudience.choices, required=False)
    places = serializers.ChoiceField(["left"], required=False, help_text="Seulement celles qui ont des places.")


class ModelQuery(PageQuery):
    """Models of action."""


class SessionInput(serializers.Serializer[Any]):
    starts_at = serializers.DateTimeField()
    duration = serializers.IntegerField(min_value=15, max_value=720, default=120, help_text="Minutes.")
    capacity = serializers.IntegerField(min_value=1, max_value=500)
    place = serializers.CharField(max_length=120)
    address = _text(200, default="")
    meeting_point = _text(200, default="")


class SessionsInput(SessionInput):
    times = serializers.IntegerField(min_value=1, max_value=30, default=1, help_text="Une par semaine.")


class QuotaInput(serializers.Serializer[Any]):
    organization = VisibleField(Organization)
    seats = serializers.IntegerField(min_value=0, max_value=500, allow_null=True, help_text="null : sans limite.")


class CallOffInput(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


class EnrolmentInput(serializers.Serializer[Any]):
    beneficiary = VisibleField(Beneficiary)
    session = VisibleField(Session, related=("action__service__organization",))
    informed_on = serializers.DateField()
    need = _text(200, default="")
    note = _text(4000, default="")
    duplicate_reason = _text(300, default="")


class EnrolmentOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    session = serializers.UUIDField()
    state = serializers.ChoiceField(EnrolmentState.choices)
    name = serializers.CharField(help_text="La personne, ou le professionnel, comme vous pouvez la nommer.")
    beneficiary = serializers.UUIDField(allow_null=True)
    prescriber = ReferenceSerializer(allow_null=True, help_text="null pour un co-organisateur.")
    referral = serializers.UUIDField(allow_null=True)
    rank = serializers.IntegerField(allow_null=True)
    offered_until = serializers.DateTimeField(allow_null=True)
    attendance = serializers.ChoiceField(Attendance.choices, allow_blank=True)
    rating = serializers.IntegerField(allow_null=True)
    feedback = serializers.CharField()


class EnrolmentQuery(PageQuery):
    session = serializers.UUIDField(required=False)
    state = serializers.ChoiceField(EnrolmentState.choices, required=False)


class EnrolmentNote(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=300)


class FeedbackInput(serializers.Serializer[Any]):
    rating = serializers.IntegerField(min_value=1, max_value=4)
    feedback = _text(500, default="")


class AttendanceMark(serializers.Serializer[Any]):
    enrolment = serializers.UUIDField()
    attendance = serializers.ChoiceField(Attendance.choices, allow_blank=True)


class AttendanceInput(serializers.Serializer[Any]):
    marks = AttendanceMark(many=True)
