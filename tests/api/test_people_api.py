"""People by level, written by the Département, found without an oracle."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hub.core.actor import Actor
from hub.core.gate import tenant
from hub.core.rest.throttles import NirSearchThrottle
from partners.models import Organization, Service, Team
from referrals.api import watch
from referrals.models import FileOpening, Level
from tests.api.test_doors import is_problem
from tests.people import decision, person, referral

NIR = "1850499990001"
NEW = {"last_name": "FICTIF", "first_names": "Zoé", "birth_date": "1990-02-03", "commune": "57463"}
ONLY_SUPPORT = {"rights_state", "caf_number", "address", "birth_name", "pathway", "internal_id"}


def test_fields_follow_the_level(cast, machine):
    who = person(cast, caf_number="7654321", address="1 rue Fictive", phone="0612345678")
    referral(cast, who)
    full = machine(cast.social_worker).get(f"beneficiaries/{who.pk}/").json()
    assert full["level"] == Level.FULL
    assert full.keys() >= ONLY_SUPPORT
    assert full["sex"] == "" and full["commune"] == {"insee": "57463", "name": "Metz"}
    received = machine(cast.siae_worker).get(f"beneficiaries/{who.pk}/").json()
    assert received["level"] == Level.REFERRAL
    assert received["last_name"] == "FICTIF" and received["phone"]
    assert not received.keys() & ONLY_SUPPORT
    assert "7654321" not in str(received)
    is_problem(machine(cast.charity).get(f"beneficiaries/{who.pk}/"), 404, "not_found")


def test_the_referent_reads_the_pathway(cast, machine):
    who = person(cast)
    decision(cast, who)
    body = machine(cast.udaf_lead).get(f"beneficiaries/{who.pk}/").json()
    assert body["level"] == Level.SUPPORT
    assert body["pathway"]["track"] == "socio_professional"
    assert body["pathway"]["referent_organization"]["name"] == "UDAF de la Moselle"


def test_the_departement_writes(cast, machine):
    caller = machine(cast.social_worker)
    made = caller.post("beneficiaries/", NEW)
    assert made.status_code == 201
    body = made.json()
    assert body["territory"]["name"] == str(cast.metz)
    changed = caller.patch(f"beneficiaries/{body['id']}/", {"phone": "06 12 34 56 78"})
    assert changed.status_code == 200, changed.content
    assert changed.json()["last_name"] == "FICTIF"
    refused = is_problem(caller.patch(f"beneficiaries/{body['id']}/", {"birth_date": "1800-01-01"}), 400)
    assert "birth_date" in refused["fields"]
    is_problem(machine(cast.siae_worker).post("beneficiaries/", NEW), 403, "refused")
    is_problem(caller.post("beneficiaries/", NEW), 409, "possible_duplicate")
    assert caller.post("beneficiaries/", NEW | {"confirmed": True}).status_code == 201
    protected = caller.post(
        f"beneficiaries/{body['id']}/safe-contact/",
        {"do_not_call": True, "do_not_write": False, "confidential_address": True},
    )
    assert protected.json()["do_not_call"] is True


def test_names_as_long_as_they_may_be_are_kept(cast, machine):
    """Spelt out and put together, they are longer than the columns they are sorted and searched by."""
    caller = machine(cast.social_worker)
    for last, first in (("W" * 80, "V" * 80), ("ÉŒ" * 40, "Œ" * 80)):
        made = caller.post("beneficiaries/", NEW | {"last_name": last, "first_names": first})
        assert made.status_code == 201, made.content
        assert made.json()["last_name"] == last
        assert caller.get("beneficiaries/", q=last[:20]).json()["count"] == 1


def test_a_change_made_on_an_older_version_is_refused(cast, machine):
    who, caller = person(cast, phone="0601020304"), machine(cast.social_worker)
    path = f"beneficiaries/{who.pk}/"
    read = caller.get(path).json()["updated_at"]
    changed = caller.patch(path, {"phone": "0611111111", "version": read})
    assert changed.status_code == 200, changed.content
    is_problem(caller.patch(path, {"city": "METZ", "version": read}), 409, "stale")
    assert (caller.get(path).json()["phone"], caller.get(path).json()["city"]) == (changed.json()["phone"], "")
    assert caller.patch(path, {"city": "METZ", "version": changed.json()["updated_at"]}).status_code == 200
    assert caller.patch(path, {"city": "WOIPPY"}).status_code == 200


def test_the_list_finds_filters_and_counts(cast, machine):
    for name in ("Amélie", "Zoé", "Émile"):
        person(cast, first_names=name)
    caller = machine(cast.social_worker)
    assert caller.get("beneficiaries/").json()["count"] == 3
    found = caller.get("beneficiaries/", q="emi fict").json()
    assert [row["first_name"] for row in found["results"]] == ["Émile"]
    assert caller.get("beneficiaries/", territory=str(cast.thionville.pk)).json()["count"] == 0
    assert caller.get("beneficiaries/", track="social").json()["count"] == 0
    assert caller.get("beneficiaries/", open_gap="false").json()["count"] == 3


def test_pages_hold_every_row_once(cast, machine):
    made = {str(person(cast, last_name=f"FICTIF{n % 3}", first_names=f"Essai {n}").pk) for n in range(7)}
    caller, seen, address = machine(cast.social_worker), [], "beneficiaries/?page_size=3"
    while address:
        body = caller.client.get(address if address.startswith("http") else f"/api/v1/{address}").json()
        assert body["count"] == 7 and len(body["results"]) <= 3
        seen += [row["id"] for row in body["results"]]
        address = body["next"]
    assert len(seen) == 7 and set(seen) == made
    assert len(caller.get("beneficiaries/", page_size=5000).json()["results"]) == 7


@pytest.mark.parametrize("path", ["beneficiaries/", "referrals/"])
def test_lists_cost_the_same_for_two_rows_and_for_twenty(cast, machine, path):
    caller, costs = machine(cast.social_worker), []
    caller.get(path)
    for rows in (2, 18):
        for _ in range(rows):
            referral(cast, person(cast))
        with CaptureQueriesContext(connection) as queries:
            assert caller.get(path, page_size=100).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 20


def test_nir_is_shown_on_demand_only(cast, machine):
    who = person(cast, nir=NIR)
    caller = machine(cast.social_worker)
    for path in ("beneficiaries/", f"beneficiaries/{who.pk}/", "referrals/"):
        assert NIR not in caller.get(path).content.decode()
    assert caller.post(f"beneficiaries/{who.pk}/nir/").json() == {"nir": NIR}
    referral(cast, who)
    is_problem(machine(cast.siae_worker).post(f"beneficiaries/{who.pk}/nir/"), 403, "refused")


def test_nir_search_tells_nothing_of_hidden_people(cast, machine):
    person(cast, nir=NIR)
    mine = machine(cast.social_worker).post("beneficiaries/find-by-nir/", {"nir": NIR}).json()
    assert mine["count"] == 1
    elsewhere = machine(cast.officer_thionville)
    hidden = elsewhere.post("beneficiaries/find-by-nir/", {"nir": NIR})
    absent = elsewhere.post("beneficiaries/find-by-nir/", {"nir": "1850499990002"})
    assert (hidden.status_code, hidden.content) == (absent.status_code, absent.content) == (200, absent.content)
    assert hidden.json()["count"] == 0
    is_problem(machine(cast.adviser).post("beneficiaries/find-by-nir/", {"nir": NIR}), 403)


def test_nir_search_stops_at_twenty_an_hour(cast, machine):
    caller = machine(cast.social_worker)
    answers = [caller.post("beneficiaries/find-by-nir/", {"nir": NIR}) for _ in range(NirSearchThrottle.limit + 1)]
    assert {answer.status_code for answer in answers[:-1]} == {200}
    is_problem(answers[-1], 429)


def test_very_many_files_opened_are_told_once(cast, machine, monkeypatch):
    """T33."""
    who, told = person(cast), []
    monkeypatch.setattr(watch, "MANY", 3)
    monkeypatch.setattr(watch.log, "warning", lambda event, **facts: told.append((event, facts)))
    caller = machine(cast.social_worker)
    assert {caller.get(f"beneficiaries/{who.pk}/").status_code for _ in range(6)} == {200}
    assert told == [("many_files_opened", {"membership": str(cast.social_worker.pk)})]


def test_a_file_outside_the_team_opens_with_a_reason(cast, machine):
    who = person(cast)
    caller = machine(cast.officer_thionville)
    is_problem(caller.get(f"beneficiaries/{who.pk}/"), 403, "reason_required")
    is_problem(caller.post(f"beneficiaries/{who.pk}/open/", {"reason": "non"}), 400)
    assert caller.post(f"beneficiaries/{who.pk}/open/", {"reason": "Déménagement prévu"}).json()["id"] == str(who.pk)
    assert caller.get(f"beneficiaries/{who.pk}/").status_code == 200
    is_problem(machine(cast.charity).post(f"beneficiaries/{who.pk}/open/", {"reason": "Déménagement prévu"}), 404)
    with tenant(Actor.system(cast.department.pk)):
        assert FileOpening.objects.count() == 1


def test_decisions_are_taken_and_voided(cast, machine):
    who = person(cast)
    caller = machine(cast.social_worker)
    body = {
        "track": "socio_professional",
        "decided_on": "2026-07-01",
        "effective_on": "2026-07-01",
        "designated": str(cast.udaf.pk),
        "informed_on": "2026-07-01",
    }
    made = caller.post(f"beneficiaries/{who.pk}/track-decisions/", body)
    assert made.status_code == 201, made.content
    assert caller.get(f"beneficiaries/{who.pk}/track-decisions/").json()["count"] == 1
    is_problem(machine(cast.udaf_lead).post(f"beneficiaries/{who.pk}/track-decisions/", body), 403)
    late = is_problem(
        caller.post(f"beneficiaries/{who.pk}/track-decisions/", body | {"effective_on": "2026-06-01"}), 400
    )
    assert "effective_on" in late["fields"]
    voided = caller.post(f"beneficiaries/{who.pk}/track-decisions/{made.json()['id']}/void/", {"reason": "Erreur"})
    assert voided.json()["voided_at"]
    again = caller.post(f"beneficiaries/{who.pk}/track-decisions/{made.json()['id']}/void/", {"reason": "Erreur"})
    is_problem(again, 400, "already_voided")


def test_foreign_ids_in_payload(cast, machine):
    """T3: an id of somebody else's object and an id of nothing give one answer, field by field."""
    who = person(cast)
    foreign_team = Team.objects.create(organization=cast.other, department=cast.other_department, name="Ailleurs")
    foreign_service = Service.objects.create(organization=cast.other, department=cast.other_department, name="Ailleurs")
    mine = person(cast, last_name="FICTIFLE")
    decision(cast, mine, to=cast.udaf)
    good = {"beneficiary": str(mine.pk), "receiver": str(cast.siae.pk), "need": "Un emploi"}
    caller = machine(cast.udaf_lead)
    assert caller.post("referrals/", good).status_code == 201
    foreign = {
        "beneficiary": who.pk,
        "receiver": cast.other.pk,
        "receiver_team": foreign_team.pk,
        "service": foreign_service.pk,
    }
    for field, pk in foreign.items():
        real, random = (caller.post("referrals/", good | {field: str(value)}) for value in (pk, uuid4()))
        assert real.content == random.content
        assert is_problem(real, 400)["fields"].keys() == {field}
    for query in ({"territory": cast.other_territory.pk}, {"referent": cast.other.pk}):
        ((name, pk),) = query.items()
        real, random = (caller.get("beneficiaries/", **{name: str(value)}) for value in (pk, uuid4()))
        assert real.content == random.content
        is_problem(real, 400)
    real, random = (caller.get("services/", organization=str(value)) for value in (cast.other.pk, uuid4()))
    assert real.content == random.content
    assert Organization.objects.filter(pk=cast.other.pk).exists()
