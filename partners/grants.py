"""Which functions one may give to whom: computed from the giver's own rights and the kind of organisation."""

from __future__ import annotations

from hub.core.actor import DEPARTMENT, Actor
from partners.models import Function

# Functions of the Département's own staff: outside it they would promise a view of people nobody else has.
DEPARTMENT_ONLY = frozenset(
    {
        Function.COORDINATION,
        Function.SOCIAL_WORK,
        Function.SUPERVISION,
        Function.PEOPLE_IMPORT,
        Function.ADMINISTRATION,
        Function.CONTROL,
    }
)
# Functions that only some kinds of organisation exercise.
KINDS = {
    Function.REGISTRATION_LISTS: frozenset({"department", "employment_service"}),
    Function.ROSTERS: frozenset({"department", "region", "training_body", "e2c"}),
    Function.RECRUITMENT: frozenset({"department", "agency", "siae", "temp_agency", "employer_network"}),
    Function.JOB_DEVELOPMENT: frozenset({"department", "agency", "employment_service", "siae", "cap_emploi"}),
}
# What a manager hands out in his own organisation without asking anybody.
ORDINARY = frozenset(
    {
        Function.SOCIAL_WORK,
        Function.RECRUITMENT,
        Function.JOB_DEVELOPMENT,
        Function.COUNSELLING,
        Function.ROSTERS,
        Function.NEEDS,
    }
)


def suited(kind: str) -> frozenset[str]:
    """Functions that make sense in an organisation of this kind."""
    common = {f for f in Function if f not in DEPARTMENT_ONLY and kind in KINDS.get(f, {kind})}
    return frozenset(common | DEPARTMENT_ONLY) if kind == "department" else frozenset(common)


def grantable(actor: Actor, kind: str) -> frozenset[str]:
    """Functions this actor may give in an organisation of this kind: all for the administrator; for a manager the
    ordinary ones and those he holds himself. Nobody gives more than he has been trusted with."""
    if actor.is_system or (actor.role == DEPARTMENT and actor.has(Function.ADMINISTRATION)):
        return suited(kind)
    if not actor.manager:
        return frozenset()
    return suited(kind) & (ORDINARY | actor.functions)
