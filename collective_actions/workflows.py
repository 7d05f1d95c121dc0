"""From which state to which: candidacies to trainings."""

from __future__ import annotations

from collective_actions.models import CandidacyLog
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
        of("withdraw", {"positioned", "presented", "selected"}, "withdrawn", "Retirée"),
    ),
    log=CandidacyLog,
    log_parent="candidacy",
)
