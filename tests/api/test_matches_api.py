"""Lines to settle, by machine: the queue, one line beside its candidates, the decision and its end."""

from __future__ import annotations

import uuid

from tests.api.test_doors import is_problem
from tests.files import OCTOBER, bring, job_now
from tests.people import person

TITLES = b"NIR;IDENTIFIANT PE;NOM;PRENOM;DATE NAISSANCE;DATE;CODE;NIR2\r\n"
LINES = TITLES + b";9999999Z;FICTIF;AMELIE;12/04/1985;02/03/2026;1;"


def doubtful(cast):
    twins = person(cast), person(cast)
    job = bring(cast.officer_metz, "registration", LINES, month=OCTOBER, nature="events")
    return twins, job


def test_a_line_is_listed_compared_decided_and_asked_again(cast, machine):
    twins, job = doubtful(cast)
    caller = machine(cast.officer_metz)
    [one] = caller.get("imports/matches/").json()["results"]
    assert (one["import_id"], one["line"], one["name"], one["suggested"]) == (str(job.pk), 2, "FICTIF AMELIE", False)
    assert set(one["candidates"]) == {str(twin.pk) for twin in twins}
    address = f"imports/matches/{one['id']}/"
    record = caller.get(address).json()
    assert record["open"] and record["decision"] is None
    assert {found["beneficiary_id"] for found in record["candidates"]} == set(one["candidates"])
    values = record["candidates"][0]["values"]
    assert {"compared": "Prénoms", "line": "AMELIE", "person": "Amélie", "mark": "same"} in values

    is_problem(caller.post(address, {"answer": "perhaps"}), 400)
    assert is_problem(caller.post(address, {"answer": "person"}), 400)["fields"].keys() == {"beneficiary"}
    is_problem(caller.post(address, {"answer": "person", "beneficiary": str(uuid.uuid4())}), 404)
    made = caller.post(address, {"answer": "person", "beneficiary": str(twins[1].pk)})
    assert (made.status_code, made.json()["beneficiary_id"]) == (201, str(twins[1].pk))
    assert caller.post(address, {"answer": "nobody"}).status_code in (404, 409), "the line was read again, or settled"
    assert job_now(cast.officer_metz, job).counts["matched"] == 1
    assert caller.get("imports/matches/").json()["count"] == 0

    [kept] = caller.get("imports/decisions/").json()["results"]
    revoked = caller.post(f"imports/decisions/{kept['id']}/revoke/").json()
    assert revoked["revoked_at"] is not None
    is_problem(caller.post(f"imports/decisions/{kept['id']}/revoke/"), 409)
    assert caller.get("imports/matches/").json()["count"] == 1
    assert caller.get("imports/decisions/").json()["count"] == 0
    assert job_now(cast.officer_metz, job).counts["ambiguous"] == 1


def test_who_somebody_is_belongs_to_the_departement(cast, machine):
    doubtful(cast)
    row = machine(cast.officer_metz).get("imports/matches/").json()["results"][0]["id"]
    for member in (cast.adviser, cast.charity, cast.udaf_worker):
        is_problem(machine(member).get("imports/matches/"), 403)
        is_problem(machine(member).get(f"imports/matches/{row}/"), 403)
        is_problem(machine(member).get("imports/decisions/"), 403)
    is_problem(machine(cast.other_officer).get(f"imports/matches/{row}/"), 404)
    is_problem(machine(cast.other_officer).post(f"imports/matches/{row}/", {"answer": "nobody"}), 404)
    head = machine(cast.head)  # follows, does not decide
    assert head.get("imports/matches/").json()["count"] == 1
    is_problem(head.post(f"imports/matches/{row}/", {"answer": "nobody"}), 403)
