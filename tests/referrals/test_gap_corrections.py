"""What Pôle emploi has to correct: its own lines and identifiers, by agency, nothing social, both locks, told once."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hub.core.actor import Actor
from hub.core.gate import tenant
from notifications.models import Notification
from partners.models import ImportJob
from referrals.models import Beneficiary, DeclaredLink, RegistrationGap
from referrals.services.people import restrict_file
from tests.cast import _member, actor, client
from tests.files import OCTOBER, bring, confirm
from tests.referrals.registration import classic, crowd
from tests.referrals.test_gap_recipients import gap
from tests.referrals.test_undo import SEPTEMBER, a_list, undo

pytestmark = pytest.mark.django_db
PAGE, FILE = "/inscriptions/a-corriger/", "/inscriptions/a-corriger/fichier/"
STRANGERS = ("udaf_lead", "udaf_worker", "charity", "social_worker", "controller", "trainer", "siae_worker", "guardian")


@pytest.fixture
def asked(cast):
    """One person of each track, both with an identifier, on no list; the first has a name that would be a formula."""
    for track, name in (("professional", "=FICTIF"), ("socio_professional", "BIDON")):
        found = gap(cast, "disappeared", track)
        with tenant(Actor.system(cast.department.pk)):
            Beneficiary.objects.filter(pk=found.beneficiary_id).update(pes_id=f"990000{len(name)}", last_name=name)
    return cast


@pytest.fixture
def vanished(cast):
    """Thirty people UDAF supports, on the agency's list of September, gone in October; one never was on any."""
    people = crowd(cast, 32)
    a_list(cast, people[:31], SEPTEMBER)
    with tenant(Actor.system(cast.department.pk)):  # the Département writes names of its own
        Beneficiary.objects.update(phone="+33387000000", address="1 RUE SECRETE")
        Beneficiary.objects.filter(last_name=people[1][1]).update(last_name="AUTRENOM")
        Beneficiary.objects.filter(last_name=people[31][1]).update(pes_id="9900031Z")
    a_list(cast, people[:1], OCTOBER)
    cast.people = people
    return cast


def raw(member, now=None):
    """What PostgreSQL alone gives through the road."""
    with tenant(actor(member, now)), connection.cursor() as cursor:
        cursor.execute("SELECT gap_id, last_name FROM list_corrections()")
        return dict(cursor.fetchall())


def test_the_agency_reads_its_own_people_and_the_department_all(asked):
    own = client(asked.adviser).get(PAGE).content.decode()
    assert "=FICTIF" in own
    assert "BIDON" not in own
    everybody = client(asked.officer_metz).get(PAGE).content.decode()
    assert "BIDON" in everybody
    assert "Agence de Metz" in everybody
    for member in (asked.udaf_lead, asked.charity, asked.social_worker, asked.controller):
        assert client(member).get(PAGE).status_code == 403


def test_the_file_asks_a_reason_and_holds_nothing_social(asked):
    browser = client(asked.officer_metz)
    assert browser.post(FILE, {"reason": " "}).status_code == 302
    said = browser.post(FILE, {"reason": "Retour mensuel", "agency": "57010"}).content.decode()
    assert "'=FICTIF" in said
    assert len(said.splitlines()) == 3
    for word in ("UDAF", "professionn", "RSA", "Metz", "Moselle"):
        assert word not in said
    assert len(browser.post(FILE, {"reason": "x", "agency": "ailleurs"}).content.decode().splitlines()) == 1


def test_who_brought_the_list_reads_its_own_lines_of_people_others_support(vanished):
    browser = client(vanished.adviser)
    page = browser.get(PAGE)
    found, shown = page.context["found"], page.content.decode()
    assert (found.chosen.name, found.chosen.count, len(found.lines)) == ("Agence de Metz", 30, 25)
    assert vanished.people[2][0] in shown
    assert vanished.people[1][1] in shown and "AUTRENOM" not in shown  # as its own line says, not as the file does
    assert "Inscription le 01/09/2026 · liste de 09/2026" in shown
    for word in ("UDAF", "SECRETE", "0387", "C000", "rofessionnel", "Moselle"):
        assert word not in shown.split("<main")[1], word
    assert vanished.people[31][1] not in shown  # it never named her: not its business
    seen = {line.pes_id for line in found.lines}
    rest = browser.get(f"{PAGE}?after={found.next}").context["found"]
    assert len(seen | {line.pes_id for line in rest.lines}) == 30 and not rest.next
    assert browser.get(f"{PAGE}?after=nonsense").status_code == 400
    file = browser.post(FILE, {"reason": "Retour mensuel", "agency": "57010"}).content.decode()
    assert len(file.splitlines()) == 31
    gap_id = next(iter(raw(vanished.adviser)))
    assert browser.get(f"/inscriptions/{gap_id}/").status_code == 404  # the road leads no further
    with tenant(actor(vanished.adviser)):
        assert not Beneficiary.objects.exists() and not RegistrationGap.objects.exists()


def test_a_list_the_departement_brought_is_given_back_to_the_agency_its_lines_name(cast):
    people = [
        (*one[:4], "57020" if n % 3 == 0 else "57010" if n % 3 == 1 else "") for n, one in enumerate(crowd(cast, 9))
    ]
    for count, month in ((9, SEPTEMBER), (1, OCTOBER)):
        a_list(cast, people[:count], month, by=cast.officer_metz)
    assert len(raw(cast.head)) == 8
    assert set(raw(cast.adviser).values()) == {one[1] for one in people[1:] if one[4]}
    assert len(raw(cast.udaf_lead)) == len(raw(cast.developer)) == 0
    page = client(cast.adviser).get(PAGE).context["found"]
    assert {one.name: one.count for one in page.agencies} == {"Agence de Metz": 3, "Agence de Thionville": 2}
    assert told(cast, cast.adviser)["vous êtes le correspondant (Agence de Metz)"] == (3, True)


def test_a_list_made_by_hand_in_the_departement_is_its_own_words(cast):
    people = crowd(cast, 6)
    for count, month in ((6, SEPTEMBER), (1, OCTOBER)):
        lines = [f"{last};{first};{born};Inscrit;{month:%d/%m/%Y};57010" for _, last, first, born, _ in people[:count]]
        content = "\r\n".join(["Nom;Prénom;Date de naissance;Situation;Date;Agence", *lines, ""]).encode()
        job = bring(cast.officer_metz, "registration", content, month=month, nature="complete")
        confirm(cast.officer_metz, job)
    assert (len(raw(cast.head)), raw(cast.adviser), told(cast, cast.adviser)) == (5, {}, {})


def test_the_second_lock_of_the_road_by_itself(vanished):
    assert len(raw(vanished.adviser)) == 30
    for name in ("udaf_lead", "udaf_worker"):
        assert len(raw(vanished.members[name])) == 1, name  # of those it supports, whose identifier it reads anyway
    for name in ("charity", "trainer", "siae_worker", "other_officer", "developer"):
        assert raw(vanished.members[name]) == {}, name
    with connection.cursor() as cursor:  # outside the gate
        cursor.execute("SELECT count(*) FROM list_corrections()")
        assert cursor.fetchone() == (0,)
    assert len(raw(vanished.head)) == 31


def test_the_first_lock_asks_the_rule_whatever_the_second_would_give(vanished):
    for name in STRANGERS:
        assert client(vanished.members[name]).get(PAGE).status_code == 403, name
        assert client(vanished.members[name]).post(FILE, {"reason": "x"}).status_code == 403, name


def test_a_closed_gap_a_restricted_file_and_a_private_tie_leave_the_list(vanished):
    before = raw(vanished.adviser)
    first, second, third = sorted(before)[:3]
    client(vanished.head).post(f"/inscriptions/{first}/regulariser/", {"note": "Attestation vue"})
    with tenant(actor(vanished.head)) as acting:
        restrict_file(acting, person=RegistrationGap.objects.get(pk=second).beneficiary, restricted=True)
        tie = RegistrationGap.objects.get(pk=third).beneficiary_id
    with tenant(actor(vanished.adviser)) as acting:
        DeclaredLink.objects.create(
            department_id=acting.department_id, beneficiary_id=tie, user_id=acting.user_id,
            organization_id=acting.organization_id, declared_at=acting.now,
        )  # fmt: skip
    assert set(raw(vanished.adviser)) == set(before) - {first, second, third}
    assert third in raw(vanished.head)


def test_a_list_taken_back_closes_the_road(vanished):
    with tenant(Actor.system(vanished.department.pk)):
        latest = ImportJob.objects.filter(kind="registration").order_by("-month").first()
    undo(vanished, latest)
    assert raw(vanished.adviser) == {}  # nobody is in gap any more


def test_the_page_costs_the_same_with_few_and_with_many(cast):
    people = crowd(cast, 24)
    a_list(cast, people, SEPTEMBER)
    a_list(cast, people[:22], OCTOBER)

    def queries():
        browser.get(PAGE)
        with CaptureQueriesContext(connection) as counted:
            browser.get(PAGE)
        return len(counted)

    browser = client(cast.adviser)
    few = queries()
    with tenant(Actor.system(cast.department.pk)):
        RegistrationGap.objects.update(state="lapsed", closing="other")
    a_list(cast, people[:1], OCTOBER.replace(month=11))
    assert len(raw(cast.adviser)) == 23
    assert queries() == few


def test_another_department_is_a_stranger_to_the_road(vanished):
    with tenant(Actor.system(vanished.other_department.pk)), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM list_corrections()")
        assert cursor.fetchone() == (0,)
    assert uuid.uuid4() not in raw(vanished.adviser)


def told(cast, member, kind="gap_correction"):
    """{reason: (count, waits)} of what a member was told to correct."""
    with tenant(Actor.system(cast.department.pk)):
        found = Notification.objects.filter(user_id=member.user_id, kind=kind)
        return {one.reason: (one.count, one.solved_at is None) for one in found}


def colleague(cast, name, *, team, functions="counselling registration_lists"):
    return _member(
        Actor.system(cast.department.pk), name, cast.pole_emploi, functions, [cast.metz, cast.thionville], team=team
    )


def test_each_agency_s_correspondent_gets_one_line_by_agency_with_a_count(cast):
    thionville = colleague(cast, "thionville", team=cast.agency_thionville)
    colleague(cast, "conseil", team=cast.agency_metz, functions="counselling")
    people = [(*one[:4], "57020" if n % 3 else "57010") for n, one in enumerate(crowd(cast, 12))]
    a_list(cast, people, SEPTEMBER)
    before = told(cast, cast.adviser)
    job = a_list(cast, people[:1], OCTOBER)
    assert before == {}
    assert told(cast, cast.adviser) == {"vous êtes le correspondant (Agence de Metz)": (3, True)}
    assert told(cast, thionville) == {"vous êtes le correspondant (Agence de Thionville)": (8, True)}
    assert told(cast, cast.udaf_lead) == {}
    shown = client(thionville).get("/notifications/").content.decode()
    assert "8 personnes de vos listes sont à vérifier de votre côté" in shown and PAGE in shown
    assert client(thionville).get(PAGE).context["found"].chosen.name == "Agence de Thionville"
    undo(cast, job)
    assert told(cast, thionville) == {"vous êtes le correspondant (Agence de Thionville)": (8, False)}
    assert len(told(cast, thionville, "import_undone")) == 1


def test_an_agency_without_correspondent_is_told_to_the_general_one(cast):
    general = colleague(cast, "general", team=None)
    people = [(*one[:4], "57099") for one in crowd(cast, 3)]
    a_list(cast, people, SEPTEMBER)
    a_list(cast, people[:1], OCTOBER)
    assert told(cast, general) == {"vous êtes le correspondant (Agence 57099)": (2, True)}
    assert told(cast, cast.adviser) == {}


def test_what_is_done_by_hand_is_nothing_to_correct(vanished):
    first = told(vanished, vanished.adviser)
    gap_id = next(iter(raw(vanished.head)))
    client(vanished.head).post(f"/inscriptions/{gap_id}/regulariser/", {"note": "Attestation vue"})
    client(vanished.head).post(f"/inscriptions/{gap_id}/rouvrir/", {"note": ""})
    assert told(vanished, vanished.adviser) == first


def test_the_analysis_says_which_agencies_would_be_asked(cast):
    people = crowd(cast, 6)
    a_list(cast, people, SEPTEMBER)
    given = {"month": OCTOBER, "nature": "complete"}
    job = bring(cast.officer_metz, "registration", classic(*people[:2], day=OCTOBER), **given)
    asked = {"organization": "Pôle emploi Moselle", "team": "Agence de Metz", "count": 4, "to_correct": True}
    assert asked in job.counts["audience"]
