"""People's screens through HTTP: who sees what, at which level, and what opens a file."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hub.core.actor import Actor
from hub.core.gate import tenant
from partners.services.directory.writing import create_service
from referrals.models import (
    AccessGrant,
    Beneficiary,
    FileOpening,
    RegistrationExemption,
    SupportAssignment,
    TrackDecision,
)
from referrals.services.people import fill_keys
from tests.cast import actor, client
from tests.people import METZ, decision, person, referral, reread

pytestmark = pytest.mark.django_db
SCREENS = ("", "modifier/", "contact/", "deces/", "orientation/", "dispense/", "orienter/")


def page(member, path, status=200, **data):
    answer = client(member).get(path, data)
    assert answer.status_code == status, (path, answer.status_code, answer.content.decode()[-1500:])
    return answer.content.decode()


def queries_on_people(member, path):
    browser = client(member)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = browser.get(path)
    assert answer.status_code == 200
    return [
        q["sql"] for q in captured.captured_queries if q["sql"] is None or 'FROM "referrals_' in q["sql"]
    ]  # None: compiled


@pytest.mark.parametrize("name", ["social_worker", "officer_metz", "head", "udaf_lead", "siae_worker", "controller"])
def test_list_and_record_open_to_those_who_work_with_the_person(cast, name):
    who = person(cast, last_name="ESSAI", first_names="Zoé")
    decision(cast, who)
    referral(cast, who)
    member = getattr(cast, name)
    assert "ESSAI Zoé" in page(member, "/personnes/")
    assert "ESSAI" in page(member, f"/personnes/{who.pk}/")


def test_search_ignores_accents_order_and_hyphens(cast):
    person(cast, last_name="D'Éssai", first_names="Marie-Noëlle")
    person(cast, last_name="AUTRE", first_names="Luc")
    for query in ("essai marie", "MARIE noelle", "d'éssai", "essa"):
        found = page(cast.social_worker, "/personnes/", q=query)
        assert "D&#x27;ÉSSAI" in found, query
        assert "AUTRE" not in found
    for query in ("x" * 3000, "\0x", "%"):  # a search nobody answers is not no search
        assert "AUTRE" not in page(cast.social_worker, "/personnes/", q=query), query[:2]


def test_identifiers_are_searched_exactly_and_by_the_departement_alone(cast):
    who = person(cast, last_name="NUMERO", caf_number="1234567", internal_id="SOLIS-990")
    decision(cast, who)
    assert "NUMERO" in page(cast.social_worker, "/personnes/", q="1234567")
    assert "NUMERO" in page(cast.social_worker, "/personnes/", q="SOLIS-990")
    assert "NUMERO" not in page(cast.social_worker, "/personnes/", q="SOLIS-9")
    assert "NUMERO" not in page(cast.udaf_lead, "/personnes/", q="1234567")


def test_filters_keep_what_they_say(cast):
    tracked, alone = person(cast, last_name="SUIVIE"), person(cast, last_name="SEULE")
    decision(cast, tracked)
    referral(cast, tracked)

    def names(**filters):
        text = page(cast.officer_metz, "/personnes/", **filters)
        return {name for name in ("SUIVIE", "SEULE") if f">{name} " in text}

    assert names() == {"SUIVIE", "SEULE"}
    assert names(show="no_track") == names(show="no_referent") == {"SEULE"}
    assert names(show="open_referral") == {"SUIVIE"}
    assert names(track="socio_professional") == {"SUIVIE"}
    assert names(track="social") == set()
    assert names(referent=str(cast.udaf.pk)) == {"SUIVIE"}
    assert names(territory=str(cast.thionville.pk)) == set()
    assert ">SUIVIE " in page(cast.udaf_worker, "/personnes/", show="mine")
    assert alone.pk


def test_pages_follow_one_another_without_a_name_in_the_address(cast):
    with tenant(actor(cast.social_worker)) as acting:
        people = [_row(acting, n) for n in range(30)]
        Beneficiary.objects.bulk_create(people)
    browser = client(cast.social_worker)
    first = browser.get("/personnes/")
    found = first.context["found"]
    assert (len(found.lines), found.total) == (25, 30)
    assert found.page.next == str(found.lines[-1].person.pk)
    second = browser.get("/personnes/", {"after": found.page.next}).context["found"]
    assert (len(second.lines), second.total) == (5, 30)
    assert {line.person.pk for line in found.lines}.isdisjoint(line.person.pk for line in second.lines)
    assert browser.get("/personnes/", {"after": "nonsense"}).status_code == 400


def _row(acting, n):
    one = Beneficiary(
        department_id=acting.department_id, last_name=f"LISTE{n:03}", first_names="Test", created_at=acting.now,
        updated_at=acting.now, commune_id=METZ,
    )  # fmt: skip
    fill_keys(one)
    return one


@pytest.mark.parametrize("name", ["social_worker", "udaf_lead"])
def test_the_list_costs_six_queries_whatever_its_length(cast, name):
    for n in range(2):
        decision(cast, person(cast, last_name=f"REQUETE{n}"))
    few = queries_on_people(getattr(cast, name), "/personnes/")
    for n in range(23):
        decision(cast, person(cast, last_name=f"AUTRE{n}"))
    many = queries_on_people(getattr(cast, name), "/personnes/")
    assert len(many) == len(few) <= 4, many


def test_foreign_and_random_files_answer_the_same_bytes(cast):
    who = person(cast)
    for member in (cast.siae_worker, cast.other_officer, cast.charity):
        for screen in SCREENS:
            foreign = client(member).get(f"/personnes/{who.pk}/{screen}")
            random = client(member).get(f"/personnes/{uuid.uuid4()}/{screen}")
            assert foreign.status_code == random.status_code == 404, screen
            assert foreign.content == random.content
        fragment = client(member).get(f"/personnes/{who.pk}/", headers={"X-Fragment": "dossier"})
        assert fragment.status_code == 404
    assert client(cast.trainer).get(f"/personnes/{who.pk}/").status_code == 403  # people are not his work at all
    assert client(cast.guardian).get("/personnes/").status_code == 403


def test_a_file_of_another_territory_opens_with_a_reason(cast):
    who = person(cast, last_name="LOINTAINE")
    browser = client(cast.officer_thionville)
    closed = browser.get(f"/personnes/{who.pk}/")
    assert closed.status_code == 403
    assert "LOINTAINE" not in closed.content.decode()
    assert "Pourquoi ouvrez-vous" in closed.content.decode()
    assert browser.post(f"/personnes/{who.pk}/ouvrir/", {"reason": "vu"}).status_code == 400
    opened = browser.post(f"/personnes/{who.pk}/ouvrir/", {"reason": "Reçue en permanence à Thionville"}, follow=True)
    assert "LOINTAINE" in opened.content.decode()
    review = page(cast.head, "/ouvertures/")
    assert "Reçue en permanence" in review
    with tenant(actor(cast.head)):
        opening = FileOpening.objects.get()
    client(cast.head).post(f"/ouvertures/{opening.pk}/relu/")
    assert reread(cast, opening).reviewed_at is not None
    assert client(cast.officer_thionville).get("/ouvertures/").status_code == 403


def test_an_opened_file_shows_the_level_of_the_organisation(cast):
    who = person(cast, last_name="EQUIPE")
    decision(cast, who)
    with tenant(actor(cast.head)):
        AccessGrant.objects.update(team=cast.udaf_guardianship)
    browser = client(cast.udaf_worker)
    assert browser.get(f"/personnes/{who.pk}/").status_code == 403
    opened = browser.post(f"/personnes/{who.pk}/ouvrir/", {"reason": "Remplacement d'un collègue"}, follow=True)
    assert opened.status_code == 200
    assert "Droits et identifiants" in opened.content.decode()


def test_nir_is_shown_on_demand_once_and_logged(cast):
    who = person(cast, nir="2850457990001", sex="female")
    decision(cast, who)
    assert "2850457990001" not in page(cast.social_worker, f"/personnes/{who.pk}/")
    shown = client(cast.social_worker).post(f"/personnes/{who.pk}/nir/")
    assert "2850457990001" in shown.content.decode()
    assert client(cast.udaf_lead).post(f"/personnes/{who.pk}/nir/").status_code == 403
    assert client(cast.siae_worker).post(f"/personnes/{who.pk}/nir/").status_code == 404
    assert "Afficher le NIR" not in page(cast.udaf_lead, f"/personnes/{who.pk}/")


def test_every_view_is_journalled_without_a_name(cast):
    who = person(cast, last_name="JOURNAL")
    written = []

    def read(execute, sql, params, many, context):
        if "INTO core_accesslog" in sql:
            written.append(params)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(read):
        page(cast.social_worker, "/personnes/")
        page(cast.social_worker, f"/personnes/{who.pk}/")
    assert [(one[5], one[7]) for one in written] == [("list", None), ("seen", who.pk)]
    assert "JOURNAL" not in str(written)


def test_personal_pages_are_kept_by_no_cache(cast):
    who = person(cast)
    for path in ("/personnes/", f"/personnes/{who.pk}/", "/orientations/"):
        assert "no-store" in client(cast.social_worker).get(path).headers["Cache-Control"]


GIVEN = {
    "last_name": "NOUVELLE",
    "first_names": "Anaïs",
    "birth_date": "1990-05-02",
    "commune_name": "Metz",
    "rights_state": "open",
}


def test_create_warns_of_a_likely_duplicate_then_obeys(cast):
    browser = client(cast.social_worker)
    first = browser.post("/personnes/nouvelle/", GIVEN)
    assert first.status_code == 302, first.content.decode()[-2000:]
    again = GIVEN | {"last_name": "nouvelle", "first_names": "ANAIS"}
    warned = browser.post("/personnes/nouvelle/", again)
    assert warned.status_code == 409
    assert "existe déjà" in warned.content.decode()
    assert browser.post("/personnes/nouvelle/", again | {"confirmed": "on"}).status_code == 302
    with tenant(actor(cast.social_worker)):
        assert Beneficiary.objects.filter(last_key="NOUVELLE").count() == 2


def test_create_says_what_is_wrong_next_to_its_field(cast):
    bad = GIVEN | {"commune_name": "Mets", "birth_date": "1850-01-01", "phone": "12"}
    answer = client(cast.social_worker).post("/personnes/nouvelle/", bad)
    assert answer.status_code == 400
    assert "n&#x27;est pas connue" in answer.content.decode()
    answer = client(cast.social_worker).post("/personnes/nouvelle/", bad | {"commune_name": ""})
    text = answer.content.decode()
    assert 'id="id_birth_date_error"' in text and 'id="id_phone_error"' in text
    assert client(cast.udaf_lead).get("/personnes/nouvelle/").status_code == 403


def test_edit_keeps_the_nir_and_what_was_not_changed(cast):
    who = person(cast, nir="2850457990001", sex="female", last_name="AVANT")
    browser = client(cast.social_worker)
    form = browser.get(f"/personnes/{who.pk}/modifier/").context["form"]
    data = {name: form[name].value() or "" for name in form.fields} | {"last_name": "APRES"}
    data["birth_date"] = "1985-04-12"
    answer = browser.post(f"/personnes/{who.pk}/modifier/", data)
    assert answer.status_code == 302, answer.content.decode()[-1500:]
    assert reread(cast, who).last_name == "APRES"
    assert "2850457990001" in browser.post(f"/personnes/{who.pk}/nir/").content.decode()


def test_a_stale_tab_restores_nothing_and_shows_the_present_file(cast):
    who = person(cast, last_name="AVANT", phone="0601020304")
    browser, address = client(cast.social_worker), f"/personnes/{who.pk}/modifier/"
    form = browser.get(address).context["form"]
    read = {name: form[name].value() or "" for name in form.fields} | {"birth_date": "1985-04-12"}
    assert f'value="{who.updated_at.isoformat()}"' in browser.get(address).content.decode()
    assert browser.post(address, read | {"phone": "0611111111"}).status_code == 302
    stale = browser.post(address, read | {"last_name": "APRES"})
    assert stale.status_code == 409
    text = stale.content.decode()
    assert "modifiée entre-temps" in text and "Rien n'a été modifié" in text and "APRES" not in text
    assert (reread(cast, who).last_name, reread(cast, who).phone) == ("AVANT", "+33611111111")
    again = stale.context["form"]
    assert again["phone"].value() == "+33611111111"
    fresh = {name: again[name].value() or "" for name in again.fields} | {"birth_date": "1985-04-12"}
    assert browser.post(address, fresh | {"last_name": "APRES"}).status_code == 302
    assert (reread(cast, who).last_name, reread(cast, who).phone) == ("APRES", "+33611111111")


def test_safe_contact_stands_before_any_contact_detail(cast):
    who = person(cast, phone="0601020304", email="essai@exemple.invalid")
    decision(cast, who)
    answer = client(cast.udaf_worker).post(
        f"/personnes/{who.pk}/contact/", {"do_not_call": "on", "contact_through": "le CMS de Metz"}
    )
    assert answer.status_code == 302
    text = page(cast.social_worker, f"/personnes/{who.pk}/")
    assert text.index("Ne pas appeler") < text.index("essai@exemple.invalid")
    assert 'href="tel:' not in text.split('id="contact"')[1].split("</section>")[0]
    assert client(cast.recruiter).post(f"/personnes/{who.pk}/contact/", {}).status_code == 403


def test_a_confidential_address_is_shown_to_nobody(cast):
    who = person(cast, address="12 rue Cachée", postcode="57000", city="METZ")
    client(cast.social_worker).post(f"/personnes/{who.pk}/contact/", {"confidential_address": "on"})
    text = page(cast.social_worker, f"/personnes/{who.pk}/")
    assert "rue Cachée" not in text and "57000" not in text


def test_track_is_decided_in_two_steps_and_voided(cast):
    who = person(cast)
    browser = client(cast.social_worker)
    assert "UDAF de la Moselle" in page(cast.social_worker, f"/personnes/{who.pk}/orientation/", q="udaf")
    address = f"/personnes/{who.pk}/orientation/?to={cast.udaf.pk}"
    refused = browser.post(address, {"track": "social", "decided_on": "2026-07-02", "effective_on": "2026-07-01"})
    assert refused.status_code == 400
    assert "ne peut pas précéder" in refused.content.decode()
    given = {
        "track": "socio_professional",
        "decided_on": "2026-07-01",
        "effective_on": "2026-07-01",
        "informed_on": "2026-07-01",
    }
    assert browser.post(address, given).status_code == 302
    with tenant(actor(cast.social_worker)):
        decided = TrackDecision.objects.get(beneficiary=who)
    text = page(cast.social_worker, f"/personnes/{who.pk}/")
    assert "UDAF de la Moselle" in text and "Sociale à visée professionnelle" in text
    assert browser.post(f"/decisions/{decided.pk}/annuler/", {"reason": "Erreur de personne"}).status_code == 302
    assert reread(cast, decided).voided_at is not None
    assert client(cast.udaf_lead).get(f"/decisions/{decided.pk}/annuler/").status_code == 404


def test_a_social_worker_may_designate_her_own_team(cast):
    who = person(cast)
    given = {
        "track": "social",
        "decided_on": "2026-07-01",
        "effective_on": "2026-07-01",
        "designated_team": str(cast.cms_metz.pk),
    }
    answer = client(cast.social_worker).post(f"/personnes/{who.pk}/orientation/?to={cast.moselle.pk}", given)
    assert answer.status_code == 302, answer.content.decode()[-1500:]
    with tenant(actor(cast.social_worker)):
        assert SupportAssignment.objects.get(beneficiary=who).team_id == cast.cms_metz.pk


def test_exemption_death_restriction_and_link(cast):
    who = person(cast)
    browser = client(cast.social_worker)
    assert browser.post(f"/personnes/{who.pk}/dispense/", {"reason": "age", "until": "2020-01-01"}).status_code == 400
    assert browser.post(f"/personnes/{who.pk}/dispense/", {"reason": "age", "until": "2099-01-01"}).status_code == 302
    with tenant(actor(cast.social_worker)):
        assert RegistrationExemption.objects.filter(beneficiary=who).exists()
    assert browser.post(f"/personnes/{who.pk}/deces/", {"died_on": "2099-01-01"}).status_code == 400
    assert browser.post(f"/personnes/{who.pk}/deces/", {"died_on": "2026-01-01"}).status_code == 302
    assert "Dossier clos" in page(cast.social_worker, f"/personnes/{who.pk}/")
    assert client(cast.head).post(f"/personnes/{who.pk}/restreindre/", {"restricted": "yes"}).status_code == 302
    assert browser.get(f"/personnes/{who.pk}/").status_code == 404
    assert client(cast.head).post(f"/personnes/{who.pk}/restreindre/", {"restricted": "no"}).status_code == 302
    assert browser.post(f"/personnes/{who.pk}/lien/").status_code == 302
    assert browser.get(f"/personnes/{who.pk}/").status_code == 404


def test_a_manager_names_the_referent(cast):
    who = person(cast)
    decision(cast, who)
    with tenant(actor(cast.udaf_lead)):
        assignment = SupportAssignment.objects.get(beneficiary=who)
    address = f"/suivis/{assignment.pk}/referent/"
    assert client(cast.udaf_worker).get(address).status_code == 403
    assert "Guardian" not in page(cast.udaf_lead, address)
    assert client(cast.udaf_lead).post(address, {"referent": str(cast.head.user_id)}).status_code == 400
    assert client(cast.udaf_lead).post(address, {"referent": str(cast.udaf_worker.user_id)}).status_code == 302
    assert reread(cast, assignment).referent_id == cast.udaf_worker.user_id
    assert "Udaf Worker" in page(cast.social_worker, f"/personnes/{who.pk}/")
    assert client(cast.siae_worker).get(address).status_code == 404


def test_a_sensitive_referral_is_in_no_timeline_panel_list_nor_warning(cast):
    with tenant(Actor.system(cast.department.pk)) as acting:
        service = create_service(
            acting, organization=cast.association, name="ÉCOUTE SECRÈTE", themes=["sante--addictions"]
        )
    who = person(cast)
    decision(cast, who)
    sent = referral(cast, who, to=cast.association, by=cast.udaf_lead, service=service, need="SUJET SECRET")
    for member in (cast.social_worker, cast.head, cast.officer_metz, cast.adviser):
        browser = client(member)
        for path in (f"/personnes/{who.pk}/", "/personnes/", "/personnes/?show=open_referral", "/orientations/", "/"):
            text = browser.get(path).content.decode()
            assert "SUJET SECRET" not in text and "SECRÈTE" not in text, (member, path)
        assert browser.get(f"/orientations/{sent.pk}/").status_code == 404
    assert "SUJET SECRET" not in page(cast.udaf_lead, f"/personnes/{who.pk}/")
    assert "SUJET SECRET" in page(cast.udaf_lead, f"/orientations/{sent.pk}/")
    warned = client(cast.social_worker).post(
        f"/personnes/{who.pk}/orienter/?to={cast.association.pk}",
        {"need": "Autre", "informed_on": "2026-07-01", "service": str(service.pk), "action": "send"},
    )
    assert warned.status_code == 302  # the duplicate of others is not even hinted at
