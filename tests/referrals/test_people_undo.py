"""Taking back a file of people: all of it goes back, but what changed since, which is listed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from hub.core.actor import Actor
from hub.core.errors import Conflict, Refused
from hub.core.gate import tenant
from notifications.models import Notification
from partners.models import ImportJob
from partners.services.undo import undo_import
from referrals.models import (
    AccessGrant,
    Beneficiary,
    NationalNumber,
    RegistrationGap,
    TrackDecision,
)
from referrals.services.access import declare_link
from referrals.services.explanations import explain_absence
from referrals.services.people import update_beneficiary
from referrals.services.people_undo import left_of
from tests.cast import actor, client
from tests.files import OCTOBER, bring, confirm, job_now, sample, undo
from tests.people import decision, person, reread
from tests.referrals.checksums import checksums
from tests.referrals.registration import classic, crowd, sample_people

pytestmark = pytest.mark.django_db
HEADER = "ID_CD;NOM;PRENOM;DATE DE NAISSANCE;NIR;TEL;Code INSEE;NATURE_ORIENTATION;DATE_DEBUT_ORIENTATION;Droits RSA"
BORN = date(1980, 3, 2)


def table(*lines: str) -> bytes:
    return "\r\n".join([HEADER, *lines, ""]).encode()


def brought(cast, *lines: str, by=None):
    who = by or cast.officer_metz
    return confirm(who, bring(who, "people", table(*lines)))


def edit(cast, who, **values):
    with tenant(actor(cast.officer_metz)) as acting:
        update_beneficiary(acting, person=Beneficiary.objects.get(pk=who.pk), values=values)


def test_a_flow_of_the_caf_and_a_table_leave_no_trace_in_any_table(cast):
    before = checksums(cast)
    flow = confirm(cast.officer_metz, bring(cast.officer_metz, "caf_flow", sample("caf_01_rsabem_2026-10.xml")))
    after_flow = checksums(cast)
    tracks = confirm(
        cast.officer_metz, bring(cast.officer_metz, "people", sample("orientation_01_flux_departement.csv"))
    )
    assert before != after_flow != checksums(cast)
    assert tracks.counts["changed"] > 0
    undone = undo(cast.officer_metz, tracks)
    assert (undone.state, undone.counts["people_left"]) == ("undone", 0)
    assert checksums(cast) == after_flow
    undone = undo(cast.officer_metz, flow)
    assert (undone.state, undone.counts["people_left"]) == ("undone", 0)
    assert undone.counts["people_removed"] == flow.counts["created"]
    assert checksums(cast) == before


def test_the_first_may_go_back_before_the_second(cast):
    """What the second wrote over the first stays, and goes back with the second, to what it found."""
    confirm(cast.officer_metz, bring(cast.officer_metz, "caf_flow", sample("caf_01_rsabem_2026-10.xml")))
    before = checksums(cast)
    one = brought(cast, "C1;FICTIF;ANNA;02/03/1980;;0600000001;57463;;;")
    two = brought(cast, "C1;FICTIF;ANNA;02/03/1980;;0600000002;57463;;;")
    between = undo(cast.officer_metz, two)
    assert between.counts["people_restored"] == 1
    with tenant(Actor.system(cast.department.pk)):
        assert Beneficiary.objects.get(internal_id="C1").phone == "+33600000001"
    undo(cast.officer_metz, one)
    assert checksums(cast) == before


def test_a_list_leaves_no_trace_either(cast):
    people = crowd(cast, 6)
    confirm(cast.adviser, bring(cast.adviser, "registration", classic(*people[:4]), month=OCTOBER, nature="complete"))
    before = checksums(cast)
    given = {"month": OCTOBER, "nature": "complete", "again": True}
    again = confirm(cast.adviser, bring(cast.adviser, "registration", classic(*people[2:]), **given))
    assert checksums(cast) != before
    undo(cast.officer_metz, again)
    assert checksums(cast) == before


def test_those_who_go_away_are_told_in_the_right_number(cast):
    one, two = "C1;FICTIF;ANNA;02/03/1980;;;57463;;;", "C2;MODELE;LEA;02/03/1981;;;57463;;;"
    others = (two, one.replace("C1;FICTIF", "C3;AUTRE"))
    for lines, said in (((one,), "avec son orientation et"), (others, "avec leurs orientations et")):
        page = client(cast.officer_metz).get(f"/imports/{brought(cast, *lines).pk}/annuler/").content.decode()
        assert said in page


def test_a_field_changed_since_stays_and_is_listed_before_and_after(cast):
    who = person(cast, internal_id="C1", last_name="FICTIF", first_names="Anna", birth_date=BORN,
                 phone="+33600000000", email="a@exemple.invalid")  # fmt: skip
    job = brought(cast, "C1;FICTIF;ANNA;02/03/1980;;0600000001;57751;;;")
    edit(cast, who, phone="+33600000002")
    page = client(cast.officer_metz).get(f"/imports/{job.pk}/annuler/").content.decode()
    for said in ("+33600000000", "+33600000001", "+33600000002", f"/personnes/{who.pk}/"):
        assert said in page
    done = undo(cast.officer_metz, job)
    now = reread(cast, who)
    assert (now.phone, now.commune_id, now.territory_id) == ("+33600000002", "57463", cast.metz.pk)
    assert done.counts["people_left"] == 1
    with tenant(actor(cast.officer_metz)):
        line = left_of(done, most=10)[0]
    assert (line.field, line.before, line.written, line.present) == (
        "phone", "+33600000000", "+33600000001", "+33600000002",
    )  # fmt: skip
    page = client(cast.officer_metz).get(f"/imports/{job.pk}/").content.decode()
    assert "+33600000002" in page and "Modifiés depuis" in page


def test_names_changed_in_part_keep_keys_that_match(cast):
    who = person(cast, internal_id="C1", last_name="ANCIEN", first_names="Anna", birth_date=BORN)
    job = brought(cast, "C1;NOUVEAU;ANNE;02/03/1980;;;57463;;;")
    assert reread(cast, who).last_key == "NOUVEAU"
    edit(cast, who, last_name="TROISIEME")
    undo(cast.officer_metz, job)
    now = reread(cast, who)
    assert (now.last_name, now.first_names, now.sort_key) == ("TROISIEME", "Anna", "TROISIEME ANNA")


def test_somebody_the_file_created_stays_when_something_refers_to_her(cast):
    job = brought(cast, "C1;FICTIF;ANNA;02/03/1980;;;57463;;;", "C2;FICTIF;BERTHE;03/03/1980;;;57463;;;")
    with tenant(Actor.system(cast.department.pk)):
        kept = Beneficiary.objects.get(internal_id="C1")
    decision(cast, kept)
    done = undo(cast.officer_metz, job)
    assert (done.counts["people_removed"], done.counts["people_left"]) == (1, 1)
    with tenant(actor(cast.officer_metz)):
        assert [one.internal_id for one in Beneficiary.objects.all()] == ["C1"]
        assert left_of(done, most=10)[0].why == "a été orientée vers un partenaire"


def test_a_person_on_a_list_since_stays_with_her_track(cast):
    people = crowd(cast, 3)
    with tenant(Actor.system(cast.department.pk)):
        job = Beneficiary.objects.count() and _latest(cast)
    confirm(cast.adviser, bring(cast.adviser, "registration", classic(*people[:1]), month=OCTOBER, nature="complete"))
    before = checksums(cast)
    done = undo(cast.officer_metz, job)
    assert (done.counts["people_removed"], done.counts["people_left"]) == (0, 3)  # one listed, two in gap
    assert checksums(cast) == before
    with tenant(actor(cast.officer_metz)):
        assert {line.why for line in left_of(done, most=10)} == {
            "figure sur une liste d'inscription", "a une inscription à vérifier",
        }  # fmt: skip


def _latest(cast):
    return ImportJob.objects.order_by("-created_at").first()


def test_a_number_and_a_track_given_by_the_file_go_away_with_the_grant(cast):
    who = person(cast, internal_id="C1", last_name="FICTIF", first_names="Anna", birth_date=BORN, sex="female")
    decision(cast, who, track="social", to=cast.moselle)
    before = checksums(cast)
    nir = "2800399990001"
    job = brought(cast, f"C1;FICTIF;ANNA;02/03/1980;{nir};;57463;Orientation socio-professionnelle;2026-09-01;")
    with tenant(Actor.system(cast.department.pk)):
        assert NationalNumber.objects.count() == 1 and AccessGrant.objects.filter(organization=cast.udaf).exists()
    done = undo(cast.officer_metz, job)
    assert done.counts["people_left"] == 0
    assert checksums(cast) == before


def test_a_track_decided_since_stays_whole(cast):
    who = person(cast, internal_id="C1", last_name="FICTIF", first_names="Anna", birth_date=BORN)
    job = brought(cast, "C1;FICTIF;ANNA;02/03/1980;;0600000001;57463;Orientation socio-professionnelle;2026-09-01;")
    decision(cast, who, track="professional", to=cast.pole_emploi, on=datetime.now(UTC).date())
    done = undo(cast.officer_metz, job)
    with tenant(Actor.system(cast.department.pk)):
        assert TrackDecision.objects.count() == 2
        assert reread_field(who, "phone") == ""
        assert {line.field for line in left_of(done, most=10)} == {"track"}


def reread_field(who, name):
    return Beneficiary.objects.values_list(name, flat=True).get(pk=who.pk)


def test_a_gap_the_file_closed_is_open_again_and_each_is_told_once(cast):
    people = crowd(cast, 2)
    confirm(cast.adviser, bring(cast.adviser, "registration", classic(people[0]), month=OCTOBER, nature="complete"))
    with tenant(Actor.system(cast.department.pk)):
        gap = RegistrationGap.objects.select_related("beneficiary").get()
    job = brought(cast, f"C00001;{people[1][1]};Alex;{people[1][3]};;;57463;;;rsa_clos")
    assert reread(cast, gap).state == "lapsed"
    done = undo(cast.officer_metz, job)
    assert (reread(cast, gap).state, done.counts["gaps_reopened"]) == ("open", 1)
    with tenant(actor(cast.udaf_lead)):
        told = Notification.objects.filter(user_id=cast.udaf_lead.user_id)
        assert [one.state for one in told.filter(kind="gap_closed")] == ["solved"]
        assert told.filter(kind="import_undone").count() == 1
        assert not told.filter(kind="gap_closed", solved_at=None).exists()


def test_second_undo_late_undo_and_others_are_refused(cast):
    job = brought(cast, "C1;FICTIF;ANNA;02/03/1980;;;57463;;;")
    with pytest.raises(Refused), tenant(actor(cast.head)) as acting:
        undo_import(acting, job=job, reason="Mauvais fichier envoyé")
    with pytest.raises(Conflict) as late:
        undo(cast.officer_metz, job, now=datetime.now(UTC) + timedelta(days=8))
    assert late.value.code == "too_late"
    assert client(cast.adviser).post(f"/imports/{job.pk}/annuler/", {"reason": "Mauvais fichier"}).status_code == 404
    assert client(cast.adviser).get(f"/imports/{job.pk}/annuler/").status_code == 404
    assert client(cast.head).get(f"/imports/{job.pk}/annuler/").status_code == 403
    undo(cast.officer_metz, job)
    with pytest.raises(Conflict) as second:
        undo(cast.officer_metz, job)
    assert second.value.code == "invalid_transition"
    with tenant(Actor.system(cast.department.pk)):
        assert not Beneficiary.objects.exists()


def test_a_file_that_waits_is_read_again_after_an_undo(cast):
    """Its analysis recognised somebody who has gone since."""
    line = "C1;FICTIF;ANNA;02/03/1980;;0600000001;57463;;;"
    job = brought(cast, line)
    waiting = bring(cast.officer_metz, "people", table(line.replace("0001", "0002")), again=True)
    assert waiting.counts["changed"] == 1
    undo(cast.officer_metz, job)
    read_again = confirm(cast.officer_metz, waiting)
    assert (read_again.state, read_again.counts["created"]) == ("analysed", 1)
    assert confirm(cast.officer_metz, read_again).state == "applied"


def test_postgresql_lets_nobody_else_be_deleted(cast):
    """Only those created by a file being taken back, and only by the product itself."""
    sample_people(cast)
    who = person(cast)
    tables = ("beneficiary", "nationalnumber", "trackdecision", "supportassignment", "accessgrant")
    for acting in (actor(cast.head), Actor.system(cast.department.pk), actor(cast.udaf_lead)):
        with tenant(acting), connection.cursor() as cursor:
            for name in tables:
                cursor.execute(f"DELETE FROM referrals_{name}")
                assert cursor.rowcount == 0, name
    assert job_now(cast.officer_metz, bring(cast.officer_metz, "people", table("C9;X;Y;02/03/1980;;;;;;"))).state
    assert reread(cast, who).pk == who.pk


def test_an_identifier_somebody_else_has_now_is_not_given_back(cast):
    nir = "2800399990001"
    who = person(cast, nir=nir, internal_id="C1", last_name="FICTIF", first_names="Anna", birth_date=BORN, sex="female")
    job = brought(cast, f"C9;FICTIF;ANNA;02/03/1980;{nir};0600000001;57463;;;")
    assert reread(cast, who).internal_id == "C9"
    person(cast, internal_id="C1", last_name="AUTREINVENTE")
    done = undo(cast.officer_metz, job)
    now = reread(cast, who)
    assert (now.internal_id, now.phone, done.counts["people_left"]) == ("C9", "", 1)
    with tenant(actor(cast.officer_metz)):
        assert [(line.field, line.before) for line in left_of(done, most=10)] == [("internal_id", "C1")]


def test_identifiers_that_passed_from_one_to_the_next_all_go_back(cast):
    """The former holder frees hers before another takes it again."""
    nirs = ("2800399990001", "2800399990002")
    for nir, code, name in zip(nirs, ("C1", "C2"), ("UNEINVENTEE", "AUTREINVENTEE"), strict=True):
        person(cast, nir=nir, internal_id=code, last_name=name, first_names="Anna", birth_date=BORN, sex="female")
    first = brought(cast, f"C3;UNEINVENTEE;ANNA;02/03/1980;{nirs[0]};;57463;;;")
    before = checksums(cast)
    second = brought(cast, f"C1;AUTREINVENTEE;ANNA;02/03/1980;{nirs[1]};;57463;;;")
    assert second.counts["changed"] == 1
    undo(cast.officer_metz, second)
    assert checksums(cast) == before
    undo(cast.officer_metz, first)
    with tenant(Actor.system(cast.department.pk)):
        held = dict(Beneficiary.objects.values_list("last_name", "internal_id"))
    assert held == {"UNEINVENTEE": "C1", "AUTREINVENTEE": "C2"}


def test_whatever_refers_to_her_keeps_somebody_the_file_created(cast):
    job = brought(cast, *(f"C{n};FICTIF;PERSONNE{letter};02/03/1980;;;57463;;;" for n, letter in enumerate("ABC")))
    with tenant(actor(cast.officer_metz)) as acting:
        first, second, _ = Beneficiary.objects.order_by("internal_id")
        declare_link(acting, person=first)
        explain_absence(acting, person=second, kind="job")
    done = undo(cast.officer_metz, job)
    assert (done.counts["people_removed"], done.counts["people_left"]) == (1, 2)
    with tenant(actor(cast.officer_metz)):
        found = {line.why for line in left_of(done, most=10)}
    assert found == {"un lien personnel est déclaré", "a une absence expliquée"}
