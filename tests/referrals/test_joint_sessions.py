"""Joint sessions: whoever sits beside the Département is told where it can look, and reads no name it may not know."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
import time_machine

from hub.core.actor import Actor
from hub.core.errors import Invalid
from hub.core.gate import tenant
from notifications.models import Notification
from notifications.selectors import lines
from partners.services.organizations import add_closing_period
from referrals.services.access import declare_link
from referrals.services.appointments.planning import in_france, move_appointment
from referrals.services.campaigns.distribution import distribute, place
from referrals.services.campaigns.sending import cancel_campaign, move_to_slot, send_campaign
from tests.campaigns import addressed, campaign, sent, slot, summons_of
from tests.cast import actor, client
from tests.people import decision, open_day

pytestmark = pytest.mark.django_db
LIST = "/rendez-vous/seances-communes/"


def joint(cast, people, **given):
    """These people convened to one session beside Pôle emploi."""
    made = campaign(cast, people)
    opened = slot(cast, campaign=made, co_host=cast.pole_emploi, **given)
    with tenant(actor(cast.officer_metz)) as acting:
        distribute(acting, campaign=made)
        send_campaign(acting, campaign=made)
    return made, opened


def told_to(cast, member):
    with tenant(Actor.system(cast.department.pk)):
        return list(Notification.objects.filter(user_id=member.user_id).order_by("created_at"))


def test_a_co_host_without_access_is_told_of_the_session_and_reads_no_name(cast):
    people = [addressed(cast, first_names=name, last_name="SECRET") for name in ("Alix", "Bruno")]
    made, opened = joint(cast, people)
    (notice,) = told_to(cast, cast.adviser)
    assert (notice.kind, notice.count) == ("joint_session", 2)
    browser = client(cast.adviser)
    (line,) = lines([notice])
    assert line.url == LIST and "séance commune" in line.title
    assert "CMS de Metz" in browser.get(line.url).content.decode()
    page = browser.get(f"{LIST}{opened.pk}/").content.decode()
    assert "2 places sont prises" in page and "SECRET" not in page and "Alix" not in page
    assert browser.get(f"/rendez-vous/{summons_of(cast, made, people[0]).appointment_id}/").status_code == 404


def test_a_co_host_names_those_whose_file_it_has(cast):
    known, unknown = addressed(cast, first_names="Connue"), addressed(cast, first_names="Inconnue")
    decision(cast, known, track="professional", to=cast.pole_emploi)
    made, opened = joint(cast, [known, unknown])
    page = client(cast.adviser).get(f"{LIST}{opened.pk}/").content.decode()
    link = f"/rendez-vous/{summons_of(cast, made, known).appointment_id}/"
    assert link in page and "Connue" in page and "Inconnue" not in page
    assert "1 autre place est prise : ce dossier ne vous est pas ouvert" in page
    assert client(cast.adviser).get(link).status_code == 200


def test_a_campaign_called_off_says_so_on_the_same_line(cast):
    made, opened = joint(cast, [addressed(cast)])
    with tenant(actor(cast.officer_metz)) as acting:
        cancel_campaign(acting, campaign=made)
    (notice,) = told_to(cast, cast.adviser)
    assert lines([notice])[0].title.startswith("Une campagne est annulée")
    assert "Personne pour l'instant" in client(cast.adviser).get(f"{LIST}{opened.pk}/").content.decode()


def test_the_sessions_of_the_week_stand_on_the_first_page(cast):
    _, opened = joint(cast, [addressed(cast)])
    browser = client(cast.adviser)
    assert "Séance commune" not in browser.get("/").content.decode()
    with time_machine.travel(opened.starts_at - timedelta(days=2), tick=False):
        browser = client(cast.adviser)
        assert f"{LIST}{opened.pk}/" in browser.get("/").content.decode()
        assert "Séance commune" not in client(cast.officer_metz).get("/").content.decode()


def test_sessions_are_open_to_those_beside_alone(cast):
    _, opened = joint(cast, [addressed(cast)])
    for name in ("udaf_lead", "siae_worker", "officer_metz", "other_officer", "controller"):
        assert client(cast.members[name]).get(f"{LIST}{opened.pk}/").status_code in (403, 404), name
    assert client(cast.udaf_lead).get(LIST).content.decode().count("CMS de Metz") == 0
    assert "Séances communes" in client(cast.adviser).get("/rendez-vous/").content.decode()
    assert "Séances communes" not in client(cast.udaf_lead).get("/rendez-vous/").content.decode()


def test_a_co_host_is_told_of_who_is_moved_to_its_session(cast):
    made = sent(cast, [addressed(cast)])
    beside = slot(cast, on=open_day(30), co_host=cast.pole_emploi, campaign=made)
    assert told_to(cast, cast.adviser) == []
    with tenant(actor(cast.officer_metz)) as acting:
        move_to_slot(acting, summons=summons_of_again(made), slot=beside)
    (notice,) = told_to(cast, cast.adviser)
    assert (notice.kind, notice.count) == ("joint_session", 1)


def test_nobody_is_moved_to_a_session_whose_co_host_closed_that_day(cast):
    made = sent(cast, [addressed(cast)])
    beside = slot(cast, on=open_day(30), co_host=cast.pole_emploi, campaign=made)
    with tenant(actor(cast.admin)) as acting:
        add_closing_period(acting, organization=cast.pole_emploi, starts_on=open_day(30), ends_on=open_day(30))
    with tenant(actor(cast.officer_metz)) as acting, pytest.raises(Invalid):
        move_to_slot(acting, summons=summons_of_again(made), slot=beside)


def test_an_appointment_that_leaves_its_session_is_with_the_departement_alone(cast):
    who = addressed(cast)
    made, _ = joint(cast, [who])
    held = summons_of(cast, made, who)
    with tenant(actor(cast.officer_metz)) as acting:
        move_appointment(acting, appointment=held.appointment, starts_at=in_france(open_day(30), time(10)))
    assert summons_of(cast, made, who).appointment.co_host_id is None
    other = slot(cast, on=open_day(33), co_host=cast.udaf, campaign=made)
    with tenant(actor(cast.officer_metz)) as acting:
        move_to_slot(acting, summons=summons_of_again(made), slot=other)
    assert summons_of(cast, made, who).appointment.co_host_id == cast.udaf.pk


def summons_of_again(made):
    return made.summonses.select_related("appointment").get()


def received_by_metz(cast, people):
    """Convened by the head to the CMS of Metz."""
    made = campaign(cast, people, by=cast.head)
    opened = slot(cast, by=cast.head, campaign=made)
    with tenant(actor(cast.head)) as acting:
        for one in made.summonses.all():
            place(acting, summons=one, slot=opened)
        send_campaign(acting, campaign=made)
    return made


def test_a_team_is_told_of_whom_it_receives_even_out_of_its_reach_and_opens_her_file_with_a_reason(cast):
    seen, north = addressed(cast), addressed(cast, first_names="Nordine", insee="57672", by=cast.head)
    made = received_by_metz(cast, [seen, north])
    (notice,) = [one for one in told_to(cast, cast.social_worker) if one.kind == "summons_sent"]
    assert notice.count == 2
    browser = client(cast.social_worker)
    agenda = browser.get(lines([notice])[0].url).content.decode()
    assert "2 rendez-vous" in agenda and "Dossier fermé" in agenda and "Nordine" not in agenda
    address = f"/rendez-vous/{summons_of(cast, made, north).appointment_id}/"
    page = browser.get(address).content.decode()
    assert f"/personnes/{north.pk}/" in page and "Nordine" not in page
    assert browser.get(f"{address}courrier/").status_code == 403
    assert browser.get(f"{address}fiche/").status_code == 404
    assert browser.post(f"/personnes/{north.pk}/ouvrir/", {"reason": "Reçue au CMS"}).status_code == 302
    assert "Nordine" in browser.get(address).content.decode()
    assert client(cast.recruiter).get(address).status_code == 200  # a wide reach, as before
    assert client(cast.officer_metz).get(address).status_code == 404  # neither her territory nor her team


def test_nobody_is_told_of_somebody_he_knows_privately(cast):
    who = addressed(cast)
    with tenant(actor(cast.social_worker)) as acting:
        declare_link(acting, person=who)
    made = received_by_metz(cast, [who])
    assert told_to(cast, cast.social_worker) == []
    held = summons_of(cast, made, who)
    assert client(cast.social_worker).get(f"/rendez-vous/{held.appointment_id}/").status_code == 404
