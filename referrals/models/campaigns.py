"""Convening several people at once: campaigns, the slots they are given, one summons per person (domain §5)."""

from __future__ import annotations

import uuid

from django.db import models

from hub.core.models import PersonalModel, TransitionLog
from partners.models import Commune, Department, Organization, Team, Territory, User
from referrals.models.appointments import Appointment, AppointmentMode
from referrals.models.beneficiaries import Beneficiary
from referrals.models.registration import RegistrationGap


class Slot(models.Model):
    """Seats at a place, on a day: a team receives, alone or beside a partner (joint session). Names nobody.

    `taken` only moves by `services.campaigns.seats`: two at once never share the last seat.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+")
    co_host = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    place = models.CharField("lieu", max_length=120)
    address = models.CharField("adresse du lieu", max_length=200, blank=True)
    commune = models.ForeignKey(Commune, null=True, on_delete=models.PROTECT, related_name="+")
    mode = models.CharField("comment", max_length=8, choices=AppointmentMode.choices, default=AppointmentMode.ON_SITE)
    starts_at = models.DateTimeField("quand")
    duration = models.PositiveSmallIntegerField("durée (minutes)", default=30)
    capacity = models.PositiveSmallIntegerField("places")
    taken = models.PositiveSmallIntegerField(default=0)
    closed = models.BooleanField("fermé", default=False)
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "créneau"
        ordering = ["starts_at", "id"]
        indexes = [models.Index(fields=["department", "starts_at", "id"], name="slot_agenda")]
        constraints = [
            models.CheckConstraint(condition=models.Q(taken__lte=models.F("capacity")), name="slot_never_oversold"),
            models.CheckConstraint(condition=models.Q(capacity__gte=1, capacity__lte=500), name="slot_capacity"),
            models.CheckConstraint(condition=models.Q(duration__gte=5, duration__lte=480), name="slot_duration"),
        ]

    def __str__(self) -> str:
        return self.place

    @property
    def free(self) -> int:
        """Seats left; none once closed."""
        return 0 if self.closed else self.capacity - self.taken

    @property
    def territory_id(self) -> uuid.UUID | None:
        """The territory of its commune, else of its team (both joined); None: open to every territory."""
        if self.commune and self.commune.territory_id:
            return self.commune.territory_id
        return self.team.territory_id if self.team else None


class CampaignState(models.TextChoices):
    DRAFT = "draft", "En préparation"
    SENT = "sent", "Envoyée"
    CANCELLED = "cancelled", "Annulée"


class Campaign(PersonalModel):
    """People convened together about the same object. Its texts are read by the people; its name by colleagues."""

    name = models.CharField("nom de la campagne", max_length=100)
    state = models.CharField(max_length=10, choices=CampaignState.choices, default=CampaignState.DRAFT)
    territory = models.ForeignKey(Territory, null=True, on_delete=models.PROTECT, related_name="+")
    motive = models.CharField("pourquoi", max_length=300)
    bring = models.CharField("à apporter", max_length=300, blank=True)
    # Why a manager kept words that a letter usually does not hold.
    kept_because = models.CharField("pourquoi ces mots sont gardés", max_length=300, blank=True, default="")
    contact = models.CharField("qui appeler", max_length=120, blank=True)
    slots = models.ManyToManyField(Slot, related_name="campaigns")
    follows = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")  # a second summons
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "campagne"
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["department_id", "-created_at", "id"], name="campaign_recent")]

    def __str__(self) -> str:
        return self.name


class CampaignLog(TransitionLog):
    """Journal of a campaign: opened, sent, cancelled, by whom."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="log")

    class Meta(TransitionLog.Meta):
        indexes = [models.Index(fields=["campaign", "at"], name="campaign_log")]

    def __str__(self) -> str:
        return self.name


class Summons(PersonalModel):
    """One person of a campaign: a seat is held while `slot` is set; `appointment` once she is convened."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="summonses")
    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="summonses")
    gap = models.ForeignKey(RegistrationGap, null=True, on_delete=models.PROTECT, related_name="summonses")
    slot = models.ForeignKey(Slot, null=True, on_delete=models.PROTECT, related_name="summonses")
    appointment = models.OneToOneField(Appointment, null=True, on_delete=models.PROTECT, related_name="summons")
    position = models.PositiveIntegerField()  # order in which seats are given
    added_at = models.DateTimeField()
    told_how = models.CharField("comment la personne est prévenue", max_length=120, blank=True)  # when not by letter
    moved_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)  # taken out of the campaign before it was sent

    class Meta:
        verbose_name = "convocation"
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["campaign", "position", "id"], name="summons_order")]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "beneficiary"], name="one_summons_per_campaign"),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at=None) | models.Q(slot=None, appointment=None),
                name="withdrawn_holds_no_seat",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
