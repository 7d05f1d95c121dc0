"""Files that cannot be taken, of every kind, through the front door: a clear sentence, nothing kept, no failure."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from hub.core.actor import Actor
from hub.core.gate import tenant
from partners.models import ImportJob, ImportRow, StoredFile
from partners.services.imports import process_import
from referrals.models import Beneficiary
from tests.cast import client
from tests.files import sample

pytestmark = pytest.mark.django_db
KINDS = ("people", "caf_flow", "registration")
MEBIBYTE = 1024 * 1024
LONG = "A" * 10_000
PEOPLE = "Nom;Prénom;Date de naissance\r\n"
CLASSIC = "NIR;IDENTIFIANT PE;NOM;PRENOM;DATE NAISSANCE;DATE;CODE;NIR2\r\n"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    """Another worker's files are not ours to count."""
    settings.MEDIA_ROOT = tmp_path


def bomb_of_entities() -> bytes:
    """A billion laughs: ten entities, each ten times the one before."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "lol">{entities}]>'
    return f"{head}<IdentificationFlux>&e9;</IdentificationFlux>".encode()


def inflating_workbook() -> bytes:
    """An .xlsx of less than 3 MB whose sheet is 43 MB of repeated text."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(43):
                sheet.write(b"<c/>" * (MEBIBYTE // 4))
    assert len(target.getvalue()) < 3 * MEBIBYTE
    return target.getvalue()


def stored() -> set[Path]:
    folder = Path(settings.MEDIA_ROOT) / "imports"
    return set(folder.iterdir()) if folder.exists() else set()


WRONG = {
    "people": sample("caf_01_rsabem_2026-10.xml"),
    "caf_flow": sample("brsa_02_carnet_de_bord_utf8bom.csv"),
    "registration": sample("brsa_02_carnet_de_bord_utf8bom.csv"),
}
BAD = {
    "empty": (b"", "ne contient aucune ligne"),
    "blank": (b"\xef\xbb\xbf \r\n", "ne contient aucune ligne"),
    "binary": (bytes(range(256)) * 64, "ne peut pas être lu"),
    "picture": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 500, "ne peut pas être lu"),
    "entities": (bomb_of_entities(), ""),
    "inflating": (inflating_workbook(), ""),
    "columns": (b"Un;Deux;Trois\r\n1;2;3\r\n", ""),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", [*BAD, "wrong"])
def test_bad_files_are_refused_in_plain_french_and_leave_nothing(cast, kind, name):
    content, expected = BAD[name] if name in BAD else (WRONG[kind], "ressemble à")
    before = stored()
    upload = SimpleUploadedFile(f"{name}.dat", content)
    answer = client(cast.officer_metz).post(
        "/imports/deposer/", {"file": upload, "kind": kind, "month": "2026-10", "nature": "complete"}
    )
    assert answer.status_code == 422
    sentences = [str(error) for error in answer.context["form"].errors["file"]]
    assert expected in sentences[0]
    assert sentences[0].endswith(".")
    assert len(sentences[0]) < 600
    assert sentences[0].split()[0] in ("Ce", "Il", "Les", "Le", "Ligne")
    with tenant(Actor.system(cast.department.pk)):
        assert not ImportJob.objects.exists()
        assert not StoredFile.objects.exists()
        assert not ImportRow.objects.exists()
    assert stored() == before


@pytest.mark.parametrize("name", BAD)
def test_no_kind_chosen_is_no_failure_either(cast, name):
    upload = SimpleUploadedFile("fichier", BAD[name][0])
    browser = client(cast.officer_metz)
    assert browser.post("/imports/deposer/", {"file": upload}).status_code == 422


def test_no_file_at_all(cast):
    answer = client(cast.officer_metz).post("/imports/deposer/", {"kind": "people"})
    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("people", f"{PEOPLE}{LONG};Zoé;12/04/1985\r\nFICTIF;Zoé;12/04/1985\r\n"),
        ("registration", f"{CLASSIC};9900001T099;{LONG};ZOE;12/04/1985;02/03/2026;1;\r\n"),
        ("registration", f"{CLASSIC};{LONG};FICTIF;ZOE;12/04/1985;02/03/2026;1;\r\n"),
    ],
)
def test_a_cell_of_ten_thousand_characters_costs_its_line_only(cast, kind, content):
    browser = client(cast.officer_metz)
    values = {"kind": kind, "month": "2026-10", "nature": "complete"}
    answer = browser.post("/imports/deposer/", {"file": SimpleUploadedFile("x.csv", content.encode()), **values})
    assert answer.status_code == 302
    with tenant(Actor.system(cast.department.pk)):
        job = ImportJob.objects.get()
    process_import(job.department_id, job.pk)
    shown = browser.get(f"/imports/{job.pk}/")
    assert shown.status_code == 200
    assert len(shown.content) < 60_000
    reason = {"acknowledge_guards": ["nobody"], "reason": "Vérifié avec l'agence"}  # all that is left says nothing
    browser.post(f"/imports/{job.pk}/confirmer/", reason)
    process_import(job.department_id, job.pk)
    with tenant(Actor.system(cast.department.pk)):
        assert ImportJob.objects.get().state == "applied"
        assert not Beneficiary.objects.filter(last_name__startswith="AAA").exists()


def test_a_large_broken_flow_is_refused_by_the_worker_and_destroyed(
    cast, monkeypatch, django_capture_on_commit_callbacks
):
    """Past the size checked at once, the analysis refuses: said on the page, nothing kept."""
    monkeypatch.setattr("partners.services.imports.QUICK_CHECK_BYTES", 10)
    before = stored()
    answer = client(cast.officer_metz).post(
        "/imports/deposer/",
        {"file": SimpleUploadedFile("caf.xml", sample("caf_03_rsabem_tronque.xml")), "kind": "caf_flow"},
    )
    assert answer.status_code == 302
    with tenant(Actor.system(cast.department.pk)):
        job = ImportJob.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        process_import(job.department_id, job.pk)
    shown = client(cast.officer_metz).get(f"/imports/{job.pk}/").content.decode()
    assert "Ce fichier est incomplet" in shown
    assert "Rien n&#x27;a été appliqué" in shown or "Rien n'a été appliqué" in shown
    assert stored() == before
    with tenant(Actor.system(cast.department.pk)):
        assert not ImportRow.objects.exists()
