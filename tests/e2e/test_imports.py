"""From the upload of a list to the summonses, its gaps opening in another window; every page of files and gaps."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect

from hub.core.gate import tenant
from hub.core.progress import Progress
from hub.core.topics import ring
from partners.models import ImportJob
from partners.models.files import ImportState
from referrals.models import Beneficiary, RegistrationEntry
from referrals.services.people import update_beneficiary
from referrals.services.registration_settings import add_expected_list, seed_exit_codes
from tests.cast import actor
from tests.e2e.browser import axe, check, screenshot, sign_in
from tests.e2e.summons import summon_all_but_one
from tests.e2e.workers import Worker
from tests.files import SAMPLES, bring, confirm, sample, undo
from tests.people import person
from tests.referrals.registration import STOCK, exits, gap_of, sample_people, stock

WORKED_MS = 20_000  # the worker starts, reads, writes


@pytest.fixture
def worker(browser_database):
    """`worker()` starts one; what was queued before is done by then."""
    started = []
    yield lambda: started.append(Worker(browser_database.name))
    for one in started:
        one.stop()


def seen(page, path, name):
    """The page passes axe on a desktop, in the dark and on a phone; and is kept to be looked at."""
    page.goto(path)
    check(page)
    screenshot(page, name)


def test_from_the_upload_of_a_list_to_the_summonses_with_gaps_opening_in_another_window(cast, window, worker):
    sample_people(cast)
    with tenant(actor(cast.head)):
        Beneficiary.objects.update(address="1 rue Inventée", city="Metz", territory=cast.metz)
    worker()
    officer, referent = window(), window()
    sign_in(referent, cast.udaf_worker.user.email)
    referent.goto("/inscriptions/")
    expect(referent.get_by_text("Aucune inscription à vérifier.")).to_be_visible()
    expect(referent.locator("[data-live][data-connected=yes]")).to_have_count(1)

    sign_in(officer, cast.officer_metz.user.email)
    officer.goto("/imports/deposer/")
    officer.locator("#id_file").set_input_files(SAMPLES / STOCK)
    officer.get_by_role("button", name="Déposer et analyser").click()
    expect(officer.get_by_role("heading", name="Rien n'est encore appliqué")).to_be_visible(timeout=WORKED_MS)
    expect(officer.get_by_label("Mois de la liste")).to_have_value("2026-10")  # all proposed from the file
    expect(officer.get_by_label("Contenu de la liste")).to_have_value("complete")
    expect(officer.get_by_label("Territoire couvert")).to_have_value("all")
    officer.get_by_label("Territoire couvert").select_option(label="Metz")
    officer.get_by_role("button", name="Confirmer et appliquer").click()  # what it covers changed: read first
    expect(officer.get_by_text("analysé à nouveau avec vos choix")).to_be_visible()
    expect(officer.get_by_label("Territoire couvert")).to_have_value(str(cast.metz.pk), timeout=WORKED_MS)
    officer.get_by_label("Territoire couvert").select_option(label="Tout le Département")
    officer.get_by_role("button", name="Analyser à nouveau").click()
    expect(officer.get_by_label("Territoire couvert")).to_have_value("all", timeout=WORKED_MS)
    axe(officer)
    screenshot(officer, "import-analyse")
    expect(referent.get_by_text("Aucune inscription à vérifier.")).to_be_visible()

    officer.get_by_role("button", name="Confirmer et appliquer").click()
    expect(officer.get_by_role("link", name="5 inscriptions à vérifier")).to_be_visible(timeout=WORKED_MS)
    expect(referent.locator("#inscriptions tbody tr")).to_have_count(3, timeout=WORKED_MS)
    expect(referent.locator("#inscriptions")).to_contain_text("MAELLE")
    axe(referent)
    referent.get_by_role("button", name="Prendre en charge").first.click()
    expect(referent.locator("#inscriptions")).to_contain_text("En cours de vérification")

    officer.get_by_role("link", name="5 inscriptions à vérifier").click()
    summon_all_but_one(officer)
    assert all("422" in said for said in officer.problems)
    assert referent.problems == []


def people_changed_since(cast, name):
    """A file that gave somebody a telephone; she has another since."""
    who = person(cast, last_name=f"FICTIF{name}", internal_id=name, phone="+33600000000")
    lines = f"ID_CD;NOM;PRENOM;DATE DE NAISSANCE;TEL\r\n{name};FICTIF{name};Amélie;12/04/1985;0600000001\r\n"
    job = confirm(cast.officer_metz, bring(cast.officer_metz, "people", lines.encode()))
    with tenant(actor(cast.officer_metz)) as acting:
        update_beneficiary(acting, person=Beneficiary.objects.get(pk=who.pk), values={"phone": "+33600000009"})
    return job


def test_pages_of_files(cast, page, window):
    sample_people(cast)
    done = confirm(cast.officer_metz, stock(cast))
    taken = people_changed_since(cast, "UN")
    undone = undo(cast.officer_metz, people_changed_since(cast, "DEUX"))
    waiting = bring(cast.officer_metz, "people", sample("brsa_02_carnet_de_bord_utf8bom.csv"), name="carnet.csv")
    with tenant(actor(cast.head)) as acting:
        add_expected_list(acting, label="Agence de Thionville", territory=cast.thionville)
    asking = stock(cast, again=True)
    sign_in(page, cast.officer_metz.user.email)
    for path, name in (
        ("/imports/", "imports"),
        ("/imports/deposer/", "import-deposer"),
        (f"/imports/{waiting.pk}/", "import-a-confirmer"),
        (f"/imports/{waiting.pk}/?verdict=rejected", "import-rejets"),
        (f"/imports/{waiting.pk}/?colonnes=1", "import-colonnes"),
        (f"/imports/{asking.pk}/", "import-absence"),
        (f"/imports/{done.pk}/", "import-applique"),
        (f"/imports/{done.pk}/annuler/", "import-annuler"),
        (f"/imports/{taken.pk}/annuler/", "import-annuler-personnes"),
        (f"/imports/{undone.pk}/", "import-annule"),
    ):
        seen(page, path, name)
    assert page.problems == []
    sender = window()
    sign_in(sender, cast.adviser.user.email)
    seen(sender, f"/imports/{asking.pk}/", "import-vu-par-l-expediteur")


def test_pages_of_gaps(cast, page, window):
    sample_people(cast)
    confirm(cast.adviser, stock(cast))
    confirm(cast.adviser, exits(cast))
    with tenant(actor(cast.head)) as acting:
        seed_exit_codes(acting)
        add_expected_list(acting, label="Agence de Metz", territory=cast.metz)
    gap = gap_of(cast, "MAELLE")
    sign_in(page, cast.head.user.email)
    for path, name in (
        ("/inscriptions/?state=closed", "inscriptions-vide"),
        (f"/inscriptions/{gap.pk}/", "inscription"),
        (f"/inscriptions/gestes/?name=reassign&gap={gap.pk}", "inscriptions-geste"),
        ("/inscriptions/reglages/", "inscriptions-reglages"),
        ("/inscriptions/reglages/motifs/nouveau/", "inscriptions-motif"),
        ("/inscriptions/reglages/listes/nouvelle/", "inscriptions-liste"),
        ("/", "aujourdhui-inscriptions"),
    ):
        seen(page, path, name)
    assert page.problems == []
    referent = window()
    sign_in(referent, cast.udaf_worker.user.email)
    seen(referent, "/inscriptions/", "inscriptions-udaf")
    seen(referent, f"/inscriptions/{gap.pk}/", "inscription-udaf")


def test_two_open_records_show_each_other_s_answer(cast, window):
    sample_people(cast)
    confirm(cast.adviser, stock(cast))
    gap = gap_of(cast, "MAELLE")
    first, second = window(), window()
    for page, member in ((first, cast.udaf_worker), (second, cast.head)):
        sign_in(page, member.user.email)
        page.goto(f"/inscriptions/{gap.pk}/")
        expect(page.locator("[data-live][data-connected=yes]")).to_have_count(1)
    first.get_by_role("button", name="Prendre en charge").click()
    expect(second.locator("#inscription")).to_contain_text("En cours de vérification")
    expect(second.locator("#inscription")).to_contain_text(str(cast.udaf_worker.user))


LINES = (
    "NIR;IDENTIFIANT PE;NOM;PRENOM;DATE NAISSANCE;DATE;CODE;NIR2",
    ";9999999Z;FICTIF;AMELIE;12/04/1985;02/10/2026;1;",  # two people bear this name and this date
    ";9999998Z;MODELE;ZOE;31/02/1990;02/10/2026;1;",
)


def test_a_line_is_corrected_another_decided_then_the_list_is_confirmed(cast, page, worker):
    twins = person(cast), person(cast)
    person(cast, last_name="Modèle", first_names="Zoé", birth_date=date(1990, 2, 28))
    worker()
    sign_in(page, cast.officer_metz.user.email)
    page.goto("/imports/deposer/")
    content = "\r\n".join([*LINES, ""]).encode()
    page.locator("#id_file").set_input_files({"name": "2026-10.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Déposer et analyser").click()
    expect(page.get_by_role("heading", name="Rien n'est encore appliqué")).to_be_visible(timeout=WORKED_MS)
    page.get_by_label("Contenu de la liste").select_option("events")
    page.get_by_role("button", name="Analyser à nouveau").click()
    expect(page.get_by_label("Contenu de la liste")).to_have_value("events", timeout=WORKED_MS)
    expect(page.locator("#import")).to_contain_text("Ce que confirmer ferait")

    page.get_by_role("link", name="Corriger la ligne 3").click()
    expect(page.locator("#corriger-3")).to_contain_text("n'existe pas")
    axe(page)
    page.locator("#corriger-3").get_by_label("DATE NAISSANCE").fill("28/02/1990")
    page.locator("#corriger-3").get_by_role("button", name="Enregistrer et relire la ligne").click()
    expect(page.get_by_text("Ligne 3 relue : reconnue.")).to_be_visible()
    expect(page.locator("#ligne-3")).to_contain_text("Ligne corrigée par une personne")

    page.locator("#ligne-2").get_by_role("link", name="Comparer").click()
    expect(page.get_by_role("heading", name="De qui parle cette ligne ?")).to_be_visible()
    seen(page, page.url, "rapprochement")
    page.get_by_role("button", name="C'est cette personne").first.click()
    expect(page.get_by_text("Décision enregistrée")).to_be_visible()
    seen(page, "/imports/a-rapprocher/", "a-rapprocher")

    page.goto("/imports/")
    page.get_by_role("link", name="2026-10.csv").click()
    expect(page.locator("#ligne-2")).to_contain_text("C'est cette personne : décision de")
    page.get_by_role("button", name="Confirmer et appliquer").click()
    expect(page.locator("#import")).to_contain_text("Appliqué", timeout=WORKED_MS)
    with tenant(actor(cast.head)):
        told = set(RegistrationEntry.objects.values_list("beneficiary", flat=True))
    assert len(told) == 2
    assert len(told & {one.pk for one in twins}) == 1
    assert page.problems == []


def test_lines_read_are_followed_live_while_the_analysis_runs(cast, page):
    job = bring(cast.officer_metz, "people", sample("brsa_02_carnet_de_bord_utf8bom.csv"), name="carnet.csv")
    with tenant(actor(cast.head)):
        ImportJob.objects.filter(pk=job.pk).update(state=ImportState.ANALYSING)
    sign_in(page, cast.officer_metz.user.email)
    page.goto(f"/imports/{job.pk}/")
    expect(page.locator("[data-live][data-connected=yes]")).to_have_count(1)
    told = Progress("import", job.pk)
    told.tell("reading", 12_000, 30_001)
    expect(page.get_by_label("Lecture et vérification des lignes")).to_have_attribute("value", "12000")
    check(page)
    screenshot(page, "import-en-cours")
    told.tell("matching")
    expect(page.get_by_label("Rapprochement avec les personnes connues")).to_be_visible(timeout=WORKED_MS)
    with tenant(actor(cast.head)):
        ImportJob.objects.filter(pk=job.pk).update(state=ImportState.ANALYSED)
    expect(page.get_by_role("heading", name="Rien n'est encore appliqué")).to_be_visible(timeout=WORKED_MS)
    assert page.problems == []


def test_a_choice_not_sent_yet_outlives_what_the_page_learns_meanwhile(cast, page):
    job = stock(cast)
    sign_in(page, cast.officer_metz.user.email)
    page.goto(f"/imports/{job.pk}/")
    expect(page.locator("[data-live][data-connected=yes]")).to_have_count(1)
    page.get_by_label("Mois de la liste").select_option("2026-09")
    page.get_by_role("heading", name="Rien n'est encore appliqué").click()  # no longer in the field
    with tenant(actor(cast.head)):
        ImportJob.objects.filter(pk=job.pk).update(counts={**job.counts, "matched": 4321})
    ring(f"import:{job.pk}")
    page.mouse.move(5, 5)
    expect(page.locator("#import")).to_contain_text("4 321", timeout=WORKED_MS)
    expect(page.get_by_label("Mois de la liste")).to_have_value("2026-09")
