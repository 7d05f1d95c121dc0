"""Answering a referral without an account: a signed link to the organisation's box, opened by a code."""

from __future__ import annotations

from django.db import models

from hub.core.models import PersonalModel
from partners.models import Organization
from referrals.models.referrals import Referral


class AnswerLink(PersonalModel):
    """The one link of a referral: mailed to the receiver's box, closed by five wrong codes, renewed by the sender."""

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="answer_link")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True)  # null until the mail has left: what the sweep looks for
    closed_at = models.DateTimeField(null=True)
    code_asked_at = models.DateTimeField(null=True)
    code_mailed_at = models.DateTimeField(null=True)
    code_hash = models.CharField(max_length=64, blank=True)
    code_until = models.DateTimeField(null=True)
    codes_asked = models.PositiveSmallIntegerField(default=0)
    wrong_codes = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "lien de réponse"
        indexes = [
            models.Index(
                fields=["department_id"],
                condition=models.Q(mailed_at=None) | models.Q(code_asked_at__isnull=False, code_mailed_at=None),
                name="answer_link_to_mail",
            )
        ]

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d}"


class LinkOpening(PersonalModel):
    """Somebody of the receiving organisation entered a right code: who he says he is, what he answered."""

    link = models.ForeignKey(AnswerLink, on_delete=models.PROTECT, related_name="openings")
    name = models.CharField("prénom et nom", max_length=120)
    function = models.CharField("fonction", max_length=120)
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    answer = models.CharField(max_length=20, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "ouverture d'un lien de réponse"
        ordering = ["-opened_at", "id"]

    def __str__(self) -> str:
        return f"{self.name}, {self.function}"
