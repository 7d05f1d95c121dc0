"""From which state to which: candidacies to trainings, enrolments in actions (seats move in `services.actions`)."""

from __future__ import annotations

from collective_actions.models import CandidacyLog, EnrolmentLog
from hub.core.workflow import Transition, Workflow

of = Transition.of

CANDIDACY = Workflow(
    (
        of("present", "positioned", "presented", "Présente à l'information"),
        of("miss", "positioned", "not_presented", "Non présentée"),
        of("select", {"positioned", "presented"}, "selected", "Retenue"),
        of("reject", {"positioned", "presented"}, "not_selected", "Non retenue"),
        of("enter", "selected", "entered", "Entrée en formation"),
        of("stay_out", "selected", "not_entered", "Non entrée"),
        of("complete", "entered", "completed", "Formation achevée"),
        of("interrupt", "entered", "interrupted", "Formation interrompue"),
        of("reopen", {"not_presented", "not_selected"}, "positioned", "Réponse reprise"),
        of("withdraw", {"positioned", "presented", "selected"}, "withdrawn", "Retirée"),
    ),
    log=CandidacyLog,
    log_parent="candidacy",
)

ENROLMENT = Workflow(
    [
        of("offer", "waiting", "offered", "Place proposée"),
        of("confirm", "offered", "enrolled", "Place acceptée"),
        of("lapse", "offered", "lapsed", "Offre restée sans réponse"),
        of("queue", {"lapsed", "cancelled"}, "waiting", "En liste d'attente à nouveau"),
        of("seat", {"lapsed", "cancelled"}, "enrolled", "De nouveau inscrite"),
        of("cancel", {"waiting", "offered", "enrolled", "lapsed"}, "cancelled", "Inscription retirée"),
    ],
    log=EnrolmentLog,
    log_parent="enrolment",
)
