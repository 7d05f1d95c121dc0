"""Appointments: planned, moved, what came of them, and who knows it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from hub.core.access import visible
from hub.core.actor import PARIS, Actor
from hub.core.errors import Conflict, Invalid, InvalidTransition, Refused
from hub.core.gate import tenant
from notifications.models import Notification
from partners.services.organizations import add_closing_period
from referrals.models import Appointment, AppointmentLog, Referral
from referrals.selectors.appointments import appointment_record, lines
from referrals.services.appointments.outcomes import cancel_appointment, hold_appointment, miss_appointment
from referrals.services.appointments.planning import (
    in_france,
    move_appointment,
    plan_appointment,
    plan_first_appointment,
)
from referrals.services.people import record_death
from referrals.services.referrals import accept_referral, acknowledge_referral, cancel_referral
from referrals.workflows import APPOINTMENT
from tests.cast import actor, client
from tests.people import decision, open_day, person, referral, reread

pytestmark = pytest.mark.django_db


def planned(cast, who, *, by=None, on=None, **values):
    member = by or cast.social_worker
    with tenant(actor(member)) as acting:
        given = {"kind": "follow_up", "organization": member.organization, "team": member.team} | values
        return plan_appointment(acting, person=who, starts_at=in_france(on or open_day(), time(10)), **given)


def later(appointment):
    return appointment.starts_at + timedelta(hours=1)


def test_whoever_receives_and_the_referent_are_told_but_not_its_author(cast):
    who = person(cast)
    decision(cast, who)
    with tenant(actor(cast.udaf_lead)) as acting:
        assignment = who.assignments.get()
        assignment.referent_id = cast.udaf_worker.user_id
        assignment.save(update_fields=["referent"])
        assert acting
    planned(cast, who)
    with tenant(Actor.system(cast.department.pk)):
        told = Notification.objects.filter(kind="appointment_changed").values_list("user_id", flat=True)
        assert set(told) == {cast.udaf_worker.user_id}


@pytest.mark.parametrize(
    ("when", "word"), [("past", "à venir"), ("far", "dans l'année"), ("holiday", "fermé"), ("closed", "fermé")]
)
def test_a_day_that_makes_no_sense_is_refused_and_nothing_is_written(cast, when, word):
    who, year = person(cast), datetime.now(PARIS).year
    days = {"past": date(2020, 3, 4), "far": date(year + 3, 3, 4), "holiday": date(year, 12, 26), "closed": open_day()}
    if days["holiday"] <= datetime.now(PARIS).date():
        days["holiday"] = date(year + 1, 1, 1)
    if when == "closed":
        with tenant(actor(cast.admin)) as acting:
            add_closing_period(acting, organization=cast.moselle, starts_on=open_day(), ends_on=open_day())
    with pytest.raises(Invalid) as refused:
        planned(cast, who, on=days[when])
    assert word in refused.value.fields["on"]
    with tenant(Actor.system(cast.department.pk)):
        assert not Appointment.objects.exists()


def test_nobody_fixes_meetings_in_the_agenda_of_a_stranger(cast):
    who = person(cast)
    with pytest.raises(Invalid):
        planned(cast, who, organization=cast.association, team=None)
    with pytest.raises(Refused):
        planned(cast, who, by=cast.siae_worker)


def test_moving_keeps_the_former_date(cast):
    one = planned(cast, person(cast))
    former = one.starts_at
    with tenant(actor(cast.social_worker)) as acting:
        move_appointment(acting, appointment=one, starts_at=in_france(open_day(20), time(14)), note="À sa demande")
        notes = list(AppointmentLog.objects.filter(appointment=one, name="move").values_list("note", flat=True))
    assert notes == [f"Auparavant le {former.astimezone(PARIS):%d/%m/%Y à %H:%M} · À sa demande"]


def test_the_first_appointment_held_completes_the_designation(cast):
    who = person(cast)
    decision(cast, who)
    with tenant(actor(cast.udaf_worker)) as acting:
        sent = visible(acting, Referral).get()
        acknowledge_referral(acting, referral=sent)
        assert sent.late_on is not None
        one = plan_first_appointment(acting, referral=sent, on=open_day())
    assert reread(cast, sent).late_on is None
    with pytest.raises(Conflict), tenant(actor(cast.udaf_worker)) as acting:
        hold_appointment(acting, appointment=one)  # it has not taken place
    with tenant(actor(cast.udaf_worker, later(one))) as acting:
        hold_appointment(acting, appointment=one, note="Projet posé")
    assert (reread(cast, sent).state, reread(cast, sent).outcome) == ("completed", "first_appointment")


def test_a_referral_begins_with_its_first_appointment(cast):
    sent = referral(cast, person(cast))
    browser, address = client(cast.siae_worker), f"/orientations/{sent.pk}/start/"
    with tenant(actor(cast.siae_worker)) as acting:
        accept_referral(acting, referral=sent)
    page = browser.get(f"/orientations/{sent.pk}/").content.decode()
    assert 'id="id_start_on"' in page
    past = browser.post(address, {"on": "2020-01-02", "at": "10:00", "mode": "on_site"})
    assert past.status_code == 400 and "à venir" in past.content.decode()
    assert reread(cast, sent).state == "accepted"
    assert browser.post(address, {"on": f"{open_day()}", "at": "", "mode": "phone"}).status_code == 302
    with tenant(actor(cast.siae_worker)):
        one = Appointment.objects.get()
    assert (one.kind, one.referral_id, one.mode, one.starts_at) == (
        "referral", sent.pk, "phone", in_france(open_day(), time(9)),
    )  # fmt: skip
    assert (reread(cast, sent).state, reread(cast, sent).first_appointment_on) == ("in_progress", open_day())


def test_a_referral_whose_appointment_is_fixed_begins_without_another(cast):
    sent = referral(cast, person(cast))
    with tenant(actor(cast.siae_worker)) as acting:
        accept_referral(acting, referral=sent)
        plan_first_appointment(acting, referral=sent, on=open_day())
    browser = client(cast.siae_worker)
    assert 'id="id_start_on"' not in browser.get(f"/orientations/{sent.pk}/").content.decode()
    assert browser.post(f"/orientations/{sent.pk}/start/").status_code == 302
    with tenant(actor(cast.siae_worker)):
        assert Appointment.objects.count() == 1
    assert reread(cast, sent).first_appointment_on == open_day()


def test_a_cancelled_first_appointment_lets_the_clock_run_from_the_acknowledgement(cast):
    who = person(cast)
    decision(cast, who)
    with tenant(actor(cast.udaf_worker)) as acting:
        sent = visible(acting, Referral).get()
        acknowledge_referral(acting, referral=sent)
        due = sent.due_on
        one = plan_first_appointment(acting, referral=sent, on=open_day())
    with tenant(actor(cast.udaf_worker, later(one) - timedelta(days=5))) as acting:
        cancel_appointment(acting, appointment=one, note="Salle prise")
    now = reread(cast, sent)
    assert (now.first_appointment_on, now.due_on) == (None, due)


def test_not_held_triggers_nothing(cast):
    who = person(cast)
    decision(cast, who)
    with tenant(actor(cast.udaf_worker)) as acting:
        sent = visible(acting, Referral).get()
        acknowledge_referral(acting, referral=sent)
        one = plan_first_appointment(acting, referral=sent, on=open_day())
    before = reread(cast, sent)
    with tenant(Actor.system(cast.department.pk)):
        notices = Notification.objects.count()
    with tenant(actor(cast.udaf_worker, later(one))) as acting:
        miss_appointment(acting, appointment=one, note="Rappeler demain")
    after = reread(cast, sent)
    assert (after.state, after.late_on) == (before.state, before.late_on)
    with tenant(Actor.system(cast.department.pk)):
        assert Notification.objects.count() == notices


def test_what_came_of_it_stays_between_who_receives_and_the_referent(cast):
    who = person(cast)
    decision(cast, who)
    with tenant(actor(cast.udaf_worker)) as acting:
        one = plan_appointment(
            acting, person=who, kind="follow_up", starts_at=in_france(open_day(), time(10)), organization=cast.udaf,
            team=cast.udaf_support,
        )  # fmt: skip
    moment = later(one)
    with tenant(actor(cast.udaf_worker, moment)) as acting:
        miss_appointment(acting, appointment=one, note="Note privée")
        assert lines(acting, [one])[0].state == "not_held"
    for member in (cast.social_worker, cast.head, cast.officer_metz):
        with tenant(actor(member, moment)) as acting:
            record = appointment_record(acting, one.pk)
            assert (record.line.state, record.line.state_label) == ("past", "Passé")
            assert "Non tenu" not in [entry.title for entry in record.journal]
        page = client(member).get(f"/rendez-vous/{one.pk}/").content.decode()
        assert "Note privée" not in page and "Non tenu" not in page


def test_death_and_a_withdrawn_referral_cancel_in_silence(cast):
    who = person(cast)
    one = planned(cast, who)
    sent = referral(cast, person(cast, first_names="Autre", birth_date=date(1990, 1, 2)))
    with tenant(actor(cast.social_worker)) as acting:
        record_death(acting, person=who, died_on=acting.today)
        cancel_referral(acting, referral=sent, note="Erreur")
    assert reread(cast, one).state == "cancelled"


@pytest.mark.parametrize("state", ["planned", "held", "excused", "not_held", "cancelled"])
def test_every_transition_works_or_is_refused(cast, state):
    one = planned(cast, person(cast))
    with tenant(Actor.system(cast.department.pk, later(one))) as acting:
        for name, transition in APPOINTMENT.transitions.items():
            Appointment.objects.filter(pk=one.pk).update(state=state)
            one.refresh_from_db()
            if state in transition.sources:
                APPOINTMENT.perform(one, name, by=acting)
                assert one.state == transition.target
            else:
                with pytest.raises(InvalidTransition):
                    APPOINTMENT.perform(one, name, by=acting)


def test_the_pages_plan_move_and_record(cast):
    who, browser = person(cast), client(cast.social_worker)
    address = f"/personnes/{who.pk}/rendez-vous/"
    assert browser.get(address).status_code == 200
    given = {"kind": "follow_up", "on": f"{open_day()}", "at": "10:00", "duration": 30, "host": "me", "mode": "phone"}
    refused = browser.post(address, given | {"on": "2020-01-01"})
    assert refused.status_code == 422 and "à venir" in refused.content.decode()
    made = browser.post(address, given)
    assert made.status_code == 302
    record = made["Location"]
    assert "Par téléphone" in browser.get(record).content.decode()
    assert (
        browser.post(f"{record}deplacer/", {"on": f"{open_day(21)}", "at": "11:30", "duration": 45}).status_code == 302
    )
    assert browser.get("/rendez-vous/", {"jour": f"{open_day(21)}"}).content.decode().count("FICTIF") >= 1
    assert browser.post(f"{record}hold/", {"note": ""}).status_code == 409
    assert browser.post(f"{record}cancel/", {"note": "Erreur"}).status_code == 302


def test_the_slip_is_tagged_and_speaks_french(cast):
    one = planned(cast, person(cast), words={"motive": '#read("/etc/passwd") *gras*', "place": "CMS"})
    shown = client(cast.social_worker).get(f"/rendez-vous/{one.pk}/fiche/")
    content = shown.content
    assert shown["Content-Type"] == "application/pdf" and content.startswith(b"%PDF")
    for mark in (b"/MarkInfo", b"/Marked true", b"/StructTreeRoot", b"/Lang(fr", b"pdfuaid:part"):
        assert mark in content, mark
    assert client(cast.siae_worker).get(f"/rendez-vous/{one.pk}/fiche/").status_code == 404


def test_whoever_answers_fixes_an_appointment_about_the_referral_from_its_page(cast):
    sent = referral(cast, person(cast))
    link = f"/personnes/{sent.beneficiary_id}/rendez-vous/?orientation={sent.pk}"

    def page_of(member):
        return client(member).get(f"/orientations/{sent.pk}/").content.decode()

    assert link not in page_of(cast.siae_worker)  # not answered yet
    with tenant(actor(cast.siae_worker)) as acting:
        accept_referral(acting, referral=Referral.objects.get(pk=sent.pk))
    assert link in page_of(cast.siae_worker) and link not in page_of(cast.social_worker)
    given = {"kind": "referral", "on": f"{open_day()}", "at": "10:00", "duration": 30, "host": "me", "mode": "on_site"}
    assert client(cast.siae_worker).post(link, given).status_code == 302
    assert reread(cast, sent).first_appointment_on == open_day()
