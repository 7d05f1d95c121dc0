"""What is strange with a list stops it before anybody is told, until a person says why it is right."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from hub.core.actor import Actor
from hub.core.errors import Confirmation, Conflict
from hub.core.gate import tenant
from notifications.models import Notification
from partners.models import ImportJob, ImportRow
from partners.services.corrections import correct_line
from partners.services.foresight import foresee_again
from partners.services.imports import process_import
from referrals.models import RegistrationGap
from referrals.services.registration_settings import add_expected_list
from tests.cast import actor, client
from tests.files import OCTOBER, bring, confirm, job_now
from tests.people import person
from tests.referrals.registration import classic, crowd

pytestmark = pytest.mark.django_db
SEPTEMBER = date(2026, 9, 1)
NOVEMBER = date(2026, 11, 1)
LIST = {"kind": "registration", "month": "2026-10", "nature": "complete"}
WHY = "Vérifié avec l'agence"


def names(job: ImportJob) -> list[str]:
    return [guard["name"] for guard in job.guards]


def accept(cast, job: ImportJob, **values) -> ImportJob:
    return confirm(cast.adviser, job, acknowledge_guards=names(job), reason=WHY, **values)


def a_list(cast, people, month=OCTOBER, **values) -> ImportJob:
    content = classic(*people, day=month)
    return bring(cast.adviser, "registration", content, month=month, nature="complete", **values)


def gaps(cast) -> int:
    with tenant(Actor.system(cast.department.pk)):
        return RegistrationGap.objects.filter(state="open").count()


def test_the_first_list_of_a_place_asks_with_its_number_and_tells_each_once(cast):
    people = crowd(cast, 60)
    job = a_list(cast, people[:40], SEPTEMBER)
    assert names(job) == ["baseline"]
    assert "20 personnes sur 60" in job.guards[0]["message"]
    with pytest.raises(Confirmation):
        confirm(cast.adviser, job)
    assert (job_now(cast.adviser, job).state, gaps(cast)) == ("analysed", 0)
    done = accept(cast, job)
    assert (done.state, done.guard_reason, gaps(cast)) == ("applied", WHY, 20)
    with tenant(actor(cast.udaf_lead)):
        told = Notification.objects.filter(kind="gap_opened", user_id=cast.udaf_lead.user_id)
        assert [one.count for one in told] == [20]


def test_a_short_list_and_many_absences_are_asked_about(cast):
    people = crowd(cast, 60)
    accept(cast, a_list(cast, people, SEPTEMBER))
    fine = a_list(cast, people[:55])
    assert names(fine) == []
    short = a_list(cast, people[:40], again=True)
    assert names(short) == ["fewer_lines", "many_gaps"]
    assert "40 lignes, contre 60 en 09/2026" in short.guards[0]["message"]
    with pytest.raises(Confirmation):
        confirm(cast.adviser, short, acknowledge_guards=["fewer_lines"], reason=WHY)
    with pytest.raises(Confirmation):
        confirm(cast.adviser, short, acknowledge_guards=names(short), reason="ok")
    assert gaps(cast) == 0


def test_a_month_that_is_not_the_list_s_is_asked_about(cast):
    people = crowd(cast, 60)
    accept(cast, a_list(cast, people, SEPTEMBER))
    late = bring(
        cast.adviser, "registration", classic(*people, day=date(2026, 11, 2)), month=OCTOBER, nature="complete"
    )
    assert names(late) == ["wrong_month"]
    assert "02/11/2026" in late.guards[0]["message"]
    old = bring(cast.adviser, "registration", classic(*people, day=date(2026, 3, 2)), month=OCTOBER, nature="complete")
    assert names(old) == ["wrong_month"]


def test_a_first_list_where_everybody_is_says_so_in_words(cast):
    people = crowd(cast, 50)
    said = [a_list(cast, people[:count]).guards[0]["message"] for count in (50, 49, 48)]
    assert "aucune personne sur 50 qui doivent être inscrites ne serait à vérifier (0 %" in said[0]
    assert "1 personne sur 50 qui doivent être inscrites serait à" in said[1]
    assert "2 personnes sur 50 qui doivent être inscrites seraient à" in said[2]


def test_under_fifty_obliged_people_percentages_mean_nothing(cast):
    people = crowd(cast, 49)
    assert names(a_list(cast, people[:5])) == []


def test_a_list_that_recognises_nobody_is_asked_about_however_few_are_obliged(cast):
    strangers = [(f"{9900000 + n}Z", f"AUTRE{'ABC'[n]}", "Sacha", "02/05/1990", "57010") for n in range(3)]
    assert names(a_list(cast, strangers)) == [], "of so few, a partner would read who is known"
    job = bring(cast.officer_metz, "registration", classic(*strangers), month=OCTOBER, nature="complete", again=True)
    assert names(job) == ["nobody"]
    assert "aucune des 3 lignes du fichier" in job.guards[0]["message"]
    with pytest.raises(Confirmation):
        confirm(cast.officer_metz, job)
    assert confirm(cast.officer_metz, job, knowingly=True).state == "applied"
    for _ in range(2):  # two who bear one name: a doubt recognises nobody
        person(cast, last_name="AUTREA", first_names="Sacha", birth_date=date(1990, 5, 2))
    doubt = bring(cast.officer_metz, "registration", classic(strangers[0]), month=OCTOBER, nature="complete")
    assert (doubt.counts["ambiguous"], names(doubt)) == (1, ["nobody"])
    assert "la seule ligne du fichier" in doubt.guards[0]["message"]
    many = [(f"{9800000 + n}Z", f"AUTRE{'ABCDEFGHIJKL'[n]}", "Sacha", "02/05/1990", "57010") for n in range(12)]
    assert names(a_list(cast, many)) == ["nobody"]


def test_a_list_is_compared_with_those_of_its_agencies_which_are_counted_aloud(cast):
    people = crowd(cast, 60)
    metz, others = people[:30], [(*one[:4], "57020") for one in people[30:]]
    for part, month in ((metz, SEPTEMBER), (others, SEPTEMBER)):
        first = a_list(cast, part, month)
        assert names(first) == ["baseline"], "the first of these agencies"
        accept(cast, first)
    assert "pour cette agence (57020)" in first.guards[0]["message"]
    assert "en comptant l'autre liste du mois" in first.guards[0]["message"]
    unsaid = a_list(cast, [(*one[:4], "") for one in people[:10]])
    assert names(unsaid) == ["fewer_lines", "many_gaps"]
    assert "10 lignes, contre 60 en 09/2026, en 2 listes (17 %)" in unsaid.guards[0]["message"]
    alone = a_list(cast, metz[:1])
    assert "Liste courte : 1 ligne, contre 30 en 09/2026 (3 %)" in alone.guards[0]["message"]


def test_the_page_and_the_api_ask_before_applying(cast):
    people = crowd(cast, 50)
    job = a_list(cast, people[:45])
    browser = client(cast.officer_metz)
    page = browser.get(f"/imports/{job.pk}/").content.decode()
    assert "Première liste complète" in page and "Pourquoi ce fichier est juste" in page
    assert "Au moins 10 caractères" in page
    refused = browser.post(f"/imports/{job.pk}/confirmer/", {"acknowledge_guards": "baseline", "reason": "Vu <b>"})
    again = refused.content.decode()
    assert refused.status_code == 422 and "Première liste complète" in again
    assert 'value="baseline" checked' in again and ">Vu &lt;b&gt;</textarea>" in again
    assert "au moins 10 caractères" in again and "Ligne par ligne" in again
    opened = browser.get(f"/imports/{job.pk}/confirmer/")
    assert (opened.status_code, opened["Location"]) == (302, f"/imports/{job.pk}/")
    api = f"/api/v1/imports/{job.pk}/confirm/"
    answer = browser.post(api, {}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "confirmation_required")
    given = {"acknowledge_guards": ["baseline"], "reason": WHY}
    answer = browser.post(api, given, content_type="application/json")
    assert (answer.status_code, answer.json()["state"]) == (200, "applying")
    process_import(job.department_id, job.pk)
    done = browser.get(f"/imports/{job.pk}/").content.decode()
    assert f"« {WHY.replace(chr(39), '&#x27;')} »" in done and "Encore 7 jours pour le faire." in done


def test_the_same_file_names_the_one_already_brought_and_changes_nothing(cast):
    people = crowd(cast, 12)
    job = a_list(cast, people[:10], name="liste.csv")
    with pytest.raises(Conflict) as waiting:
        a_list(cast, people[:10])
    assert "« liste.csv »" in waiting.value.message and "attend sa confirmation" in waiting.value.message
    confirm(cast.adviser, job)
    with pytest.raises(Conflict) as again:
        a_list(cast, people[:10])
    assert again.value.code == "FICHIER_DEJA_IMPORTE" and "appliqué le" in again.value.message
    assert again.value.fields["same_as"] == str(job.pk)
    reordered = a_list(cast, people[9::-1])
    assert (reordered.state, reordered.refusal_code) == ("refused", "FICHIER_DEJA_IMPORTE")
    assert "« liste.csv »" in reordered.refusal
    assert gaps(cast) == 2
    browser = client(cast.adviser)
    shown = browser.get(f"/imports/{reordered.pk}/").content.decode()
    assert f'href="/imports/{job.pk}/"' in shown and "/imports/deposer/?again=1" in shown
    assert 'name="again"' in browser.get("/imports/deposer/?again=1").content.decode()
    upload = SimpleUploadedFile("liste.csv", classic(*people[:10], day=OCTOBER))
    same = browser.post("/imports/deposer/", LIST | {"file": upload}).content.decode()
    assert f'href="/imports/{job.pk}/"' in same and 'name="again"' in same


def test_who_lives_elsewhere_keeps_her_event_and_is_told_of(cast):
    people = crowd(cast, 3)
    job = a_list(cast, people[:2], territory=cast.thionville)
    with tenant(actor(cast.head)):
        said = [row.problems for row in ImportRow.objects.filter(job=job)]
    assert [[one["code"] for one in problems] for problems in said] == [["HORS_PERIMETRE"]] * 2
    assert confirm(cast.adviser, job).counts["gaps_opened"] == 0


def test_an_expected_list_is_there_once_its_agencies_are(cast):
    people = [(*one[:4], "57010" if n % 2 else "57020") for n, one in enumerate(crowd(cast, 6))]
    with tenant(actor(cast.head)) as acting:
        add_expected_list(acting, label="Agences de Metz et de Thionville", agencies="57010 57020")
    metz = [one for one in people if one[4] == "57010"]
    first = confirm(cast.adviser, a_list(cast, metz[1:]))
    assert (first.agencies, first.counts["gaps_opened"]) == (["57010"], 0)
    assert first.counts["gaps_if_concluded"] == 4
    other = [one for one in people if one[4] == "57020"]
    second = confirm(cast.adviser, a_list(cast, other))
    assert second.counts["gaps_opened"] == 1


def test_guards_and_forecast_follow_a_correction(cast):
    people = crowd(cast, 50)
    accept(cast, a_list(cast, people))
    november = OCTOBER.replace(month=11)
    content = classic(*people[:40], day=november).replace(b"01/03/1970", b"02/03/1971")
    job = bring(cast.officer_metz, "registration", content, month=november, nature="complete")
    assert (names(job), job.counts["unknown"]) == (["many_gaps"], 1)
    with tenant(actor(cast.officer_metz)) as acting:
        correct_line(acting, job=job, line=2, cells={"birth_date": "01/03/1970"})
    mended = job_now(cast.officer_metz, job)
    assert names(mended) == [], "10 of 50 is not more than a fifth"
    assert mended.counts["gaps_would_open"] == 10


def test_guards_of_a_waiting_list_follow_the_list_applied_meanwhile(cast):
    people = crowd(cast, 50)
    waiting = a_list(cast, people[:49], month=OCTOBER.replace(month=11))
    assert names(waiting) == ["baseline"]
    accept(cast, a_list(cast, people))
    stale = job_now(cast.adviser, waiting)
    foresee_again(stale.department_id, stale.pk)
    fresh = job_now(cast.adviser, waiting)
    assert names(fresh) == [], "it is no longer the first list"
    assert fresh.counts["gaps_would_open"] == 1
    applied = confirm(cast.adviser, fresh)
    assert (applied.state, applied.counts["gaps_opened"]) == ("applied", 1)
    foresee_again(applied.department_id, applied.pk)
    assert job_now(cast.adviser, applied).state == "applied"


def test_what_nobody_told_again_is_analysed_again_before_it_is_applied(cast):
    people = crowd(cast, 50)
    waiting = a_list(cast, people[:30], month=OCTOBER.replace(month=11))
    assert names(waiting) == ["baseline"]
    accept(cast, a_list(cast, people))
    back = confirm(cast.adviser, waiting, acknowledge_guards=["baseline"], reason=WHY)
    assert (back.state, names(back)) == ("analysed", ["fewer_lines", "many_gaps"])
    narrow = a_list(cast, people[:20], month=OCTOBER.replace(month=12), territory=cast.metz)
    assert names(narrow) == ["fewer_lines", "many_gaps"], "the lists of the Département told of this territory too"
    assert "20 lignes, contre 50 en 10/2026" in narrow.guards[0]["message"]
    assert back.warnings[0].startswith("Depuis la première analyse")


def test_a_month_that_the_file_itself_contradicts_is_asked_about(cast):
    people = crowd(cast, 50)
    accept(cast, a_list(cast, people, month=SEPTEMBER))
    job = a_list(cast, people[:49], name="inscrits_2026-09.csv")
    assert names(job) == ["wrong_month"]
    assert "le nom du fichier dit 09/2026" in job.guards[0]["message"]


def test_the_same_lines_for_another_month_are_recognised_whatever_their_order_or_endings(cast):
    people = crowd(cast, 60)
    accept(cast, a_list(cast, people))
    again = classic(*reversed(people), day=OCTOBER).replace(b"\r\n", b"\n")
    job = bring(cast.adviser, "registration", again, name="oct_2026-11.csv", month=NOVEMBER, nature="complete")
    assert "wrong_month" in names(job)
    assert "les mêmes lignes, ou presque, ont déjà été appliquées pour 10/2026" in job.guards[0]["message"]
    near = classic(*people[1:], ("5799999Z", "NOMINVENTEZZ", "Alex", "02/05/1990", "57010"), day=OCTOBER)
    job = bring(cast.adviser, "registration", near, month=NOVEMBER, nature="complete")
    assert "aucune date du fichier n'est postérieure au 01/10/2026" in job.guards[0]["message"]


def test_nearly_the_same_lines_for_another_month_are_recognised_too(cast):
    people = crowd(cast, 110)
    accept(cast, a_list(cast, people))
    header, *others = classic(*people[1:], day=OCTOBER).decode("cp1252").split("\r\n")
    newer = classic(people[0], day=date(2026, 11, 3)).decode("cp1252").split("\r\n")[1]
    near = "\r\n".join([header, newer, *others]).encode("cp1252")
    job = bring(cast.adviser, "registration", near, month=NOVEMBER, nature="complete")
    assert "ont déjà été appliquées pour 10/2026" in job.guards[0]["message"]


def test_dates_weigh_more_than_the_name_of_the_file_and_the_same_list_is_refused(cast):
    people = crowd(cast, 60)
    older, newer = classic(*people[:50]), classic(*people[50:], day=date(2026, 10, 4))
    content = older + newer.split(b"\r\n", 1)[1]
    given = {"month": OCTOBER, "nature": "complete", "territory": cast.metz}
    confirm(cast.officer_metz, bring(cast.officer_metz, "registration", content, **given), knowingly=True)
    unix = content.replace(b"\r\n", b"\n")
    said = bring(cast.officer_metz, "registration", unix, name="oct_2026-11.csv")
    assert (said.state, said.refusal_code) == ("refused", "FICHIER_DEJA_IMPORTE")
    said = bring(cast.officer_metz, "registration", unix.rsplit(b"\n", 2)[0], name="oct_2026-11.csv")
    assert said.month == OCTOBER
    assert "plutôt que le nom du fichier qui dit novembre 2026" in said.proposals["month"]["why"]
    assert names(said) == ["wrong_month"]
