"""Files by machine: received, followed, confirmed."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from partners.services.imports import process_import
from tests.api.test_doors import is_problem
from tests.files import sample

PEOPLE = "brsa_02_carnet_de_bord_utf8bom.csv"
STOCK = "pe_01_stock_2026-10_cp1252.csv"


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def upload(name):
    return SimpleUploadedFile(name, sample(name), content_type="text/csv")


def step(cast, body):
    process_import(cast.department.pk, UUID(body["id"]))


def test_a_people_table_from_reception_to_application(cast, machine):
    caller = machine(cast.social_worker)
    made = caller.send("imports/", kind="people", file=upload(PEOPLE))
    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["state"], body["kind"], body["file"]["name"]) == ("received", "people", PEOPLE)
    address = f"imports/{body['id']}/"
    assert is_problem(caller.post(f"{address}confirm/"), 409, "invalid_transition")["state"] == "received"
    step(cast, body)
    analysed = caller.get(address).json()
    assert analysed["state"] == "analysed" and analysed["counts"]
    rows = caller.get(f"{address}rows/").json()
    assert rows["count"] == len(rows["results"]) > 0
    assert all(row["beneficiary_id"] is None for row in rows["results"] if row["verdict"] == "created")
    created = caller.get(f"{address}rows/", verdict="created").json()["count"]
    assert created == analysed["counts"]["created"]
    is_problem(caller.get(f"{address}rows/", verdict="inventé"), 400)
    assert caller.post(f"{address}confirm/").json()["state"] == "applying"
    step(cast, body)
    assert caller.get(address).json()["state"] == "applied"
    assert is_problem(caller.post(f"{address}discard/"), 409)["state"] == "applied"
    assert caller.get("beneficiaries/").json()["count"] >= created
    again = caller.send("imports/", kind="people_table", file=upload(PEOPLE))
    is_problem(again, 409, "FICHIER_DEJA_IMPORTE")
    assert caller.send("imports/", kind="people", file=upload(PEOPLE), again="true").status_code == 201


def test_a_list_says_its_month_its_territory_and_its_nature(cast, machine):
    caller = machine(cast.adviser)
    wrong = is_problem(caller.send("imports/", kind="registration", file=upload(STOCK), month="2026-13"), 400)
    assert wrong["fields"].keys() == {"month"}
    for unknown in ("T99-1", str(cast.other_territory.pk), "nulle part"):
        refused = caller.send("imports/", kind="registration", file=upload(STOCK), territory=unknown)
        assert is_problem(refused, 400)["fields"] == {"territory": "Identifiant inconnu."}
    made = caller.send("imports/", kind="registration_stock", file=upload(STOCK), month="2026-10", territory="T57-1")
    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["month"], body["nature"], body["territory"]["name"]) == ("2026-10", "complete", "Metz")
    step(cast, body)
    assert caller.get(f"imports/{body['id']}/").json()["state"] == "analysed"
    is_problem(caller.get(f"imports/{body['id']}/rows/"), 403, "refused")
    assert caller.post(f"imports/{body['id']}/discard/").json()["state"] == "discarded"
    is_problem(machine(cast.charity).get(f"imports/{body['id']}/"), 403)


def test_what_a_list_covers_is_proposed_from_its_file_and_corrected_until_confirmed(cast, machine):
    caller = machine(cast.adviser)
    body = caller.send("imports/", kind="registration", file=upload(STOCK)).json()
    assert (body["month"], body["nature"], body["stated"]) == (None, "", [])
    step(cast, body)
    address = f"imports/{body['id']}/"
    found = caller.get(address).json()
    assert (found["state"], found["month"], found["nature"]) == ("analysed", "2026-10", "complete")
    assert found["proposals"]["month"] == {"value": "2026-10-01", "why": "le nom du fichier", "written": "yes"}
    assert found["proposals"]["territory"]["why"] == "les communes de ses lignes : plusieurs territoires"

    changed = caller.patch(address, {"month": "2026-09", "territory": "T57-1"}).json()
    assert (changed["state"], changed["month"], changed["territory"]["name"]) == ("received", "2026-09", "Metz")
    assert is_problem(caller.patch(address, {"nature": "events"}), 409, "invalid_transition")["state"] == "received"
    step(cast, body)
    again = caller.get(address).json()
    assert (again["month"], again["nature"], again["stated"]) == ("2026-09", "complete", ["month", "territory"])
    assert again["proposals"]["month"]["value"] == "2026-10-01", "what the file says stays known"

    assert is_problem(caller.patch(address, {"month": "2027-01"}), 400)["fields"].keys() == {"month"}
    assert is_problem(caller.patch(address, {"territory": "T99-1"}), 400)["fields"].keys() == {"territory"}
    assert is_problem(caller.patch(address, {"sheet": "Octobre"}), 400)["fields"].keys() == {"sheet"}
    is_problem(caller.patch(address, {}), 400)
    assert caller.get(address).json()["state"] == "analysed"
    everywhere = caller.patch(address, {"territory": None}).json()
    assert (everywhere["territory"], everywhere["state"]) == (None, "received")
    step(cast, body)
    assert caller.post(f"{address}confirm/").json()["state"] == "applying"
    step(cast, body)
    assert is_problem(caller.patch(address, {"month": "2026-10"}), 409)["state"] == "applied"
    is_problem(machine(cast.social_worker).patch(address, {"month": "2026-10"}), 404)
    is_problem(machine(cast.charity).patch(address, {"month": "2026-10"}), 403)
    is_problem(machine(cast.other_officer).get(f"imports/{body['id']}/"), 404)


def test_bad_files_are_said_and_change_nothing(cast, machine):
    caller = machine(cast.social_worker)
    bad = {
        "vide.csv": b"",
        "binaire.csv": bytes(range(256)) * 40,
        "colonnes.csv": b"a;b\n1;2\n",
        "cellule.csv": b"nom;prenom\n" + b"x" * 20000 + b";y\n",
    }
    for name, content in bad.items():
        answer = caller.send("imports/", kind="people", file=SimpleUploadedFile(name, content))
        is_problem(answer, 400)
    is_problem(caller.send("imports/", kind="people"), 400)
    is_problem(caller.send("imports/", kind="inconnu", file=upload(PEOPLE)), 400)
    is_problem(caller.post("imports/", {"kind": "people"}), 415)
    is_problem(caller.send("imports/", kind="registration", file=upload(STOCK)), 403)
    assert caller.get("imports/").json()["count"] == 0


def test_an_upload_sent_twice_with_its_key_is_one_import(cast, machine):
    caller = machine(cast.social_worker)
    answers = [
        caller.client.post(
            "/api/v1/imports/", {"kind": "people", "file": upload(PEOPLE)}, headers={"Idempotency-Key": "depot-1"}
        )
        for _ in range(2)
    ]
    assert answers[0].content == answers[1].content
    assert caller.get("imports/").json()["count"] == 1


def test_columns_are_said_by_machine_too(cast, machine):
    caller = machine(cast.adviser)
    content = "Nom;Petit nom;Né quand;Situation;Date\r\nFICTIF;Amélie;12/04/1985;Inscrite;02/03/2026\r\n".encode()
    file = SimpleUploadedFile("agence.csv", content)
    made = caller.send("imports/", kind="registration", file=file, month="2026-10", nature="events")
    assert made.status_code == 201, made.content
    assert made.json()["state"] == "unspecified"
    address = f"imports/{made.json()['id']}/mapping/"
    said = caller.get(address).json()
    assert [one["understood_as"] for one in said["columns"]] == ["last_name", "", "", "situation", "date"]
    assert said["columns"][1] == {"position": 1, "title": "Petit nom", "samples": ["Amélie"], "understood_as": ""}
    assert "Prénom" in said["choices"].values()
    fields = ["last_name", "first_names", "first_names", "situation", "date"]
    assert is_problem(caller.post(address, {"columns": fields}), 400)["fields"].keys() == {"columns"}
    fields[2] = "birth_date"
    assert caller.post(address, {"columns": fields}).json()["state"] == "received"
    step(cast, made.json())
    assert caller.get(f"imports/{made.json()['id']}/").json()["state"] == "analysed"
    is_problem(machine(cast.other_officer).get(address), 404)
