"""What each rule is asked about: `SUBJECTS[rule][relation]` makes the object, seen from one member.

`-` is the question without object. A rule without line here fails the matrix: somebody must say what it is about.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from partners.models import ApiToken, Invitation, Membership
from partners.models.files import ImportKind
from tests.access.world import World, membership_like

Subject = Callable[[World, Membership], Any]


def nothing(world: World, me: Membership) -> None:
    return None


def named(name: str) -> Subject:
    return lambda world, me: getattr(world, name)


def own_organization(world: World, me: Membership) -> Any:
    return me.organization


def another_organization(world: World, me: Membership) -> Any:
    """Of the same Département: a neighbour that is not mine."""
    mine = world.cast.other if me.organization_id == world.cast.other.pk else world.cast.siae
    return world.cast.association if me.organization_id == mine.pk else mine


def foreign_team(world: World, me: Membership) -> Any:
    """A team of my organisation in a Département that is not the one I act in."""
    cast = world.cast
    elsewhere = cast.department if me.department_id != cast.department.pk else cast.other_department
    return type(cast.cms_metz)(organization=me.organization, department=elsewhere, name="Ailleurs")


def member(**changes: Any) -> Subject:
    return lambda world, me: membership_like(me, **changes)


def member_of_another(world: World, me: Membership) -> Membership:
    return membership_like(me, organization=another_organization(world, me))


def member_abroad(world: World, me: Membership) -> Membership:
    return membership_like(me, department=foreign_team(world, me).department)


def myself(world: World, me: Membership) -> Membership:
    return me


def invitation(where: Callable[[World, Membership], Any], *, abroad: bool = False) -> Subject:
    def make(world: World, me: Membership) -> Invitation:
        department = foreign_team(world, me).department if abroad else me.department
        return Invitation(organization=where(world, me), department=department)

    return make


def own_department(world: World, me: Membership) -> Any:
    return me.department


def other_department(world: World, me: Membership) -> Any:
    return foreign_team(world, me).department


def territory(*, mine: bool) -> Subject:
    def choose(world: World, me: Membership) -> Any:
        here = me.department_id == world.cast.department.pk
        return world.cast.metz if here == mine else world.cast.other_territory

    return choose


def token(whose: Subject) -> Subject:
    return lambda world, me: ApiToken(membership=whose(world, me))


def colleague(world: World, me: Membership) -> Membership:
    """Another user of my organisation."""
    found = membership_like(me)
    found.user = type(me.user)(pk=uuid.uuid4())
    return found


def stranger(world: World, me: Membership) -> Membership:
    found = member_of_another(world, me)
    found.user = type(me.user)(pk=uuid.uuid4())
    return found


def stranger_abroad(world: World, me: Membership) -> Membership:
    found = member_abroad(world, me)
    found.user = type(me.user)(pk=uuid.uuid4())
    return found


def value(given: Any) -> Subject:
    return lambda world, me: given


PERSON = {name: named(name) for name in ("helped", "jobseeker", "unknown")}
REFERRAL = {name: named(name) for name in ("proposal", "designation", "from_udaf", "sensitive")}
APPOINTMENT = {name: named(name) for name in ("appointment", "hushed_appointment", "summons_appointment")}
ENROLMENT = {name: named(name) for name in ("enrolment", "joining")}
WITHOUT = {"-": nothing}
ORGANIZATION = {"own": own_organization, "another": another_organization}
ASSIGNMENT = {name: named(f"{name}_assignment") for name in ("udaf", "pes")}

SUBJECTS: dict[str, dict[str, Subject]] = {
    "organization.create": WITHOUT,
    "service.moderate": WITHOUT | {"service": named("service")},
    "service.create": ORGANIZATION,
    "service.edit": {
        "service": named("service"),
        "of a file": named("structure_service"),
        "structure": named("structure"),
    },
    "service.publish": {"archived": named("closed_service"), "of a file": named("structure_service")},
    "service.verify": {"service": named("service"), "of a file": named("structure_service")},
    "service.suggest": WITHOUT | {"service": named("service")},
    "suggestion.settle": {"suggestion": named("suggestion")},
    "organization.edit": ORGANIZATION,
    "organization.arrange": ORGANIZATION | {"team abroad": foreign_team},
    "member.list": ORGANIZATION,
    "member.add": ORGANIZATION,
    "member.manage": {
        "myself": myself,
        "colleague": member(),
        "administrator": member(functions=["administration"]),
        "of another": member_of_another,
        "abroad": member_abroad,
    },
    "invitation.list": WITHOUT,
    "invitation.send": ORGANIZATION
    | {
        "to mine": invitation(own_organization),
        "to another": invitation(another_organization),
        "abroad": invitation(own_organization, abroad=True),
    },
    "onboarding.run": WITHOUT,
    "access.review": WITHOUT,
    "department.settings": WITHOUT | {"own": own_department, "other": other_department},
    "territory.edit": WITHOUT | {"own": territory(mine=True), "other": territory(mine=False)},
    "absence.declare": WITHOUT | {"myself": myself, "colleague": member(), "of another": member_of_another},
    "token.create": WITHOUT,
    "token.revoke": {
        "mine": token(myself),
        "colleague's": token(colleague),
        "another's": token(stranger),
        "abroad": token(stranger_abroad),
    },
    "people.list": WITHOUT,
    "person.create": WITHOUT,
    "person.edit": PERSON,
    "person.contact": PERSON,
    "person.open": PERSON,
    "person.opening.review": {"opening": named("opening")},
    "person.nir": PERSON,
    "track.decide": PERSON,
    "exemption.grant": PERSON,
    "assignment.distribute": ASSIGNMENT,
    "gap.list": WITHOUT,
    "gap.handle": {"gap": named("gap")},
    "absence.explain": PERSON,
    "gap.motive": {"gap": named("gap")},
    "gap.export": WITHOUT,
    "gap.corrections": WITHOUT,
    "registration.settings": WITHOUT,
    "appointment.list": WITHOUT,
    "appointment.plan": PERSON,
    "appointment.change": APPOINTMENT,
    "appointment.outcome": APPOINTMENT,
    "contract.record": PERSON,
    "barriers.note": PERSON,
    "campaign.list": WITHOUT,
    "campaign.edit": {"campaign": named("campaign")},
    "campaign.follow": {"campaign": named("campaign")},
    "letter.write": APPOINTMENT,
    "letter.texts": WITHOUT,
    "letter.override": WITHOUT,
    "action.design": WITHOUT | ORGANIZATION,
    "action.edit": {"action": named("action"), "for professionals": named("pro_action")},
    "action.publish": {"action": named("action"), "for professionals": named("pro_action")},
    "model.forget": {"model": named("action_model")},
    "session.run": {"session": named("session")},
    "session.conclude": {"session": named("session")},
    "session.enrol": WITHOUT | {"session": named("session"), "for professionals": named("pro_session")},
    "session.join": {"session": named("session"), "for professionals": named("pro_session")},
    "enrolment.decide": ENROLMENT,
    "enrolment.feedback": ENROLMENT,
    "enrolment.remove": ENROLMENT,
    "enrolment.offer": WITHOUT,
    "training.publish": WITHOUT,
    "candidacy.create": PERSON,
    "candidacy.answer": {"candidacy": named("candidacy")},
    "candidacy.withdraw": {"candidacy": named("candidacy")},
    "training.figures": WITHOUT,
    "calendar.subscribe": WITHOUT,
    "calendar.revoke": {"feed": named("calendar_feed")},
    "training.edit": {"training": named("training")},
    "roster.list": WITHOUT,
    "roster.bring": WITHOUT,
    "trainee.list": WITHOUT,
    "trainee.follow": WITHOUT,
    "placement.follow": WITHOUT,
    "import.list": WITHOUT,
    "import.bring": {str(kind): value(str(kind)) for kind in ImportKind.values},
    "import.confirm": {"people": named("people_job"), "list": named("list_job")},
    "import.undo": {"people": named("people_job"), "list": named("list_job"), "trainings": named("trainings_job")},
    "import.rows": WITHOUT | {"trainings": named("trainings_job")},
    "import.correct": {"people": named("people_job"), "list": named("list_job")},
    "match.list": WITHOUT,
    "match.decide": {"row": named("doubtful_row")},
    "referral.list": WITHOUT,
    "referral.compose": PERSON,
    "referral.send": REFERRAL,
    "referral.cancel": REFERRAL,
    "referral.enter_in_error": REFERRAL,
    "referral.confirm_redirect": REFERRAL,
    "referral.acknowledge_outcome": REFERRAL,
    "referral.answer": REFERRAL,
    "referral.maintain": REFERRAL,
    "referral.expire": REFERRAL,
    "referral.offer_link": REFERRAL,
}
