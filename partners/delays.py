"""Every number of days of the product: its default, its unit, its French label. A Département may change each."""

from __future__ import annotations

from dataclasses import dataclass

OPEN_DAYS, DAYS = "open_days", "days"


@dataclass(frozen=True, slots=True)
class Delay:
    """A number of days: `open_days` are working days of the organisation concerned, `days` calendar days."""

    default: int
    unit: str
    label: str


DELAYS: dict[str, Delay] = {
    # Clocks of referrals (programme, 1.1: short circuits)
    "proposal_reminder": Delay(2, OPEN_DAYS, "Proposition sans réponse : rappel"),
    "proposal_late": Delay(5, OPEN_DAYS, "Proposition sans réponse : en retard"),
    "proposal_unanswered": Delay(14, OPEN_DAYS, "Proposition sans réponse : classée sans réponse"),
    "waiting_list_review": Delay(21, DAYS, "Liste d'attente : à revoir"),
    "still_in_progress": Delay(60, DAYS, "Suivi en cours : à confirmer"),
    "designation_reminder": Delay(2, OPEN_DAYS, "Désignation non prise en compte : rappel"),
    "designation_late": Delay(5, OPEN_DAYS, "Désignation non prise en compte : en retard"),
    "designation_escalated": Delay(10, OPEN_DAYS, "Désignation non prise en compte : file du Département"),
    "first_appointment": Delay(10, OPEN_DAYS, "Premier rendez-vous après prise en compte"),
    "loop_closed": Delay(5, OPEN_DAYS, "Résultat réputé lu par l'émetteur"),
    "answer_correction": Delay(1, OPEN_DAYS, "Correction possible d'une réponse"),
    # Access
    "access_after_completion": Delay(30, DAYS, "Accès conservé après la fin d'une orientation"),
    "file_opening": Delay(1, DAYS, "Ouverture motivée d'un dossier hors équipe"),
    # Registration
    "registration_grace": Delay(60, DAYS, "Délai pour s'inscrire après l'information de la personne"),
    "explained_absence": Delay(183, DAYS, "Absence expliquée sans date de fin connue"),
    "list_due": Delay(15, DAYS, "Liste mensuelle attendue, après la fin de son mois : alerte"),
    "gap_visible": Delay(365, DAYS, "Écart clos encore visible du référent"),
    "gap_reminder": Delay(10, OPEN_DAYS, "Écart sans action : rappel"),
    "gap_escalation": Delay(10, OPEN_DAYS, "Écart sans action après le rappel : chef de service"),
    # Appointments
    "summons_notice": Delay(10, DAYS, "Convocation : délai entre l'envoi et le rendez-vous"),
    # Directory
    "service_verified": Delay(183, DAYS, "Service du répertoire : à vérifier après"),
    "seats_verified": Delay(92, DAYS, "Poste ouvert, service avec des places : à vérifier après"),
    # Trainings (programme, 2.4: trainees are seen again as soon as their training ends)
    "training_first": Delay(30, DAYS, "Fin de formation : premier avis, avant la fin"),
    "training_second": Delay(7, DAYS, "Fin de formation : second avis, avant la fin"),
    "training_reminder": Delay(15, DAYS, "Fin de formation sans entretien : rappel, après la fin"),
    "training_short": Delay(30, DAYS, "Formation courte : sans premier avis en dessous de"),
    "training_job_wait": Delay(2, OPEN_DAYS, "Sortie en emploi : attente avant l'avis de fin"),
    "training_access": Delay(30, DAYS, "Accès du développeur de l'emploi conservé après l'entretien"),
    "placement_registration": Delay(5, OPEN_DAYS, "Emploi terminé : inscription à vérifier avec la personne après"),
    "roster_due": Delay(5, OPEN_DAYS, "Session ouverte sans liste de stagiaires : alerte"),
    "roster_forgotten": Delay(7, DAYS, "Liste de stagiaires jamais confirmée : détruite après"),
    "roster_doubt": Delay(30, DAYS, "Ligne de stagiaire jamais rapprochée : détruite après"),
    # Collective actions
    "seat_offer": Delay(2, DAYS, "Place libérée : tenue pour la personne suivante de la liste d'attente"),
    # Accounts
    "invitation": Delay(7, DAYS, "Validité d'une invitation"),
}

# Steps of one clock: each comes after the one before, or a reminder would follow what it announces.
STEPS: tuple[tuple[str, ...], ...] = (
    ("proposal_reminder", "proposal_late", "proposal_unanswered"),
    ("designation_reminder", "designation_late", "designation_escalated"),
)
