"""Files of the directory: the samples, data·inclusion there and back, tables made by hand, taking back."""

from __future__ import annotations

import html
import io
import json
from datetime import UTC, date, datetime

import openpyxl
import pytest
from data_inclusion.schema import v1
from django.urls import reverse

from hub.core.errors import Conflict
from hub.core.gate import tenant
from partners.exports import as_inclusion
from partners.inclusion import CODES
from partners.models import ImportRow, Service, Structure
from partners.services.directory.dropped import archive_dropped
from partners.services.directory.writing import attach_structure, create_service, edit_service, publish_service
from tests.cast import actor, client
from tests.files import bring, confirm, sample, undo

JSON, BY_HAND = "annuaire_01_data_inclusion_v1.json", "annuaire_03_repertoire_brouillon_cp1252.csv"
EXAMPLE = "{}@exemple" + ".org"
TODAY = datetime.now(UTC).date()


def said(member, job):
    """(line, verdict, sentences) of every line."""
    with tenant(actor(member)):
        return [
            (row.line, row.verdict, [one["message"] for one in row.problems])
            for row in ImportRow.objects.filter(job=job)
        ]


def exported(cast):
    rows = Service.objects.filter(state="published").select_related("organization", "structure")
    return as_inclusion(rows, today=TODAY, code="57")


def test_codes_are_those_of_the_schema():
    for name, enumeration in {
        "kind": v1.TypeService, "fee": v1.Frais, "themes": v1.Thematique, "audiences": v1.Public,
        "reception": v1.ModeAccueil, "action_modes": v1.ModeMobilisation, "referrers": v1.PersonneMobilisatrice,
        "networks": v1.ReseauPorteur,
    }.items():  # fmt: skip
        assert set(CODES[name]) == {one.value for one in enumeration}


def test_the_json_sample_gives_two_structures_and_two_services(cast):
    job = bring(cast.officer_metz, "directory", sample(JSON))
    assert (job.state, job.counts["lines"], job.counts["created"]) == ("analysed", 4, 4)
    assert not Service.objects.exists()
    confirm(cast.officer_metz, job)
    assert Structure.objects.count() == 2
    assert list(Service.objects.values_list("name", "state")) == [
        ("Atelier cuisine partagée", "published"), ("Sport bien-être", "published"),
    ]  # fmt: skip


def test_the_json_sample_leaves_as_it_came(cast):
    confirm(cast.officer_metz, bring(cast.officer_metz, "directory", sample(JSON)))
    before, after = json.loads(sample(JSON)), exported(cast)
    for said_ in before["services"]:
        (same,) = [one for one in after["services"] if one["id"] == said_["id"]]
        assert {name: _plain(same[name]) for name in said_ if name != "description"} == {
            name: _plain(value) for name, value in said_.items() if name != "description"
        }
    for kind, model in (("structures", v1.Structure), ("services", v1.Service)):
        assert len(after[kind]) == 2
        for one in after[kind]:
            model(**one)


def _plain(value):
    return sorted(value) if isinstance(value, list) else value


def test_the_same_file_again_changes_nothing(cast):
    confirm(cast.officer_metz, bring(cast.officer_metz, "directory", sample(JSON)))
    job = bring(cast.officer_metz, "directory", sample(JSON), again=True)
    assert (job.counts["unchanged"], job.counts.get("created", 0)) == (4, 0)


def test_the_table_made_by_hand_gives_drafts_a_double_and_an_error(cast):
    job = bring(cast.officer_metz, "directory", sample(BY_HAND))
    verdicts = said(cast.officer_metz, job)
    assert [verdict for _, verdict, _ in verdicts] == ["created", "created", "rejected", "duplicate"]
    assert any("contact@exemple" in sentence and "non reprise" in sentence for sentence in verdicts[0][2])
    assert verdicts[2][2] == ["le nom est vide"]
    confirm(cast.officer_metz, job)
    café, bilan = Service.objects.order_by("-name")
    assert (café.name, café.state, café.email, café.phone, café.fee) == (
        "Café papote", "draft", "", "+33387000000", "gratuit",
    )  # fmt: skip
    assert (café.audiences, café.themes) == (
        ["beneficiaires-des-minimas-sociaux", "seniors"], ["remobilisation--lien-social"],
    )  # fmt: skip
    assert (bilan.audiences, bilan.postcode, bilan.city, bilan.email) == (
        ["tous-publics"], "57000", "", EXAMPLE.format("sante"),
    )  # fmt: skip
    again = bring(cast.officer_metz, "directory", sample(BY_HAND), again=True)
    assert (again.counts["unchanged"], again.counts.get("created", 0)) == (2, 0)


def test_a_draft_that_looks_like_a_known_service_says_so(cast):
    with tenant(actor(cast.charity)) as acting:
        create_service(acting, organization=cast.association, name="CAFE PAPOTE", city="Metz")
    job = bring(cast.officer_metz, "directory", sample(BY_HAND))
    assert "ressemble à « CAFE PAPOTE », déjà au répertoire" in said(cast.officer_metz, job)[0][2]


def workbook(**sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_a_workbook_of_two_sheets(cast):
    content = workbook(
        Structures=[["id", "nom", "code_insee", "date_maj"], ["a--1", "Le Fictif", "57463", "2026-10-01"]],
        Services=[
            ["id", "structure_id", "nom", "description", "thematiques", "publics"],
            [
                "a--s1",
                "a--1",
                "Aide au permis",
                "Un coup de pouce.",
                "mobilite--preparer-un-permis",
                "jeunes|femmes",
                "",
            ],
            ["a--s2", "a--9", "Perdu", "Sans structure.", "", ""],
            ["a--s3", "a--1", "Mal codé", "Un service.", "mobilite--permis", "tous-publics|femmes"],
        ],
    )
    job = bring(cast.officer_metz, "directory", content)
    verdicts = said(cast.officer_metz, job)
    assert [verdict for _, verdict, _ in verdicts] == ["created", "created", "rejected", "created"]
    assert "a--9" in verdicts[2][2][0]
    assert len(verdicts[3][2]) == 2
    confirm(cast.officer_metz, job)
    service = Service.objects.get(source_id="a--s1")
    assert (service.audiences, service.structure.name) == (["femmes", "jeunes"], "Le Fictif")


def test_an_older_line_never_overwrites_a_newer_one(cast):
    confirm(cast.officer_metz, bring(cast.officer_metz, "directory", sample(JSON)))
    old = json.loads(sample(JSON))
    for one in old["services"]:
        one |= {"nom": "Ancien nom", "date_maj": "2025-01-01"}
    job = bring(cast.officer_metz, "directory", json.dumps(old).encode())
    assert job.counts["unchanged"] == 4


def test_what_a_file_did_is_taken_back_unless_it_changed_since(cast):
    first = confirm(cast.officer_metz, bring(cast.officer_metz, "directory", sample(JSON)))
    new = json.loads(sample(JSON))
    new["services"][0] |= {"nom": "Cuisine ouverte", "date_maj": "2026-11-10"}
    second = confirm(cast.officer_metz, bring(cast.officer_metz, "directory", json.dumps(new).encode()))
    assert Service.objects.filter(name="Cuisine ouverte").exists()
    undo(cast.officer_metz, second)
    service = Service.objects.get(source_id="hub57--s1-a1")
    assert (service.name, service.updated_on) == ("Atelier cuisine partagée", date(2026, 11, 2))
    with tenant(actor(cast.officer_metz)) as acting:
        edit_service(acting, service=service, conditions="Sur inscription")
    job = undo(cast.officer_metz, first)
    assert (job.counts["undone"], job.counts["left"]) == (1, 1)
    states = dict(Service.objects.values_list("source_id", "state"))
    assert states == {"hub57--s1-a1": "published", "hub57--s2-sport": "archived"}


def test_what_a_complete_source_names_no_more_is_archived_on_demand(cast):
    whole = json.loads(sample(JSON))
    confirm(cast.officer_metz, bring(cast.officer_metz, "directory", sample(JSON)))
    kept, gone = (one["id"] for one in whole["services"])
    whole["services"] = [whole["services"][0] | {"nom": "Cuisine ouverte", "date_maj": "2026-11-10"}]
    job = confirm(cast.officer_metz, bring(cast.officer_metz, "directory", json.dumps(whole).encode()))
    assert not Service.objects.filter(state="archived").exists(), "nobody said that the file was all there is"
    officer, page = client(cast.officer_metz), f"/imports/{job.pk}/"
    assert "1 service de la même source n'est plus nommé" in html.unescape(officer.get(page).content.decode())
    assert client(cast.charity).post(f"/repertoire/fichiers/{job.pk}/archiver/").status_code in (403, 404)
    assert (
        "Le service est archivé"
        in officer.post(f"/repertoire/fichiers/{job.pk}/archiver/", follow=True).content.decode()
    )
    assert dict(Service.objects.values_list("source_id", "state")) == {kept: "published", gone: "archived"}
    assert "n'est plus nommé" not in html.unescape(officer.get(page).content.decode())
    with tenant(actor(cast.officer_metz)) as acting, pytest.raises(Conflict):
        archive_dropped(acting, job=job)
    undo(cast.officer_metz, job)
    assert set(Service.objects.values_list("state", flat=True)) == {"published"}


def test_a_table_made_by_hand_never_says_all(cast):
    confirm(cast.officer_metz, bring(cast.officer_metz, "directory", sample(BY_HAND)))
    Service.objects.update(state="published")
    short = b"\n".join(sample(BY_HAND).splitlines()[:2])
    job = confirm(cast.officer_metz, bring(cast.officer_metz, "directory", short))
    with tenant(actor(cast.officer_metz)) as acting, pytest.raises(Conflict):
        archive_dropped(acting, job=job)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'{"structures": [', "FICHIER_TRONQUE"),
        (b'{"autre": []}', "ENTETE_INTROUVABLE"),
        (b'{"structures": []}', "FICHIER_VIDE"),
    ],
)
def test_what_is_no_directory_is_refused_whole(cast, content, code):
    with pytest.raises(Exception) as refused:
        bring(cast.officer_metz, "directory", content)
    assert refused.value.code == code


def test_a_partner_brings_no_directory(cast):
    with pytest.raises(Exception) as refused:
        bring(cast.charity, "directory", sample(JSON))
    assert refused.value.code == "refused"


def test_a_structure_joins_the_network_and_its_services_may_be_referred_to(cast):
    confirm(cast.officer_metz, bring(cast.officer_metz, "directory", sample(JSON)))
    structure = Structure.objects.get(source_id="hub57--s1")
    with tenant(actor(cast.officer_metz)) as acting:
        assert attach_structure(acting, structure=structure, organization=cast.association) == 1
    page, to_edit = client(cast.charity), reverse("structure_edit", args=[structure.services.get().pk])
    written = {**page.get(to_edit).context["form"].initial, "name": "Maison fictive", "city": "Thionville"}
    wrong = page.post(to_edit, {**written, "siret": "123"})
    assert wrong.status_code == 422 and "Maison fictive" in wrong.text
    assert page.post(to_edit, written).status_code == 302
    assert client(cast.udaf_worker).get(to_edit).status_code == 404
    machine = f"/api/v1/services/{structure.services.get().pk}/structure/"
    said = {"phone": "03 87 00 00 00"}
    told = page.patch(machine, said, content_type="application/json").json()
    assert (told["name"], told["phone"]) == ("Maison fictive", "+33387000000")
    assert 'value="03 87 00 00 00"' in page.get(to_edit).text  # as one dials it
    assert client(cast.udaf_worker).patch(machine, said, content_type="application/json").status_code == 404
    found = client(cast.udaf_worker).get(reverse("directory"), {"q": "maison fictive"}).text
    assert "Maison fictive" in found and reverse("service", args=[structure.services.get().pk]) in found
    assert Service.objects.get(source_id="hub57--s1-a1").organization == cast.association


def test_services_written_here_are_valid_data_inclusion(cast):
    with tenant(actor(cast.charity)) as acting:
        create_service(acting, organization=cast.association, name="Colis")
        draft = create_service(
            acting, organization=cast.association, name="Permis", description="Aide au permis.", draft=True,
            zone=["57", "57463"], weekly_hours=3.5, weeks=4, email=EXAMPLE.format("contact"), phone="03 87 00 00 00",
            action_url="https://exemple.org", audiences=["jeunes", "femmes"],
        )  # fmt: skip
        publish_service(acting, service=draft)
    found = exported(cast)
    assert (len(found["structures"]), len(found["services"])) == (1, 2)
    for one in found["structures"]:
        v1.Structure(**one)
    for one in found["services"]:
        v1.Service(**one)
