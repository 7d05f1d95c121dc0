"""Registration gaps on screen: counts, filters, who reads what, gestures, the present state for the second."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hub.core.actor import Actor
from hub.core.gate import tenant
from referrals.models import RegistrationGap
from referrals.selectors.gaps import gap_list
from tests.cast import actor, client
from tests.files import confirm
from tests.people import decision, open_day, person, reread
from tests.referrals.registration import exits, gap_of, sample_people, stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def listed(cast):
    """The samples applied: five gaps, two of them told by an exit."""
    sample_people(cast)
    confirm(cast.adviser, stock(cast))
    confirm(cast.adviser, exits(cast))
    return cast


def page(member, path="/inscriptions/"):
    answer = client(member).get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def open_gaps(cast, count):
    """Gaps of invented people supported by UDAF."""
    for n in range(count):
        who = person(cast, last_name=f"FICTIF{n:03}", first_names="Zoé", birth_date=date(1990, 1, 1) + timedelta(n))
        decision(cast, who)
        with tenant(Actor.system(cast.department.pk)) as acting:
            RegistrationGap.objects.create(
                department_id=cast.department.pk, beneficiary=who, kind="disappeared", month=date(2026, 10, 1),
                opened_at=acting.now - timedelta(minutes=n),
            )  # fmt: skip


def test_list_shows_counts_and_calm_words(listed):
    shown = page(listed.head)
    assert "<strong>5</strong> à traiter" in shown
    assert "Cessation signalée" in shown
    assert "Pas d&#x27;inscription vue" in shown
    assert "tone-danger" not in shown


def test_filters_keep_what_they_say_and_ignore_what_they_do_not_know(listed):
    browser = client(listed.head)

    def total(query):
        return browser.get(f"/inscriptions/?{query}").context["found"].total

    assert total("") == 5
    assert total("kind=ceased") == 2
    assert total("state=in_progress") == 0
    assert total("state=closed") == 0
    assert total(f"organization={listed.udaf.pk}") == 3
    assert total("age=10") == 0
    assert total("mine=on") == 0
    assert total("territory=nowhere&kind=nothing&state=nonsense&import=x") == 5
    assert total(f"import={uuid4()}&state=all") == 0
    per_territory = browser.get("/inscriptions/").context["found"].territories
    assert sum(one.count for one in per_territory) == 5
    assert total(f"territory={per_territory[0].key}") == per_territory[0].count


def test_whoever_may_not_know_the_motive_reads_nothing_of_it(listed):
    gap = gap_of(listed, "MAELLE")
    for path in ("/inscriptions/", f"/inscriptions/{gap.pk}/", "/"):
        shown = page(listed.udaf_worker, path)
        assert "À vérifier avec la personne" in shown
        for word in ("Cessation", "essation", "adiation", "actualisation", gap.motive):
            assert not word or word not in shown, (path, word)
    assert "Changement de situation le" in page(listed.udaf_worker, f"/inscriptions/{gap.pk}/")
    assert client(listed.udaf_worker).get("/inscriptions/?kind=ceased").context["found"].total == 3
    assert gap.motive in page(listed.head, f"/inscriptions/{gap.pk}/").replace("&#x27;", "'")


def test_each_sees_the_gaps_of_the_people_he_works_with(listed):
    assert client(listed.udaf_worker).get("/inscriptions/").context["found"].total == 3
    assert client(listed.officer_thionville).get("/inscriptions/").context["found"].total < 5
    assert client(listed.controller).get("/inscriptions/").status_code == 403
    assert client(listed.charity).get("/inscriptions/").context["found"].total == 0
    assert client(listed.guardian).get("/inscriptions/").status_code == 403


def test_foreign_and_unknown_gaps_are_the_same(listed):
    gap = gap_of(listed, "JEAN")
    for member in (listed.charity, listed.other_officer, listed.udaf_worker):
        browser = client(member)
        foreign, unknown = browser.get(f"/inscriptions/{gap.pk}/"), browser.get(f"/inscriptions/{uuid4()}/")
        assert (foreign.status_code, foreign.content) == (404, unknown.content)
        assert browser.post(f"/inscriptions/{gap.pk}/prendre-en-charge/").status_code == 404


def test_taking_charge_in_place_comes_back_to_the_list(listed):
    gap = gap_of(listed, "MAELLE")
    answer = client(listed.udaf_worker).post(
        f"/inscriptions/{gap.pk}/prendre-en-charge/", {"next": "/inscriptions/?mine=on"}
    )
    assert (answer.status_code, answer.url) == (302, "/inscriptions/?mine=on")
    now = reread(listed, gap)
    assert (now.state, now.in_charge_id, now.in_charge_team_id) == (
        "in_progress", listed.udaf_worker.user_id, listed.udaf_support.pk,
    )  # fmt: skip
    shown = page(listed.head)
    assert 'title="Udaf Worker FICTIF"><span' in " ".join(shown.split()).replace("> <", "><")
    assert ">U. FICTIF</span>" in shown
    away = client(listed.udaf_worker).post(
        f"/inscriptions/{gap_of(listed, 'FATOUMATA').pk}/prendre-en-charge/", {"next": "https://ailleurs.invalid/"}
    )
    assert away.url.startswith("/inscriptions/")


def test_the_second_to_act_gets_the_present_state(listed):
    gap = gap_of(listed, "MAELLE")
    path = f"/inscriptions/{gap.pk}/prendre-en-charge/"
    assert client(listed.udaf_worker).post(path).status_code == 302
    late = client(listed.udaf_lead).post(path)
    assert late.status_code == 409
    shown = late.content.decode()
    assert "En cours de vérification" in shown
    assert str(listed.udaf_worker.user) in shown
    assert reread(listed, gap).in_charge_id == listed.udaf_worker.user_id


def test_resolving_needs_the_proof_seen(listed):
    gap = gap_of(listed, "MAELLE")
    browser = client(listed.udaf_worker)
    refused = browser.post(f"/inscriptions/{gap.pk}/regulariser/", {"note": ""})
    assert refused.status_code == 422
    assert '<details class="gesture" open>' in refused.content.decode()
    assert reread(listed, gap).state == "open"
    browser.post(f"/inscriptions/{gap.pk}/regulariser/", {"note": "Attestation vue"})
    assert (reread(listed, gap).state, reread(listed, gap).closing) == ("resolved", "proven")


def test_justifying_until_a_day_then_reopening(listed):
    gap = gap_of(listed, "MAELLE")
    browser = client(listed.udaf_worker)
    path = f"/inscriptions/{gap.pk}/"
    past = browser.post(f"{path}justifier/", {"closing": "training", "until": "2020-01-01"})
    assert past.status_code == 422
    assert "Choisissez une date à venir." in past.content.decode()
    browser.post(f"{path}justifier/", {"closing": "training", "until": f"{open_day(200)}", "note": "En stage"})
    assert reread(listed, gap).state == "justified"
    assert "Rouvrir" in page(listed.udaf_worker, path)
    browser.post(f"{path}rouvrir/", {"note": ""})
    assert reread(listed, gap).state == "open"
    assert "En stage" in page(listed.udaf_worker, path)  # the journal keeps it


def test_an_older_gap_is_not_reopened_beside_a_newer_one(listed):
    gap = gap_of(listed, "MAELLE")
    with tenant(Actor.system(listed.department.pk)):
        old = RegistrationGap.objects.create(
            department_id=listed.department.pk, beneficiary=gap.beneficiary, kind="ceased", month=date(2026, 5, 1),
            opened_at=gap.opened_at, state="lapsed", closed_at=gap.opened_at, closing="other",
        )  # fmt: skip
    answer = client(listed.head).post(f"/inscriptions/{old.pk}/rouvrir/", {"note": ""})
    assert answer.status_code == 409
    assert "plus récente" in answer.content.decode()


def test_pages_hold_every_gap_once(cast):
    open_gaps(cast, 30)
    browser, seen, query = client(cast.head), [], ""
    while True:
        found = browser.get(f"/inscriptions/{query}").context["found"]
        assert found.total == 30
        seen += [line.gap.pk for line in found.lines]
        if not found.page.next:
            break
        query = f"?after={found.page.next}"
    assert len(seen) == len(set(seen)) == 30
    assert client(cast.head).get("/inscriptions/?after=nonsense").status_code == 400


def test_the_list_costs_the_same_with_two_rows_and_with_fifty(cast):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as page_queries:
            client_of_lead.get("/inscriptions/")
        with tenant(actor(cast.udaf_lead)) as acting, CaptureQueriesContext(connection) as selector:
            gap_list(acting, {})
        return len(page_queries), len(selector)

    client_of_lead = client(cast.udaf_lead)
    open_gaps(cast, 2)
    client_of_lead.get("/inscriptions/")
    few = queries()
    open_gaps(cast, 50)
    assert queries() == few
    assert few[1] <= 6


def test_what_is_explained_comes_last_and_says_why(cast):
    open_gaps(cast, 2)
    with tenant(Actor.system(cast.department.pk)) as acting:
        first = RegistrationGap.objects.order_by("-opened_at").first()
        first.beneficiary.exemptions.create(
            department_id=cast.department.pk, reason="studies", decided_on=acting.today, until=date(2099, 1, 1)
        )
    lines = client(cast.head).get("/inscriptions/").context["found"].lines
    assert lines[-1].gap.pk == first.pk
    assert lines[-1].known == ["Dispensée jusqu'au 01/01/2099 : études ou formation longue"]


def test_today_counts_them_and_offers_to_take_charge(listed):
    shown = page(listed.udaf_worker, "/")
    assert "Inscriptions à vérifier" in shown
    assert "/prendre-en-charge/" in shown


def test_a_person_s_file_tells_her_registration(listed):
    gap = gap_of(listed, "MAELLE")
    shown = page(listed.head, f"/personnes/{gap.beneficiary_id}/")
    assert f"/inscriptions/{gap.pk}/" in shown
    assert "Cessation" in shown


def test_an_appointment_is_planned_from_a_gap_by_whoever_handles_it(listed):
    with tenant(Actor.system(listed.department.pk)):
        gap = RegistrationGap.objects.filter(state="open", beneficiary__assignments__organization=listed.udaf).first()
    address = f"/personnes/{gap.beneficiary_id}/rendez-vous/?ecart={gap.pk}"
    for member in (listed.head, listed.udaf_lead):
        assert address in page(member, f"/inscriptions/{gap.pk}/")
        assert "Fixer le rendez-vous" in page(member, address)
    justified = client(listed.head).post(
        f"/inscriptions/{gap.pk}/justifier/",
        {"closing": "training", "until": f"{date.today() + timedelta(9):%Y-%m-%d}"},
    )
    assert justified.status_code == 302
    assert address not in page(listed.head, f"/inscriptions/{gap.pk}/")


def test_gaps_of_an_import_outside_one_s_territory_are_said_to_be(listed):
    empty = page(listed.officer_thionville, f"/inscriptions/?state=all&import={uuid4()}&done=opened")
    assert "est de votre territoire" in empty and "Élargissez les filtres" not in empty
