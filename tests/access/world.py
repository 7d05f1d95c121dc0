"""A small fixed population: every kind of object, on both sides of every wall, made by the real services.

Six people of the first Département, one of the second:

- `helped`     Metz, socio-professional, UDAF is her referent; a designation to UDAF, a proposal to the SIAE
- `jobseeker`  Thionville, professional, Pôle emploi is the referent; an exemption, a gap that was closed
- `unknown`    Forbach, known to the Département alone
- `restricted` Metz, restricted file
- `linked`     Metz, whom the social worker knows privately
- `refused`    Metz, sent to the association, which declined: access has ended
- `abroad`     of the other Département
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

from django.db import models

from collective_actions.calendar import CalendarAsked
from collective_actions.models import Training, TrainingJournal, TrainingSession
from collective_actions.services.candidacies.positioning import note_application
from collective_actions.services.feeds import open_feed
from hub.core.actor import Actor
from hub.core.gate import tenant
from hub.core.identifiers import nir_key
from notifications.models import Notification
from partners.actors import guest_of
from partners.models import (
    Commune,
    ImportRow,
    LineCorrection,
    Membership,
    Organization,
    Service,
    ServiceJournal,
    Structure,
)
from partners.services.absences import declare_absence
from partners.services.directory.searches import save_search
from partners.services.directory.suggestions import suggest
from partners.services.directory.writing import archive_service, create_service
from partners.services.invitations import send_invitation
from partners.services.organizations import add_closing_period
from partners.services.tokens import create_token
from referrals.models import (
    AnswerLink,
    Appointment,
    AppointmentLog,
    ExitCode,
    ExpectedList,
    GapGesture,
    GapLog,
    GapStep,
    Referral,
    RegistrationGap,
    RegistrationList,
    RegistrationMeasure,
    RegistrationMonth,
    Summons,
)
from referrals.services.access import declare_link, open_file
from referrals.services.answer_links import code_hash, enter_code, get_link, offer_link
from referrals.services.appointments.outcomes import excuse_appointment
from referrals.services.appointments.planning import in_france, plan_appointment, plan_first_appointment
from referrals.services.barriers import note_barriers
from referrals.services.campaigns.distribution import distribute
from referrals.services.campaigns.people import open_campaign
from referrals.services.campaigns.sending import convene_one, send_campaign
from referrals.services.campaigns.slots import open_slot
from referrals.services.contracts import record_contract
from referrals.services.gap_views import keep_view
from referrals.services.gaps import acknowledge_gap
from referrals.services.letters.batches import order_letters
from referrals.services.letters.texts import restore_text
from referrals.services.letters.writing import write_letter
from referrals.services.matches import decide_match
from referrals.services.pathways import exempt_from_registration
from referrals.services.people import restrict_file
from referrals.services.referrals import accept_referral, decline_referral, draft_referral
from tests.access.trainees import build_trainees
from tests.actions import fill_actions
from tests.cast import Cast, actor
from tests.files import OCTOBER, bring, sample
from tests.people import decision, open_day, person, referral

NIR = "2850499990123"  # commune 990: nobody
THIONVILLE, FORBACH = "57672", "57227"
TABLE = "Nom;Prénom;Date de naissance;Commune\nFICTIF;Sylvestre;01/02/1980;Metz\n".encode()
ROSTER = "N° session;Nom;Prénom;Date de naissance;Date entrée\n1;FICTIF;Sylvestre;01/02/1980;02/11/2026\n".encode()
OFFER = "Intitulé;Organisme;Début\nFormation fictive;Organisme fictif;05/10/2026\n".encode()
LIST_HEADER = "NIR;IDENTIFIANT PE;NOM;PRENOM;DATE NAISSANCE;DATE;CODE;NIR2"
LIST = "pe_02_cessations_2026-10_utf8bom.csv"


class World(SimpleNamespace):
    """The cast (`cast`) and every object by name; `objects()` gives the rows of a model by the name they have here."""

    def objects(self, model: type[models.Model]) -> dict[Any, str]:
        return {value.pk: name for name, value in vars(self).items() if type(value) is model}


def build_world(cast: Cast, *, texts: dict[str, str] | None = None) -> World:
    """Everything, in less than a second; `texts` replaces what people wrote (canaries)."""
    world = World(cast=cast, said=texts or {})
    _people(world)
    _pathways(world)
    _referrals(world)
    _gaps(world)
    _appointments(world)
    _campaigns(world)
    _network(world)
    _offers(world)
    fill_actions(world)
    _files(world)
    build_trainees(world)
    return world


def act(world: World, name: str, now: datetime | None = None) -> Actor:
    """A member of the cast as an actor; `system` is the product itself."""
    return Actor.system(world.cast.department.pk, now) if name == "system" else actor(world.cast.members[name], now)


def personas(world: World) -> dict[str, Actor]:
    """Every member of the cast, and the product."""
    return {name: act(world, name) for name in [*world.cast.members, "system"]}


def _people(world: World) -> None:
    cast, said = world.cast, world.said
    names = ("helped", "jobseeker", "unknown", "restricted", "linked", "refused")
    places = {"jobseeker": THIONVILLE, "unknown": FORBACH}
    for index, name in enumerate(names):
        given = {"first_names": name.title(), "birth_date": date(1985, 4, 10 + index), "internal_id": f"S-{index}"}
        by = cast.head if name in places else cast.social_worker
        extra = {key: value.format(name) for key, value in said.items() if key.startswith("person.")}
        given |= {key.removeprefix("person."): value for key, value in extra.items()}
        nir = NIR if name == "helped" else ""
        setattr(world, name, person(cast, by=by, insee=places.get(name, "57463"), nir=nir, **given))
    world.abroad = person(cast, by=cast.other_officer, insee="", first_names="Abroad", territory=None)
    with tenant(actor(cast.social_worker)) as acting:
        restrict_file(acting, person=world.restricted, restricted=True)
        declare_link(acting, person=world.linked)


def _pathways(world: World) -> None:
    cast = world.cast
    head = actor(cast.head)
    world.support = decision(cast, world.helped)
    world.job_track = decision(cast, world.jobseeker, track="professional", to=cast.pole_emploi, by=head)
    world.abroad_track = decision(cast, world.abroad, track="social", to=cast.other, by=actor(cast.other_officer))
    with tenant(head) as acting:
        world.exemption = exempt_from_registration(
            acting, person=world.jobseeker, reason="studies", until=acting.today + timedelta(days=90)
        )
        for track in (world.support, world.job_track):
            setattr(world, f"{'udaf' if track is world.support else 'pes'}_assignment", track.assignments.get())
        world.designation = Referral.objects.get(decision=world.support)
        world.pes_designation = Referral.objects.get(decision=world.job_track)
    with tenant(actor(cast.other_officer)):
        world.abroad_assignment = world.abroad_track.assignments.get()
    with tenant(actor(cast.officer_thionville)) as acting:
        world.opening = open_file(acting, beneficiary_id=world.unknown.pk, reason="Remplacement d'une collègue absente")


def _referrals(world: World) -> None:
    cast = world.cast
    with tenant(actor(cast.admin)) as acting:
        world.service = create_service(acting, organization=cast.association2, name="Jardin")
        world.hushed = create_service(acting, organization=cast.association2, name="Écoute", sensitive=True)
    words = {key.removeprefix("referral."): v for key, v in world.said.items() if key.startswith("referral.")}
    world.proposal = referral(cast, world.helped, **words)
    world.sensitive = referral(cast, world.helped, to=cast.association2, service=world.hushed)
    world.from_udaf = referral(cast, world.helped, to=cast.network, by=cast.udaf_lead)
    world.declined = referral(cast, world.refused, to=cast.association, **words)
    with tenant(actor(cast.charity)) as acting:
        decline_referral(acting, referral=world.declined, reason="no_place")
    with tenant(actor(cast.siae_worker)) as acting:
        accept_referral(acting, referral=world.proposal, note=world.said.get("answer", "Bienvenue"))
    with tenant(actor(cast.social_worker)) as acting:
        world.draft = draft_referral(acting, person=world.helped, receiver=cast.siae, need="Plus tard")

    with tenant(Actor.system(cast.department.pk)) as acting:
        world.link = offer_link(acting, referral=world.sensitive)
        code = {"code_hash": code_hash(world.link, "123456"), "code_until": acting.now + timedelta(minutes=30)}
        AnswerLink.objects.filter(pk=world.link.pk).update(**code)
    with tenant(guest_of(cast.association2, cast.department.pk, acting.now)) as someone:
        world.link_opening = enter_code(
            someone, link=get_link(someone, world.sensitive.pk), code="123456", name="Claude FICTIF", function="Accueil"
        )


def _gaps(world: World) -> None:
    cast = world.cast
    with tenant(Actor.system(cast.department.pk)) as acting:
        common = {"department_id": acting.department_id, "month": OCTOBER, "opened_at": acting.now}
        motive = world.said.get("gap.motive", "Absence au contrôle")
        world.gap = RegistrationGap.objects.create(
            beneficiary=world.helped, kind="ceased", code="11", motive=motive, **common
        )
        world.old_gap = RegistrationGap.objects.create(
            beneficiary=world.jobseeker, kind="never_registered", state="resolved", closing="listed",
            closed_at=acting.now, **common,
        )  # fmt: skip
        world.lone_gap = RegistrationGap.objects.create(beneficiary=world.unknown, kind="disappeared", **common)
        world.ancient_gap = RegistrationGap.objects.create(
            beneficiary=world.helped, kind="ceased", state="resolved", closing="listed",
            closed_at=acting.now - timedelta(days=366), **common,
        )  # fmt: skip
        world.gap_step = GapStep.objects.create(
            department_id=acting.department_id, gap=world.gap, step="reminder", since=OCTOBER, on=OCTOBER
        )
        world.measure = RegistrationMeasure.objects.create(
            department=cast.department, month=OCTOBER, list_date=acting.today, obliged=3
        )
    with tenant(actor(cast.udaf_lead)) as acting:
        acknowledge_gap(acting, gap=world.gap)
        world.gap_line = GapLog.objects.get(gap=world.gap)
        world.gap_gesture = GapGesture.objects.create(
            department_id=acting.department_id, user_id=acting.user_id, organization_id=acting.organization_id,
            name="reassign", at=acting.now, held_until=acting.now,
        )  # fmt: skip
        later = acting.today + timedelta(days=60)
        world.absence = declare_absence(acting, starts_on=later, ends_on=later)
        world.gap_view = keep_view(acting, name="Mes suivis", query="mine=on")
        world.saved_search = save_search(acting, name="Permis", query="q=permis")


def _appointments(world: World) -> None:
    cast = world.cast
    words = {"motive": world.said.get("appointment.motive", "Faire le point")}
    with tenant(actor(cast.udaf_worker)) as acting:
        world.appointment = plan_appointment(
            acting, person=world.helped, kind="follow_up", starts_at=in_france(open_day(), time(10)),
            organization=cast.udaf, team=cast.udaf_support, member_id=acting.user_id, words=words,
        )  # fmt: skip
        world.letter = write_letter(acting, appointment=world.appointment, kind="first", contact="Accueil")
        world.letter_batch = order_letters(acting, appointments=[world.appointment.pk])
        world.barriers = note_barriers(acting, person=world.helped, barriers=["mobility"])
        world.contract = record_contract(acting, person=world.helped, kind="cer", signed_on=acting.today)
    with tenant(actor(cast.charity2)) as acting:
        accept_referral(acting, referral=world.sensitive)
        world.hushed_appointment = plan_first_appointment(acting, referral=world.sensitive, on=open_day())
    with tenant(actor(cast.admin)) as acting:
        world.letter_text = restore_text(acting, kind="first", after=0)
    with tenant(Actor.system(cast.department.pk)):
        world.appointment_line = AppointmentLog.objects.get(appointment=world.appointment)


def _campaigns(world: World) -> None:
    """A summons of `helped`, who excused herself: its outcome is for the CMS, the convener and the managers."""
    cast, said = world.cast, world.said
    words = {"name": said.get("campaign.name", "Campagne fictive"), "motive": "Faire le point"}
    with tenant(actor(cast.officer_metz)) as acting:
        world.campaign = open_campaign(acting, words=words, people=[world.helped.pk], territory=cast.metz)
        world.slot = open_slot(
            acting, starts_at=in_france(open_day(20), time(10)), capacity=2, place="CMS", team=cast.cms_metz,
            campaign=world.campaign,
        )  # fmt: skip
        world.joint_slot = open_slot(
            acting, starts_at=in_france(open_day(20), time(14)), capacity=2, place="CMS", co_host=cast.pole_emploi
        )
        distribute(acting, campaign=world.campaign)
        send_campaign(acting, campaign=world.campaign)
        world.summons = Summons.objects.get(campaign=world.campaign)
        if world.summons.appointment_id is None:
            world.summons = convene_one(acting, summons=world.summons, told_how="De vive voix")
        world.summons_appointment = Appointment.objects.get(pk=world.summons.appointment_id)
    with tenant(actor(cast.social_worker)) as acting:
        note = said.get("campaign.outcome", "Rappellera")
        excuse_appointment(acting, appointment=world.summons_appointment, note=note)


def _network(world: World) -> None:
    cast = world.cast
    world.commune = Commune.objects.get(pk="57463")
    with tenant(actor(cast.admin)) as acting:
        world.closing = add_closing_period(
            acting, organization=cast.siae, starts_on=acting.today, ends_on=acting.today + timedelta(days=2)
        )
        world.closed_service = archive_service(
            acting, service=create_service(acting, organization=cast.siae, name="Fermé")
        )
        world.structure = Structure.objects.create(department=cast.department, name="Structure d'un fichier")
        world.structure_service = Service.objects.create(
            department=cast.department, structure=world.structure, name="D'un fichier", source="dora", source_id="1"
        )
        world.service_note = ServiceJournal.objects.get(service=world.service)
        world.gone = Organization.objects.create(
            kind_id="association", name="Disparue", search_name="disparue", active=False
        )
        world.gone.departments.add(cast.department)
        world.invitation = send_invitation(acting, email="nouvelle@exemple.invalid", organization=cast.siae)
        world.exit_code = ExitCode.objects.create(
            department=cast.department, code="ZZ", label="Fictif", nature="ceased"
        )
        world.expected = ExpectedList.objects.create(department=cast.department, label="Agence fictive")
    for name in ("siae_worker", "admin"):
        with tenant(actor(cast.members[name])) as acting:
            token, secret = create_token(acting, label="Logiciel", days=30)
            setattr(world, f"{name}_token", token)
            setattr(world, f"{name}_secret", secret)


def _files(world: World) -> None:
    cast = world.cast
    with tenant(actor(cast.udaf_lead)) as acting:
        world.suggestion = suggest(acting, service=world.service, text="Le jardin a changé d'adresse.")
    world.roster_job = bring(cast.trainer, "roster", ROSTER)
    world.people_job = bring(cast.officer_metz, "people", TABLE)
    with tenant(actor(cast.officer_metz)):
        world.people_row = ImportRow.objects.get(job=world.people_job)
    world.list_job = bring(cast.adviser, "registration", sample(LIST), month=OCTOBER, nature="events")
    with tenant(Actor.system(cast.department.pk)):
        for row in ImportRow.objects.filter(job=world.list_job):
            setattr(world, f"list_row_{row.line}", row)
    _months(world)
    number = f"{NIR}{int(nir_key(NIR)):02d}"
    doubtful = f"{LIST_HEADER}\r\n{number};9900009Z;FICTIF;HELPED;01/02/1980;02/03/2026;1;{number}\r\n".encode()
    world.doubtful_job = bring(cast.adviser, "registration", doubtful, month=OCTOBER, nature="events")
    with tenant(actor(cast.officer_metz)) as acting:
        world.doubtful_row = ImportRow.objects.select_related("job").get(job=world.doubtful_job)
        world.match_decision = decide_match(acting, row=world.doubtful_row, answer="unsure")
        world.correction = LineCorrection.objects.create(
            department_id=acting.department_id, job=world.doubtful_job, line=2, cells={}, by_id=acting.user_id,
            at=acting.now,
        )  # fmt: skip
    with tenant(Actor.system(cast.department.pk)):
        for notice in Notification.objects.order_by("seq"):
            setattr(world, f"{notice.kind} {notice.seq} to {reader(cast, notice)}", notice)


def _offers(world: World) -> None:
    cast = world.cast
    here = {"department": cast.department}
    with tenant(actor(cast.trainer)) as acting:
        world.training = Training.objects.create(
            title="Formation fictive", search_title="formation fictive", key="fictif", body_name="Organisme fictif",
            publisher=cast.region, **here,
        )  # fmt: skip
        world.training_session = TrainingSession.objects.create(
            training=world.training, starts_on=acting.today, territory=cast.metz, updated_at=acting.now, **here
        )
        world.training_note = TrainingJournal.objects.create(
            department_id=cast.department.pk, training=world.training, name="imported", at=acting.now
        )
    with tenant(actor(cast.udaf_lead)) as acting:
        world.calendar_feed, _ = open_feed(acting, label="Agenda fictif", asked=CalendarAsked())
    with tenant(actor(cast.social_worker)) as acting:
        world.candidacy = note_application(acting, session=world.training_session, person=world.helped)
    world.trainings_job = bring(cast.trainer, "trainings", OFFER)
    with tenant(actor(cast.trainer)):
        world.trainings_row = ImportRow.objects.get(job=world.trainings_job)


def _months(world: World) -> None:
    with tenant(Actor.system(world.cast.department.pk)) as acting:
        given = {"department_id": acting.department_id, "month": OCTOBER}
        world.applied_list = RegistrationList.objects.create(job=world.list_job, applied_at=acting.now, **given)
        for name, state in {"helped": "left", "jobseeker": "listed", "unknown": "absent"}.items():
            row = RegistrationMonth.objects.create(
                beneficiary=getattr(world, name), list=world.applied_list, state=state, **given
            )
            setattr(world, f"{name}_month", row)


def reader(cast: Cast, notice: Notification) -> str:
    """The member of the cast this notice is for."""
    return next(name for name, member in cast.members.items() if member.user_id == notice.user_id)


def membership_like(member: Membership, **changes: Any) -> Membership:
    """An unsaved member of the same organisation."""
    values = {"organization": member.organization, "department": member.department, "functions": [], **changes}
    return Membership(user=member.user, **values)
