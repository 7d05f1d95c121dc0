"""Lists of trainees and ends of trainings for machines: what pages do, by the same services."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from collective_actions.models import Trainee
from hub.core.actor import PARIS, Actor
from hub.core.gate import tenant
from partners.services.imports import process_import
from tests.cast import client
from tests.collective_actions.rosters import known, line, roster

pytestmark = pytest.mark.django_db
JSON = "application/json"


def brought(cast, content: bytes) -> str:
    answer = client(cast.trainer).post("/api/v1/rosters/", {"file": SimpleUploadedFile("liste.csv", content)})
    assert answer.status_code == 201
    pk = answer.json()["id"]
    process_import(cast.department.pk, pk)
    return pk


def test_a_list_is_brought_read_and_sent(cast):
    known(cast, "amelie")
    pk = brought(cast, roster(line("amelie"), line("theo", planned="31/02/2027")))
    browser = client(cast.trainer)
    said = browser.get(f"/api/v1/rosters/{pk}/").json()
    assert (said["state"], said["lines"], said["rejected"], len(said["faults"])) == ("analysed", 2, 1, 1)
    assert set(said) & {"matched", "unknown", "ambiguous", "counts"} == set()
    assert browser.post(f"/api/v1/rosters/{pk}/confirm/", content_type=JSON).json()["state"] == "applying"
    process_import(cast.department.pk, pk)
    again = browser.post(f"/api/v1/rosters/{pk}/confirm/", content_type=JSON)
    assert (again.status_code, again.json()["state"]) == (409, "applied")
    assert browser.get("/api/v1/rosters/").json()["count"] == 1
    assert client(cast.charity).get("/api/v1/rosters/").status_code == 403


def test_an_end_is_followed_until_the_interview_and_through_the_job_found(cast):
    known(cast, "amelie")
    today = datetime.now(PARIS).date()
    dates = {"start": f"{today - timedelta(days=50):%d/%m/%Y}", "end": f"{today - timedelta(days=1):%d/%m/%Y}"}
    pk = brought(cast, roster(line("amelie", **dates)))
    client(cast.trainer).post(f"/api/v1/rosters/{pk}/confirm/", content_type=JSON)
    process_import(cast.department.pk, pk)
    with tenant(Actor.system(cast.department.pk)):
        trainee = Trainee.objects.get()
    browser, address = client(cast.head), f"/api/v1/training-ends/{trainee.pk}/"
    assert [one["id"] for one in browser.get("/api/v1/training-ends/").json()["results"]] == [str(trainee.pk)]
    assert browser.post(f"{address}take-charge/", content_type=JSON).json()["in_charge"]["name"]
    assert browser.post(f"{address}call-back/", content_type=JSON).json()["call_back_on"] > str(today)
    done = browser.post(f"{address}interview/", {"on": str(today), "result": "placed"}, content_type=JSON).json()
    assert (done["interview_on"], done["interview_result"]) == (str(today), "placed")
    assert browser.post(f"{address}not-now/", content_type=JSON).status_code == 409
    assert browser.get("/api/v1/training-ends/?state=seen").json()["count"] == 1
    assert client(cast.developer).get(address).status_code == 404
    asked = {"training_end": str(trainee.pk), "contract": "permanent", "starts_on": str(today)}
    made = browser.post("/api/v1/placements/", asked, content_type=JSON).json()
    assert [step["step"] for step in made["steps"]] == ["week", "month", "quarter", "half"]
    assert browser.post("/api/v1/placements/", asked, content_type=JSON).status_code == 409
    assert browser.get("/api/v1/placements/?mine=true").json()["count"] == 1
    job = f"/api/v1/placements/{made['id']}/"
    assert browser.post(f"{job}difficulty/", content_type=JSON).json()["difficulty_on"] == str(today)
    assert browser.post(f"{job}all-well/", content_type=JSON).json()["difficulty_on"] is None
    assert browser.post(f"{job}end/", {"on": str(today)}, content_type=JSON).json()["ended_on"] == str(today)
    assert {step["step"] for step in browser.get(job).json()["steps"]} >= {"half", "registration"}
    assert client(cast.developer).get(job).status_code == 404
