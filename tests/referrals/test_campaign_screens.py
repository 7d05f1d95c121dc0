"""The screens of campaigns: from the choice of people to who came."""

from __future__ import annotations

import csv
import io
from datetime import date, time, timedelta

import pytest
import time_machine

from hub.core.errors import Conflict
from hub.core.gate import tenant
from referrals.models import Campaign, LetterBatch, RegistrationGap, Slot, Summons
from referrals.selectors.campaigns import campaign_record
from referrals.selectors.summonable import candidates
from referrals.services.appointments.outcomes import miss_appointment
from referrals.services.appointments.planning import in_france, plan_appointment
from referrals.services.campaigns.sending import cancel_campaign, convene_one
from referrals.services.campaigns.slots import choose_slots, open_slot
from referrals.services.contracts import record_contract
from referrals.services.pathways import exempt_from_registration
from tests.campaigns import WORDS, addressed, campaign, sent, short_notice, slot, summons_of
from tests.cast import actor, client
from tests.people import decision, open_day, person

pytestmark = pytest.mark.django_db


def found(cast, **filters):
    with tenant(actor(cast.officer_metz)) as acting:
        result = candidates(acting, filters)
        assert result.total == len(result.lines)
        return [line.person.first_names for line in result.lines]


def test_whom_one_may_convene_by_what_they_lack(cast):
    followed, bare, north = (person(cast, first_names=name) for name in ("Suivie", "Seule", "Autre"))
    decision(cast, followed)
    with tenant(actor(cast.social_worker)) as acting:
        record_contract(acting, person=north, kind="cer", signed_on=acting.today)
    assert found(cast) == ["Autre", "Seule", "Suivie"]  # none of them has all three
    assert found(cast, lacks=["no_referent"]) == ["Autre", "Seule"]
    assert found(cast, lacks=["no_contract"]) == ["Seule", "Suivie"]
    assert found(cast, lacks=["no_referent", "no_contract"]) == ["Autre", "Seule", "Suivie"]
    assert found(cast, lacks=["open_gap"]) == []
    assert bare.pk


def test_filters_of_age_of_time_and_of_place(cast):
    today = date.today()
    person(
        cast, first_names="Jeune", birth_date=date(today.year - 20, 1, 1), rights_opened_on=today - timedelta(days=9)
    )
    person(
        cast, first_names="Aînée", birth_date=date(today.year - 60, 1, 1), rights_opened_on=today - timedelta(days=99)
    )
    assert found(cast) == ["Aînée", "Jeune"]  # those who have waited longest first
    assert found(cast, age_min=50) == ["Aînée"]
    assert found(cast, age_max=25) == ["Jeune"]
    assert found(cast, since="28") == ["Aînée"]
    assert found(cast, territory=cast.thionville) == []


def test_those_who_are_expected_convened_or_explained_are_left_aside(cast):
    expected, convened, explained, dead, closed = (
        person(cast, first_names=name) for name in ("Attendue", "Convoquée", "Expliquée", "Morte", "Close")
    )
    with tenant(actor(cast.social_worker)) as acting:
        plan_appointment(
            acting, person=expected, kind="follow_up", starts_at=in_france(open_day(), time(10)),
            organization=cast.moselle, team=cast.cms_metz,
        )  # fmt: skip
        exempt_from_registration(acting, person=explained, reason="studies", until=acting.today + timedelta(days=90))
        dead.died_on = acting.today
        dead.save(update_fields=["died_on"])
        closed.rights_state = "closed"
        closed.save(update_fields=["rights_state"])
    campaign(cast, [convened])
    assert found(cast) == []
    assert found(cast, explained=True) == ["Expliquée"]


def test_from_the_choice_to_the_sending_by_the_screens(cast):
    """Choose, open slots, distribute, check, send: nothing is told nor written before the last button."""
    written, hidden = addressed(cast, first_names="Écrite", phone="+33387000001"), addressed(cast, first_names="Cachée")
    with tenant(actor(cast.head)):
        hidden.confidential_address, hidden.do_not_call, hidden.phone = True, True, "+33387999999"
        hidden.save(update_fields=["confidential_address", "do_not_call", "phone"])
    browser = client(cast.officer_metz)
    page = browser.get("/convocations/nouvelle/?lacks=no_referent").content.decode()
    assert "2 personnes correspondent" in page and "adresse confidentielle" in page
    refused = browser.post("/convocations/nouvelle/", {"name": "", "motive": "", "how_many": 2})
    assert refused.status_code == 422
    opened = browser.post("/convocations/nouvelle/?lacks=no_referent", WORDS | {"how_many": 2})
    assert opened.status_code == 302
    here = opened["Location"]
    given = {
        "place": "CMS de Metz", "team": cast.cms_metz.pk, "on": f"{open_day(20)}", "at": "09:00", "duration": 30,
        "repeat": 2, "capacity": 1, "mode": "on_site", "co_host": cast.pole_emploi.pk, "commune_name": "Metz",
    }  # fmt: skip
    add = f"/convocations/creneaux/nouveau/?campagne={here.split('/')[-2]}"
    assert browser.post(add, given | {"on": "2020-01-02"}).status_code == 422
    assert browser.post(add, given | {"commune_name": "Nulle-Part"}).status_code == 422
    assert browser.post(add, given)["Location"] == here
    assert browser.post(f"{here}repartir/").status_code == 302
    check = browser.get(f"{here}envoyer/").content.decode()
    assert "aucune lettre ne leur est adressée" in check and "avec Pôle emploi Moselle" in check
    assert browser.post(f"{here}envoyer/").status_code == 302
    assert browser.post(f"{here}envoyer/").status_code == 409
    shown = browser.get(here).content.decode()
    assert "03 87 00 00 01" in shown and "99 99 99" not in shown
    waiting = browser.get(f"{here}?etat=otherwise").content.decode()
    assert "Cachée" in waiting and "Écrite" not in waiting
    with tenant(actor(cast.officer_metz)):
        one = Summons.objects.get(beneficiary=hidden)
    told = f"/convocations/personnes/{one.pk}/prevenue/"
    assert browser.post(told, {"told_how": ""}).status_code == 422
    assert browser.post(told, {"told_how": "De vive voix"}).status_code == 302
    assert browser.get(f"/convocations/personnes/{one.pk}/").status_code == 200
    assert "Convocation" in browser.get(f"/personnes/{written.pk}/").content.decode()


def test_another_slot_for_one_person_by_the_screen(cast):
    who = addressed(cast)
    made = campaign(cast, [who])
    first, full = slot(cast, capacity=1, campaign=made), slot(cast, capacity=1, on=open_day(30), campaign=made)
    other = campaign(cast, [addressed(cast, first_names="Autre")])
    browser = client(cast.officer_metz)
    address = f"/convocations/personnes/{summons_of(cast, made, who).pk}/"
    assert browser.post(address, {"slot": f"{first.pk}"}).status_code == 302
    page = browser.get(address).content.decode()
    assert f'value="{full.pk}"' in page
    with tenant(actor(cast.officer_metz)):
        Slot.objects.filter(pk=full.pk).update(taken=1)
    refused = browser.post(address, {"slot": f"{full.pk}"})
    assert refused.status_code == 422  # it is not offered any more
    assert browser.post(address, {"slot": ""}).status_code == 302
    assert summons_of(cast, made, who).slot is None and other.pk


def test_who_was_left_without_a_seat_gets_one_after_the_sending(cast):
    """Once it is sent: slots are opened and chosen, a place is given by hand, the person is convened by letter."""
    served, left = addressed(cast), addressed(cast, first_names="Bruno")
    made, browser = sent(cast, [served, left], capacity=1), client(cast.officer_metz)
    here, one = f"/convocations/{made.pk}/", summons_of(cast, made, left)
    assert "1 personne est encore sans créneau" in browser.get(here).content.decode()
    address = f"/convocations/personnes/{one.pk}/"
    assert f"/convocations/creneaux/nouveau/?campagne={made.pk}" in browser.get(address).content.decode()
    other, own = slot(cast, on=open_day(25), place="Annexe"), slot(cast, on=open_day(30), campaign=made)
    short_notice(cast)
    near = slot(cast, on=open_day(3))
    short_notice(cast, 10)
    page = browser.get(address).content.decode()
    assert page.index("Créneaux de la campagne") < page.index(f"{own.pk}") < page.index(f"{other.pk}")
    assert f"{near.pk}" not in page
    chosen = browser.post(f"{here}creneaux/", {"slot": [f"{own.pk}", f"{other.pk}"]})
    assert chosen.status_code == 302
    assert browser.post(address, {"slot": f"{own.pk}"}).status_code == 302
    assert ">Convoquer<" in browser.get(here).content.decode()
    assert browser.post(f"{address}prevenue/", {"told_how": ""}).status_code == 302
    held = summons_of(cast, made, left)
    assert (held.slot_id, held.appointment.starts_at, held.told_how) == (own.pk, own.starts_at, "")
    assert "encore sans créneau" not in browser.get(here).content.decode()


def test_slots_of_a_sent_campaign_grow_too_near_without_closing_its_door_but_a_cancelled_one_takes_none(cast):
    made = sent(cast, [addressed(cast)])
    with tenant(actor(cast.officer_metz)):
        only = Slot.objects.get(campaigns=made)
    soon = only.starts_at - timedelta(days=2)
    with tenant(actor(cast.officer_metz, soon)) as acting:
        starts = in_france(open_day(60), time(10))
        open_slot(acting, starts_at=starts, capacity=1, place="CMS", team=cast.cms_metz, campaign=made)
        assert made.slots.count() == 2
        cancel_campaign(acting, campaign=made)
        with pytest.raises(Conflict):
            choose_slots(acting, campaign=made, slots=[only.pk])


def test_the_list_to_call_leaves_out_numbers_one_must_not_call_and_keeps_its_reason(cast):
    open_, silent = addressed(cast, phone="+33387000001"), addressed(cast, first_names="Muette", phone="+33387000002")
    with tenant(actor(cast.head)):
        silent.do_not_call, silent.contact_through = True, "Mme Relais"
        silent.save(update_fields=["do_not_call", "contact_through"])
    made = sent(cast, [open_, silent])
    browser = client(cast.officer_metz)
    assert browser.post(f"/convocations/{made.pk}/liste/", {"reason": ""}).status_code == 422
    answer = browser.post(f"/convocations/{made.pk}/liste/", {"reason": "Rappel la veille"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert {row["Personne"]: row["Téléphone"] for row in rows} == {str(open_): "03 87 00 00 01", str(silent): ""}
    assert "passer par Mme Relais" in {row["Personne"]: row for row in rows}[str(silent)]["Consignes de contact"]


def test_the_letters_of_a_campaign_are_ordered_together_but_for_those_told_otherwise(cast):
    written, spoken = addressed(cast), addressed(cast, first_names="Prévenue")
    with tenant(actor(cast.head)):
        spoken.do_not_write = True
        spoken.save(update_fields=["do_not_write"])
    made, browser = sent(cast, [written, spoken]), client(cast.officer_metz)
    with tenant(actor(cast.officer_metz)) as acting:
        convene_one(acting, summons=Summons.objects.get(beneficiary=spoken), told_how="De vive voix")
    answer = browser.post(f"/convocations/{made.pk}/courriers/")
    assert answer.status_code == 302 and answer["Location"].startswith("/courriers/lots/")
    assert f'href="/convocations/{made.pk}/"' in browser.get(answer["Location"]).content.decode(), "the way back"
    with tenant(actor(cast.officer_metz)):
        assert LetterBatch.objects.get().appointments == [summons_of_person(written).appointment_id]
    assert browser.get(answer["Location"]).status_code == 200
    draft = campaign(cast, [addressed(cast, first_names="Autre")])
    assert browser.post(f"/convocations/{draft.pk}/courriers/").status_code == 400
    assert client(cast.udaf_lead).post(f"/convocations/{made.pk}/courriers/").status_code in (403, 404)


def summons_of_person(who):
    return Summons.objects.get(beneficiary=who)


def test_who_came_is_for_whoever_convened_and_those_who_receive(cast):
    who = addressed(cast)
    made = sent(cast, [who])
    moment = summons_of(cast, made, who).appointment.starts_at + timedelta(hours=1)
    with tenant(actor(cast.officer_metz, moment)) as acting:
        miss_appointment(acting, appointment=summons_of_now(made).appointment, note="Rappeler")
    for member, stages in (
        (cast.officer_metz, ["not_held"]),
        (cast.head, ["not_held"]),
        (other_officer(cast), ["past"]),
    ):
        with tenant(actor(member, moment)) as acting:
            record = campaign_record(acting, made.pk)
            assert [stage.key for stage in record.stages] == [line.stage for line in record.lines] == stages
    with time_machine.travel(moment, tick=False):
        page = client(other_officer(cast)).get(f"/convocations/{made.pk}/?etat=not_held").content.decode()
    assert "N&#x27;a pas eu lieu" not in page.split("<tbody>")[-1]


def summons_of_now(made):
    return Summons.objects.select_related("appointment").get(campaign=made)


def other_officer(cast):
    """An officer of the same territory who convened nobody."""
    cast.officer_thionville.territories.set([cast.metz])
    return cast.officer_thionville


def test_a_second_summons_is_prepared_by_hand_and_a_withdrawn_person_leaves_no_line(cast):
    first, second = addressed(cast), addressed(cast, first_names="Bruno")
    made = campaign(cast, [first, second])
    browser = client(cast.officer_metz)
    here = f"/convocations/{made.pk}/"
    out = {"summons": f"{summons_of(cast, made, second).pk}"}
    assert browser.post(f"{here}retirer/", out).status_code == 302
    assert "Bruno" not in browser.get(here).content.decode()
    again = browser.post(f"{here}seconde/", {"summons": f"{summons_of(cast, made, first).pk}"})
    assert again.status_code == 302 and again["Location"] != here
    assert browser.post(f"{here}seconde/", {"summons": "rien"}).status_code == 400
    assert "seconde convocation" in browser.get("/convocations/").content.decode()


def test_partners_and_other_members_open_nothing(cast):
    made = sent(cast, [addressed(cast)])
    for name in ("udaf_lead", "charity", "adviser", "social_worker", "admin"):
        browser = client(cast.members[name])
        assert browser.get("/convocations/").status_code in (403, 404), name
        assert browser.get(f"/convocations/{made.pk}/").status_code in (403, 404), name
    assert client(cast.officer_thionville).get("/convocations/").status_code == 200


def test_a_page_of_50_costs_as_many_statements_as_a_page_of_2(cast, django_assert_max_num_queries):
    counts = []
    for size in (2, 50):
        made = sent(cast, [addressed(cast, first_names=f"P{size}x{n}") for n in range(size)], capacity=size)
        with tenant(actor(cast.officer_metz)) as acting, django_assert_max_num_queries(12) as asked:
            assert len(campaign_record(acting, made.pk).lines) == size
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_slots_are_shown_by_place_and_their_seats_changed(cast):
    one = slot(cast, capacity=3)
    browser = client(cast.officer_metz)
    assert "3 places libres" in browser.get("/convocations/creneaux/").content.decode()
    address = f"/convocations/creneaux/{one.pk}/"
    assert browser.post(address, {"capacity": 4}).status_code == 302
    assert browser.post(address, {"capacity": 0}).status_code == 422
    assert browser.post(address, {"name": "close"}).status_code == 302
    assert "Fermé" in browser.get("/convocations/creneaux/").content.decode()
    assert client(cast.other_officer).get(address).status_code == 404
    with tenant(actor(cast.head)):
        assert Campaign.objects.count() == 0


def test_people_of_chosen_gaps_are_convened_but_for_explained_absences(cast):
    waiting, explained = addressed(cast), addressed(cast, first_names="Expliquée")
    gaps = {}
    with tenant(actor(cast.social_worker)) as acting:
        exempt_from_registration(acting, person=explained, reason="studies", until=acting.today + timedelta(days=90))
    with tenant(actor(cast.head)) as acting:
        for who in (waiting, explained):
            gaps[who.pk] = RegistrationGap.objects.create(
                department_id=acting.department_id, beneficiary=who, kind="disappeared", month=date(2026, 10, 1),
                opened_at=acting.now,
            )  # fmt: skip
    asked = {"name": "summon", "gap": [f"{gap.pk}" for gap in gaps.values()]}
    browser = client(cast.officer_metz)
    assert '<option value="summon">' in browser.get("/inscriptions/").content.decode()
    page = browser.get("/inscriptions/gestes/", asked).content.decode()
    assert "Convoquer : 1 inscription" in page and "Dispensée" in page
    given = asked | {"campaign": "", "motive": "Faire le point", "contact": ""}
    assert "Donnez un nom" in browser.post("/inscriptions/gestes/", given).content.decode()
    # `name` is the gesture in the page: the campaign's own name travels beside it.
    threat = browser.post("/inscriptions/gestes/", given | {"title": "Octobre", "motive": "Suspension et radiation"})
    assert threat.status_code == 422 and "Le mot « Suspension » ne convient pas" in threat.content.decode()
    made = browser.post("/inscriptions/gestes/", given | {"title": "Octobre"})
    assert made.status_code == 302
    with tenant(actor(cast.officer_metz)):
        one = Summons.objects.get()
        assert (one.beneficiary_id, one.gap_id) == (waiting.pk, gaps[waiting.pk].pk)
    again = browser.post("/inscriptions/gestes/", given | {"campaign": f"{one.campaign_id}"})
    assert again["Location"] == made["Location"]
    assert browser.get("/inscriptions/gestes/", asked).status_code == 200
    assert client(cast.udaf_lead).get("/inscriptions/gestes/", asked).status_code == 403
    assert '<option value="summon">' not in client(cast.udaf_lead).get("/inscriptions/").content.decode()
