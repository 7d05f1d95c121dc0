"""Files on screen: bringing, reading the analysis, confirming, rejects; what a partner may know of it."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from hub.core.actor import Actor
from hub.core.gate import tenant
from notifications.models import Notification
from partners.models import ImportJob, ImportRow, StoredFile
from partners.services.imports import confirm_import, pending_imports, process_import, receive_file
from partners.services.leftovers import path_of
from referrals.importers import people
from referrals.models import Beneficiary, RegistrationGap
from referrals.services.registration_settings import add_expected_list
from tests.cast import actor, client
from tests.files import OCTOBER, bring, confirm, job_now, sample, verdicts
from tests.referrals.registration import STOCK, classic, exits, sample_people, stock

pytestmark = pytest.mark.django_db
LIST = {"kind": "registration", "month": "2026-10", "nature": "complete"}


def post(member, content, name="liste.csv", **values):
    return client(member).post("/imports/deposer/", {"file": SimpleUploadedFile(name, content), **values})


def analysed(member, answer):
    """The import a deposit made, analysed by the worker."""
    assert answer.status_code == 302, answer.content.decode()
    with tenant(actor(member)):
        job = ImportJob.objects.latest("created_at")
    process_import(job.department_id, job.pk)
    return job_now(member, job)


def page(member, job, query=""):
    answer = client(member).get(f"/imports/{job.pk}/{query}")
    assert answer.status_code == 200
    return answer.content.decode().replace("&#x27;", "'")


def test_the_kind_is_told_by_the_content(cast):
    job = analysed(cast.officer_metz, post(cast.officer_metz, sample("caf_01_rsabem_2026-10.xml"), "flux.xml"))
    assert (job.kind, job.state) == ("caf_flow", "analysed")
    shown = page(cast.officer_metz, job)
    assert "Rien n'est encore appliqué" in shown
    assert "<strong>12</strong> nouvelles" in shown


def test_dropping_the_file_is_enough_and_what_it_seems_to_be_is_shown_with_its_reasons(cast):
    sample_people(cast)
    job = analysed(cast.officer_metz, post(cast.officer_metz, sample(STOCK), STOCK))
    assert (job.kind, job.month, job.nature, job.territory_id) == ("registration", OCTOBER, "complete", None)
    shown = page(cast.officer_metz, job)
    assert "Ce que le fichier semble être" in shown
    assert '<option value="2026-10" selected>octobre 2026</option>' in shown
    assert shown.count("D'après le nom du fichier.") == 2, "its month, and the word stock"
    assert "D'après les communes de ses lignes : plusieurs territoires." in shown


SEEMS = {"month": "2026-10", "territory": "all", "nature": "complete"}


def test_what_a_list_covers_is_corrected_on_the_page_and_never_applied_unread(cast):
    sample_people(cast)
    job = analysed(cast.officer_metz, post(cast.officer_metz, sample(STOCK), STOCK))
    browser = client(cast.officer_metz)
    same = browser.post(f"/imports/{job.pk}/contenu/", SEEMS)
    assert (same.status_code, job_now(cast.officer_metz, job).state) == (302, "analysed")
    wrong = browser.post(f"/imports/{job.pk}/contenu/", SEEMS | {"month": "2031-01"})
    assert (wrong.status_code, "À corriger ci-dessous" in wrong.content.decode()) == (422, True)

    metz = SEEMS | {"territory": str(cast.metz.pk)}
    assert browser.post(f"/imports/{job.pk}/confirmer/", metz).status_code == 302
    changed = job_now(cast.officer_metz, job)
    assert (changed.state, changed.territory_id, changed.stated) == ("received", cast.metz.pk, ["territory"])
    process_import(job.department_id, job.pk)
    shown = page(cast.officer_metz, job)
    assert "Indiqué par une personne ; d'après les communes de ses lignes : plusieurs territoires : tout le d" in shown
    assert browser.post(f"/imports/{job.pk}/confirmer/", metz).status_code == 302
    assert job_now(cast.officer_metz, job).state == "applying"


def test_what_a_person_states_when_bringing_the_file_is_kept(cast):
    given = {"month": "2026-09", "nature": "events", "territory": str(cast.metz.pk)}
    job = analysed(cast.officer_metz, post(cast.officer_metz, sample(STOCK), STOCK, **given))
    assert (job.month, job.nature, job.territory_id) == (OCTOBER.replace(month=9), "events", cast.metz.pk)
    assert job.proposals["month"]["value"] == "2026-10-01"
    assert "Mois à vérifier : le nom du fichier dit octobre 2026." in job.warnings


def test_the_same_file_twice_is_said_and_may_be_brought_anyway(cast):
    analysed(cast.officer_metz, post(cast.officer_metz, sample("caf_01_rsabem_2026-10.xml")))
    again = post(cast.officer_metz, sample("caf_01_rsabem_2026-10.xml"))
    assert again.status_code == 422
    assert "déjà été importé" in again.content.decode()
    assert 'name="again"' in again.content.decode()
    assert post(cast.officer_metz, sample("caf_01_rsabem_2026-10.xml"), again="on").status_code == 302


def test_who_may_bring_what(cast):
    for member in (cast.udaf_worker, cast.charity, cast.recruiter, cast.controller, cast.guardian):
        browser = client(member)
        assert browser.get("/imports/").status_code == 403
        assert browser.get("/imports/deposer/").status_code == 403
    assert client(cast.head).get("/imports/deposer/").status_code == 403  # a head of service only follows
    assert "/imports/deposer/" not in client(cast.head).get("/imports/").content.decode()
    assert "flux mensuel" not in client(cast.adviser).get("/imports/deposer/").content.decode()
    people = post(cast.adviser, sample("brsa_02_carnet_de_bord_utf8bom.csv"), **LIST)
    assert people.status_code == 422
    assert "ressemble à" in people.content.decode()


def test_the_sender_reads_format_verdicts_only(cast):
    sample_people(cast)
    confirm(cast.adviser, stock(cast))
    job = exits(cast)
    shown, known = page(cast.adviser, job), page(cast.officer_metz, job)
    assert "<strong>5</strong> lignes lues" in shown
    assert "<strong>1</strong> rejetée" in shown
    assert "Ligne 6 : " in shown
    for word in (
        "Reconnue",
        "</strong> reconnue",
        "PROTOTYPE",
        "KARIM",
        "À vérifier par",
        "non trouvée",
        "par verdict=matched",
    ):
        assert word not in shown, word
    assert "PROTOTYPE" in known
    assert "Reconnue par" in known
    applied = confirm(cast.adviser, job)
    assert "inscriptions à vérifier</a>" not in page(cast.adviser, applied)
    assert client(cast.adviser).get(f"/imports/{job.pk}/rejets/").status_code == 403


def test_rows_by_verdict_say_what_changes_and_why(cast):
    sample_people(cast)
    table = bring(cast.officer_metz, "people", sample("orientation_01_flux_departement.csv"), again=True)
    assert set(dict(verdicts(cast.head, table)).values()) == {"unchanged"}
    job = bring(cast.officer_metz, "people", sample("orientation_01_flux_departement.csv").replace(
        b"amelie@exemple.invalid", b"autre@exemple.invalid"))  # fmt: skip
    shown = page(cast.officer_metz, job, "?verdict=changed")
    assert "Change : adresse e-mail." in shown
    assert "Amélie" in shown or "AMELIE" in shown
    assert "MAELLE" not in shown
    assert page(cast.officer_metz, job, "?verdict=nonsense").count('<tr id="ligne-') == 12


def test_lines_left_aside_come_back_as_a_file_without_number_nor_formula(cast):
    content = (
        "NIR;Nom;Prénom;Date de naissance;Numéro allocataire\r\n"
        "285045799000161;=FICTIF;Amélie;31/02/1985;9900001\r\n"
        "surplus;285045799000161;FICTIF;Amélie;12/04/1985;9900001\r\n"
    ).encode()
    job = bring(cast.officer_metz, "people", content)
    assert job.counts["rejected"] == 2
    answer = client(cast.officer_metz).get(f"/imports/{job.pk}/rejets/")
    text = answer.content.decode("utf-8-sig")
    assert answer["Content-Disposition"].startswith("attachment")
    assert text.splitlines()[0].endswith(";Erreur")
    assert "'=FICTIF" in text
    assert "Ligne 2 : la date « 31/02/1985 » n'existe pas" in text
    assert "285045799000161" not in text
    with tenant(actor(cast.officer_metz)):
        assert not ImportRow.objects.filter(job=job, raw__contains=["285045799000161"]).exists()


def test_confirming_opens_gaps_and_links_to_them(cast):
    sample_people(cast)
    job = stock(cast)
    assert "octobre 2026, est complète pour tout le Département" in page(cast.officer_metz, job)
    assert client(cast.officer_metz).post(f"/imports/{job.pk}/confirmer/").status_code == 302
    process_import(job.department_id, job.pk)
    shown = page(cast.officer_metz, job)
    assert "5 inscriptions à vérifier" in shown
    found = client(cast.head).get(f"/inscriptions/?state=all&import={job.pk}&done=opened").context["found"]
    assert found.total == 5


def test_two_people_confirm_at_once_and_one_wins(cast):
    job = bring(cast.officer_metz, "caf_flow", sample("caf_01_rsabem_2026-10.xml"))
    assert client(cast.officer_metz).post(f"/imports/{job.pk}/confirmer/").status_code == 302
    late = client(cast.head).post(f"/imports/{job.pk}/confirmer/")
    assert late.status_code in (403, 404)  # a head of service brings no people
    second = client(cast.officer_thionville).post(f"/imports/{job.pk}/confirmer/")
    assert second.status_code == 409
    assert "En cours d&#x27;application" in second.content.decode()
    assert job_now(cast.officer_metz, job).confirmed_by_id == cast.officer_metz.user_id


def test_an_abandoned_file_leaves_nothing(cast, django_capture_on_commit_callbacks):
    for member, kind, name, values in (
        (cast.officer_metz, "caf_flow", "caf_01_rsabem_2026-10.xml", {}),
        (cast.adviser, "registration", STOCK, {"month": OCTOBER, "nature": "complete"}),
    ):
        job = bring(member, kind, sample(name), **values)
        with tenant(actor(member)):
            path = path_of(StoredFile.objects.get(pk=job.file_id))
        assert path.exists()
        with django_capture_on_commit_callbacks(execute=True):
            assert client(member).post(f"/imports/{job.pk}/abandonner/").status_code == 302
            assert path.exists()  # until COMMIT
        assert not path.exists()
        with tenant(Actor.system(cast.department.pk)):
            assert not ImportRow.objects.filter(job=job).exists()
        assert client(member).post(f"/imports/{job.pk}/confirmer/").status_code == 409


def test_an_empty_workbook_is_said_to_be_empty(cast):
    empty = io.BytesIO()
    Workbook().save(empty)
    assert (
        "ne contient aucune ligne de données" in post(cast.officer_metz, empty.getvalue(), "vide.xlsx").content.decode()
    )


def test_somebody_elses_file_is_given_up_with_a_reason_and_its_owner_is_told(cast):
    job = stock(cast)
    browser, address = client(cast.officer_thionville), f"/imports/{job.pk}/"
    assert 'name="reason"' in browser.get(address).content.decode()
    assert "déposé par quelqu" in browser.post(f"{address}abandonner/", follow=True).content.decode()
    assert job_now(cast.adviser, job).state == "analysed"
    browser.post(f"{address}abandonner/", {"reason": "La liste de Metz était déjà là"})
    shown = client(cast.adviser).get(address).content.decode()
    assert f"abandonné par {cast.officer_thionville.user}" in shown and "La liste de Metz était déjà là" in shown
    with tenant(actor(cast.adviser)) as acting:
        told = Notification.objects.get(user_id=acting.user_id, payload__state="discarded")
    assert told.kind == "import_finished"


def test_other_departments_and_organisations_see_nothing(cast):
    job = stock(cast)
    assert client(cast.other_officer).get(f"/imports/{job.pk}/").status_code == 404
    assert client(cast.other_officer).post(f"/imports/{job.pk}/confirmer/").status_code == 404
    assert client(cast.other_officer).get("/imports/").context["total"] == 0


def test_absence_waits_for_all_expected_lists_then_covers_them_all(cast):
    sample_people(cast)
    with tenant(actor(cast.head)) as acting:
        add_expected_list(acting, label="Metz", territory=cast.metz)
        add_expected_list(acting, label="Thionville", territory=cast.thionville)
    first = stock(cast, territory=cast.metz)
    assert "Thionville" in page(cast.adviser, first)
    assert 'name="conclude_absence"' in page(cast.adviser, first)
    assert confirm(cast.adviser, first).counts["gaps_opened"] == 0
    nobody = classic(("9999999Z999", "PERSONNE", "AUCUNE", "01/01/1970", "57020"))
    extra = bring(cast.adviser, "registration", nobody, month=OCTOBER, nature="complete", territory=cast.metz)
    assert confirm(cast.adviser, extra).counts["gaps_opened"] == 0  # a second list of Metz is not Thionville's
    other = classic(("9999998Z999", "PERSONNE", "AUCUN", "01/01/1971", "57020"))
    last = bring(cast.adviser, "registration", other, month=OCTOBER, nature="complete", territory=cast.thionville)
    assert 'name="conclude_absence"' not in page(cast.adviser, last)
    confirm(cast.adviser, last)
    with tenant(Actor.system(cast.department.pk)):
        places = set(RegistrationGap.objects.values_list("beneficiary__territory__code", flat=True))
    assert places == {"T57-1", "T57-2"}


def test_a_person_may_say_that_all_lists_are_there(cast):
    sample_people(cast)
    with tenant(actor(cast.head)) as acting:
        add_expected_list(acting, label="Toutes les agences")
        add_expected_list(acting, label="Une agence de plus")
    job = stock(cast)
    client(cast.adviser).post(f"/imports/{job.pk}/confirmer/", {"conclude_absence": "1"})
    process_import(job.department_id, job.pk)
    assert job_now(cast.adviser, job).counts["gaps_opened"] == 5


def test_a_worker_killed_in_the_middle_changes_nothing_and_the_sweep_does_it_again(cast, monkeypatch):
    def killed(actor, job):
        Beneficiary.objects.create(department_id=job.department_id, last_name="À MOITIÉ", created_at=actor.now,
                                   updated_at=actor.now)  # fmt: skip
        raise KeyboardInterrupt  # what the death of a process looks like from inside

    job = bring(cast.officer_metz, "caf_flow", sample("caf_01_rsabem_2026-10.xml"))
    with tenant(actor(cast.officer_metz)) as acting:
        confirm_import(acting, job=job)
    monkeypatch.setattr(people, "apply_people", killed)
    with pytest.raises(KeyboardInterrupt):
        process_import(job.department_id, job.pk)
    monkeypatch.undo()
    with tenant(Actor.system(cast.department.pk)) as system:
        assert Beneficiary.objects.count() == 0
        assert pending_imports(system) == [job.pk]
    process_import(job.department_id, job.pk)
    assert job_now(cast.officer_metz, job).state == "applied"
    with tenant(Actor.system(cast.department.pk)):
        assert Beneficiary.objects.count() == 12
        assert StoredFile.objects.get(pk=job.file_id).destroyed_at


def test_today_asks_to_confirm(cast):
    job = bring(cast.officer_metz, "caf_flow", sample("caf_01_rsabem_2026-10.xml"), name="flux.xml")
    shown = client(cast.officer_metz).get("/").content.decode()
    assert "Imports à confirmer" in shown
    assert f"/imports/{job.pk}/" in shown


def test_a_file_in_progress_follows_itself(cast):
    stream = io.BytesIO(sample("caf_01_rsabem_2026-10.xml"))
    with tenant(actor(cast.officer_metz)) as acting:
        job = receive_file(acting, kind="caf_flow", name="f.xml", stream=stream)
    shown = page(cast.officer_metz, job)
    assert "data-live-topic" in shown
    assert "En attente d'analyse" in shown
    listed = client(cast.officer_metz).get("/imports/").content.decode()
    assert f'id="fichier-{job.pk}" data-live-topic' in listed
    fragment = client(cast.officer_metz).get(f"/imports/{job.pk}/", headers={"X-Fragment": "import"}).content.decode()
    assert "<html" not in fragment


def test_the_same_choices_are_analysed_again_once_people_are_known(cast):
    job = analysed(cast.officer_metz, post(cast.officer_metz, sample(STOCK), STOCK))
    assert job.counts["unknown"] and not job.counts.get("matched")
    sample_people(cast)
    browser = client(cast.officer_metz)
    said = SEEMS | {"nature": job.nature, "territory": str(job.territory_id or "all")}
    assert browser.post(f"/imports/{job.pk}/contenu/", said).status_code == 302
    assert job_now(cast.officer_metz, job).state == "received"
    process_import(job.department_id, job.pk)
    assert job_now(cast.officer_metz, job).counts["matched"]
    browser.post(f"/imports/{job.pk}/contenu/", said)
    assert job_now(cast.officer_metz, job).state == "analysed", "nothing changed since"


def test_a_confirmation_turned_back_into_an_analysis_is_said_at_the_top(cast):
    job = analysed(cast.officer_metz, post(cast.officer_metz, sample(STOCK), STOCK))
    sample_people(cast)
    back = confirm(cast.officer_metz, job, knowingly=True)
    assert back.state == "analysed"
    shown = page(cast.officer_metz, job)
    top, below = shown.split("Remarques sur le fichier")
    assert "La confirmation n'a rien appliqué." in top and "Depuis la première analyse" in top
    assert "Depuis la première analyse" not in below
