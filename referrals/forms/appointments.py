"""Forms of appointments and contracts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

from hub.core.actor import PARIS
from partners.forms.fields import choices_in
from referrals.forms.fields import day, hour, reason_kept, text
from referrals.models import Appointment, AppointmentKind, AppointmentMode, ContractKind
from referrals.selectors.hosts import Host
from referrals.services.appointments.planning import in_france

WORDS = ("place", "address", "contact", "motive", "bring")


def minutes(label: str = "Durée (minutes)", **options: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=5, max_value=480, initial=30, **options)


def line(label: str, size: int, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=size, required=False, **options)


class PlanForm(forms.Form):
    """A meeting to fix."""

    kind = forms.ChoiceField(label="Objet")
    on = day("Jour", required=True)
    at = hour("Heure")
    duration = minutes()
    host = forms.ChoiceField(label="Avec")
    mode = forms.ChoiceField(label="Comment", choices=AppointmentMode.choices)
    place = line("Lieu", 120, help_text="Comme la personne doit le trouver : « CMS de Metz, 2e étage ».")
    address = line("Adresse du lieu", 200)
    contact = line("Qui appeler", 120, help_text="Un nom et un numéro, pour déplacer la date.")
    motive = line("Pourquoi", 300, help_text="La personne le lira : des mots simples, rien de sensible.")
    bring = line("À apporter", 300)
    reason = reason_kept()

    def __init__(self, *args: Any, hosts: list[Host], kinds: list[str], may_keep: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not may_keep:
            del self.fields["reason"]
        self.hosts = {host.key: host for host in hosts}
        choices_in(self, "host").choices = [(host.key, host.label) for host in hosts]
        chosen = [(kind.value, kind.label) for kind in AppointmentKind if kind.value in kinds]
        choices_in(self, "kind").choices = chosen
        if len(chosen) == 1:
            self.fields["kind"].widget = forms.HiddenInput()
            self.fields["kind"].initial = chosen[0][0]

    def values(self) -> dict[str, Any]:
        """What the service expects."""
        given, host = self.cleaned_data, self.hosts[self.cleaned_data["host"]]
        return {
            "kind": given["kind"],
            "starts_at": in_france(given["on"], given["at"]),
            "duration": given["duration"],
            "mode": given["mode"],
            "organization": host.organization,
            "team": host.team,
            "member_id": host.member_id,
            "words": {name: given.get(name, "") for name in (*WORDS, "reason")},
        }


class MoveForm(forms.Form):
    on = day("Nouveau jour", required=True)
    at = hour("Heure")
    duration = minutes()
    note = line("Pourquoi", 200, help_text="Reste au journal ; rien de sensible.")

    def __init__(self, *args: Any, appointment: Appointment, **options: Any) -> None:
        local: datetime = appointment.starts_at.astimezone(PARIS)
        now = {"on": local.date(), "at": local.time(), "duration": appointment.duration}
        options["initial"] = now
        super().__init__(*args, **options)

    def values(self) -> dict[str, Any]:
        """What the service expects."""
        given = self.cleaned_data
        return {"starts_at": in_france(given["on"], given["at"]), "duration": given["duration"], "note": given["note"]}


class OutcomeForm(forms.Form):
    note = text("Ce qu'il faut retenir (facultatif)", rows=2, size=1000)


class ContractForm(forms.Form):
    kind = forms.ChoiceField(label="Contrat", choices=[("", "Choisir…"), *ContractKind.choices])
    signed_on = day("Signé le", required=True)
    until = day("Jusqu'au")
