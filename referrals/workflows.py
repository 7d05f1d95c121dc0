"""From which state to which: referrals (domain §4) and registration gaps (domain §5)."""

from __future__ import annotations

from hub.core.errors import InvalidTransition
from hub.core.workflow import Transition, Workflow
from referrals.models import AppointmentLog, CampaignLog, GapLog, Nature, Referral, ReferralLog

of = Transition.of


class ReferralWorkflow(Workflow):
    """Some transitions exist for one nature only: a designation is never declined nor waitlisted."""

    def check(self, obj: Referral, name: str) -> None:
        if obj.nature not in NATURES.get(name, (Nature.DESIGNATION, Nature.PROPOSAL)):
            raise InvalidTransition(
                "Une désignation ne se refuse pas : prenez-la en compte ou contestez-la."
                if obj.nature == Nature.DESIGNATION
                else "Cette action n'existe que pour une désignation.",
                state=obj.state,
                transition=name,
            )
        super().check(obj, name)


NATURES: dict[str, tuple[str, ...]] = {
    "acknowledge": (Nature.DESIGNATION,),
    "contest": (Nature.DESIGNATION,),
    "maintain": (Nature.DESIGNATION,),
    "accept": (Nature.PROPOSAL,),
    "waitlist": (Nature.PROPOSAL,),
    "decline": (Nature.PROPOSAL,),
    "redirect": (Nature.PROPOSAL,),
    "expire": (Nature.PROPOSAL,),
    "pause": (Nature.PROPOSAL,),
    "resume": (Nature.PROPOSAL,),
    "fail": (Nature.PROPOSAL,),
}

REFERRAL = ReferralWorkflow(
    [
        of("send", "draft", "sent", "Envoyée"),
        of("acknowledge", {"sent", "contested"}, "accepted", "Prise en compte"),
        of("contest", {"sent", "accepted"}, "contested", "Contestée"),
        of("maintain", "contested", "sent", "Désignation maintenue"),
        of("accept", {"sent", "waitlisted"}, "accepted", "Acceptée"),
        of("waitlist", "sent", "waitlisted", "Mise en liste d'attente"),
        of("decline", {"sent", "waitlisted"}, "declined", "Refusée"),
        of("redirect", {"sent", "waitlisted"}, "redirected", "Réorientée"),
        of("expire", "sent", "unanswered", "Classée sans réponse"),
        of("start", "accepted", "in_progress", "Suivi commencé"),
        of("pause", {"accepted", "in_progress"}, "paused", "Suspendue"),
        of("resume", "paused", "in_progress", "Reprise"),
        of("complete", {"accepted", "in_progress"}, "completed", "Aboutie"),
        of("fail", {"accepted", "in_progress", "paused", "waitlisted"}, "not_completed", "Non aboutie"),
        of("cancel", {"draft", "sent", "accepted", "contested", "waitlisted", "paused"}, "cancelled", "Annulée"),
        of(
            "enter_in_error",
            {"sent", "accepted", "contested", "waitlisted", "in_progress", "paused"},
            "entered_in_error",
            "Saisie par erreur",
        ),
    ],
    log=ReferralLog,
    log_parent="referral",
)

# Facts written to the journal that change no state by themselves.
REFERRAL_FACTS = {
    "seen": "Lue",
    "propose_redirect": "Réorientation proposée",
    "refuse_redirect": "Réorientation non retenue",
    "take_back": "Réponse annulée",
    "correct": "Réponse corrigée",
    "acknowledge_outcome": "Résultat lu par l'émetteur",
    "appointment": "Premier rendez-vous fixé",
    "assign": "Confiée à un membre",
}

GAP = Workflow(
    [
        of("acknowledge", "open", "acknowledged", "Vue"),
        of("take_charge", {"open", "acknowledged"}, "in_progress", "Prise en charge"),
        of("assign", {"open", "acknowledged", "in_progress"}, "in_progress", "Confiée à un membre"),
        of("hand_over", {"open", "acknowledged", "in_progress"}, "open", "Confiée à une équipe"),
        of("resolve", {"open", "acknowledged", "in_progress"}, "resolved", "Régularisée"),
        of("justify", {"open", "acknowledged", "in_progress"}, "justified", "Justifiée"),
        of("lapse", {"open", "acknowledged", "in_progress"}, "lapsed", "Sans objet"),
        of("void", {"open", "acknowledged", "in_progress"}, "void", "Annulée"),
        of("reopen", {"resolved", "justified", "lapsed"}, "open", "Rouverte"),
    ],
    log=GapLog,
    log_parent="gap",
)

# Moving keeps the state; what came of it may be written again while it was wrong.
APPOINTMENT = Workflow(
    [
        of("move", "planned", "planned", "Déplacé"),
        of("hold", "planned", "held", "Tenu"),
        of("excuse", "planned", "excused", "Personne excusée"),
        of("miss", "planned", "not_held", "Non tenu"),
        of("cancel", "planned", "cancelled", "Annulé"),
        of("correct", {"held", "excused", "not_held"}, "planned", "Issue corrigée"),
    ],
    log=AppointmentLog,
    log_parent="appointment",
)

CAMPAIGN = Workflow(
    [
        of("send", "draft", "sent", "Convocations envoyées"),
        of("cancel", {"draft", "sent"}, "cancelled", "Campagne annulée"),
    ],
    log=CampaignLog,
    log_parent="campaign",
)
