"""People: which ones an actor sees, what he may do with them.

The second lock (PostgreSQL) opens a person to an organisation; this first lock narrows it to the member's team and
territory. What lies between the two opens with a written reason (`person.open`).
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from hub.core.access import can, one_of, rule, scope
from hub.core.actor import Actor
from hub.core.compiled import compiled, number_of
from partners.models import Function
from referrals.models import (
    AccessGrant,
    Beneficiary,
    DeclaredLink,
    FileOpening,
    Level,
    RegistrationExemption,
    SupportAssignment,
    TrackDecision,
)

SUPPORTING = (Level.SUPPORT, Level.FULL)
# Functions of the Département that work with people; administering the platform opens no file.
FIELD_FUNCTIONS = (
    Function.COORDINATION,
    Function.SOCIAL_WORK,
    Function.SUPERVISION,
    Function.RECRUITMENT,
    Function.PEOPLE_IMPORT,
    Function.REGISTRATION_LISTS,
    Function.CONTROL,
)
# Functions of partners to whom people are entrusted; publishing rosters opens no file.
PARTNER_FUNCTIONS = (
    Function.COUNSELLING,
    Function.JOB_DEVELOPMENT,
    Function.RECRUITMENT,
    Function.COORDINATION,
    Function.SUPERVISION,
    Function.NEEDS,
    Function.NETWORK_LEAD,
)


def active_grants(actor: Actor) -> QuerySet[AccessGrant]:
    """The organisation's grants in force at the actor's instant.

    Of his team and of the files he opened with a reason, unless he manages.
    """
    grants = AccessGrant.objects.filter(organization_id=actor.organization_id, starts_at__lte=actor.now).filter(
        Q(ends_at=None) | Q(ends_at__gt=actor.now)
    )
    if actor.manager:
        return grants
    return grants.filter(Q(team=None) | Q(team_id=actor.team_id) | one_of("beneficiary", _opened(actor)))


@scope(Beneficiary)
def people_of(actor: Actor, people: QuerySet[Beneficiary]) -> QuerySet[Beneficiary]:
    """People of the actor's team and territory, plus files he opened with a reason."""
    if actor.is_system:
        return people
    if not can(actor, "people.list"):
        return people.none()
    if actor.is_wide:
        mine = _of_department(actor, people)
    else:
        mine = people.filter(pk__in=active_grants(actor).values("beneficiary"))
    return _without_private_ties(actor, mine)


def supported_people(actor: Actor, people: QuerySet[Beneficiary]) -> QuerySet[Beneficiary]:
    """Those of `people_of` whom the actor's organisation supports: everybody for the Département."""
    if actor.is_wide or not can(actor, "people.list"):
        return people_of(actor, people)
    supported = active_grants(actor).filter(level__in=SUPPORTING)
    return _without_private_ties(actor, people.filter(pk__in=supported.values("beneficiary")))


def named_people(actor: Actor, people: QuerySet[Beneficiary]) -> QuerySet[Beneficiary]:
    """Those of `people_of` whose name the actor may read: below, a person is a first name and an initial."""
    if actor.is_wide or not can(actor, "people.list"):
        return people_of(actor, people)
    named = active_grants(actor).exclude(level=Level.MINIMAL)
    return _without_private_ties(actor, people.filter(pk__in=named.values("beneficiary")))


def people_within_reach(actor: Actor, people: QuerySet[Beneficiary]) -> QuerySet[Beneficiary]:
    """Everybody the actor's organisation may see: what is not in `people_of` opens with a reason."""
    if not can(actor, "people.list"):
        return people.none()
    if not actor.is_wide:
        now = actor.now
        grants = AccessGrant.objects.filter(organization_id=actor.organization_id, starts_at__lte=now)
        people = people.filter(pk__in=grants.filter(Q(ends_at=None) | Q(ends_at__gt=now)).values("beneficiary"))
    return _without_private_ties(actor, people)


def _of_department(actor: Actor, people: QuerySet[Beneficiary]) -> QuerySet[Beneficiary]:
    people = people.filter(department_id=actor.department_id)
    if actor.has(Function.SUPERVISION, Function.CONTROL) or not (actor.territories or actor.team_id):
        return people
    near = Q(territory__in=actor.territories) | Q(territory=None)
    if actor.team_id:  # without a team, `team_id=None` would open everybody whose referent has no team
        followed = SupportAssignment.objects.filter(team_id=actor.team_id, ends_on=None)
        near |= Q(pk__in=followed.values("beneficiary"))
    return people.filter(near | one_of("pk", _opened(actor)))


def _opened(actor: Actor) -> QuerySet[Any]:
    """People whose file the actor opened with a reason, not long ago."""
    return FileOpening.objects.filter(user_id=actor.user_id, ends_at__gt=actor.now).values("beneficiary")


def _without_private_ties(actor: Actor, people: QuerySet[Beneficiary]) -> QuerySet[Beneficiary]:
    """A declared link closes the file to that member; a restricted file stays with its referent and the heads."""
    people = people.filter(~knows_privately(actor, "pk"))
    return people if _sees_restricted(actor) else people.filter(Q(restricted=False) | one_of("pk", _followed(actor)))


def _sees_restricted(actor: Actor) -> bool:
    return actor.manager or actor.has(Function.SUPERVISION)


def _followed(actor: Actor) -> QuerySet[Any]:
    return SupportAssignment.objects.filter(referent_id=actor.user_id, ends_on=None).values("beneficiary")


def count_people(actor: Actor) -> int:
    """How many people `people_of` holds: for a partner counted on his grants, without opening each file."""
    return next(iter(_number(actor)), 0)


@compiled
def _number(actor: Actor) -> QuerySet[Any, int]:
    if actor.is_wide or not can(actor, "people.list"):
        return number_of(people_of(actor, Beneficiary.objects.all()))
    grants = active_grants(actor).filter(~knows_privately(actor, "beneficiary"))
    if not _sees_restricted(actor):
        closed = Beneficiary.objects.filter(~one_of("pk", _followed(actor)), restricted=True)
        grants = grants.filter(~one_of("beneficiary", closed.values("pk")))
    return number_of(grants, "DISTINCT beneficiary_id")


def knows_privately(actor: Actor, beneficiary: str) -> Q:
    """SQL: the actor declared a link with the person in column `beneficiary` (his few links are read once)."""
    return one_of(beneficiary, DeclaredLink.objects.filter(user_id=actor.user_id).values("beneficiary"))


@scope(TrackDecision)
@scope(SupportAssignment)
@scope(RegistrationExemption)
def of_visible_people(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """What hangs on a person follows the person; the second lock adds the level."""
    return rows.filter(beneficiary__in=people_of(actor, Beneficiary.objects.all()).values("pk"))


@scope(FileOpening)
def openings_to_review(actor: Actor, openings: QuerySet[FileOpening]) -> QuerySet[FileOpening]:
    return openings.filter(organization_id=actor.organization_id) if actor.manager else openings.none()


@rule("people.list")
def may_list_people(actor: Actor, _: None = None) -> bool:
    """Members who work with people: never the guardianship team, nor pure platform administration."""
    if not actor.sees_people:
        return False
    if actor.is_wide:
        return actor.is_system or actor.has(*FIELD_FUNCTIONS)
    return actor.has(*PARTNER_FUNCTIONS)


@rule("person.create")
def may_create_person(actor: Actor, _: None = None) -> bool:
    return actor.is_wide and (
        actor.is_system or actor.has(Function.SOCIAL_WORK, Function.COORDINATION, Function.SUPERVISION)
    )


@rule("person.edit")
def may_edit_person(actor: Actor, person: Beneficiary) -> bool:
    """The Département edits identity and rights; safe contact is `person.contact`."""
    return may_create_person(actor) and not actor.has(Function.CONTROL)


@rule("person.contact")
def may_set_safe_contact(actor: Actor, person: Beneficiary) -> bool:
    """Whoever supports the person may protect her."""
    return may_edit_person(actor, person) or _supports(actor, person)


@rule("person.open")
def may_open_file(actor: Actor, person: Beneficiary) -> bool:
    return may_list_people(actor) and not actor.is_system


@rule("person.opening.review")
def may_review_openings(actor: Actor, opening: FileOpening | None = None) -> bool:
    """A manager, what the members of his own organisation opened."""
    return actor.manager and (opening is None or opening.organization_id == actor.organization_id)


@rule("person.nir")
def may_see_nir(actor: Actor, person: Beneficiary) -> bool:
    """One by one and logged; only bodies named by decree 2019-341, whose level is `full`."""
    if actor.has(Function.CONTROL) and not actor.is_wide:
        return False
    if actor.role == "department":
        return actor.has(Function.SOCIAL_WORK, Function.COORDINATION, Function.SUPERVISION, Function.CONTROL)
    return active_grants(actor).filter(beneficiary=person, level=Level.FULL).exists()


@rule("track.decide")
def may_decide_track(actor: Actor, person: Beneficiary) -> bool:
    return actor.is_system or (
        actor.role == "department" and actor.has(Function.SOCIAL_WORK, Function.COORDINATION, Function.SUPERVISION)
    )


@rule("exemption.grant")
def may_exempt(actor: Actor, person: Beneficiary) -> bool:
    return may_decide_track(actor, person)


@rule("assignment.distribute")
def may_distribute(actor: Actor, assignment: SupportAssignment) -> bool:
    """A manager of the organisation that supports the person names the referent."""
    return assignment.organization_id == actor.organization_id and (actor.manager or actor.has(Function.COORDINATION))


def _supports(actor: Actor, person: Beneficiary) -> bool:
    return actor.sees_people and active_grants(actor).filter(beneficiary=person, level__in=SUPPORTING).exists()
