"""An explained absence opens no gap while it lasts; a gap already open shows it, and the next list closes it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hub.core.access import get_visible
from hub.core.actor import Actor
from hub.core.errors import Invalid, Refused
from hub.core.gate import tenant
from referrals.models import AbsenceExplanation, Beneficiary, RegistrationGap, RegistrationMeasure
from referrals.selectors.explanations import explained_now, explanations_of, known_of
from referrals.services.explanations import explain_absence
from tests.cast import actor, client
from tests.files import OCTOBER, bring, confirm
from tests.people import open_day
from tests.referrals.registration import classic, crowd
from tests.referrals.test_gap_screens import open_gaps

pytestmark = pytest.mark.django_db
SEPTEMBER = date(2026, 9, 1)


def a_list(cast, people, month, **given):
    given |= {"month": month, "nature": "complete"}
    return confirm(cast.adviser, bring(cast.adviser, "registration", classic(*people, day=month), **given))


def explain(cast, index, by=None, **values):
    with tenant(actor(by or cast.udaf_worker)) as acting:
        person = get_visible(acting, Beneficiary, ids(cast)[index]) if by is None else None
        return explain_absence(acting, person=person or Beneficiary(), **{"kind": "training"} | values)


def ids(cast):
    return list(Beneficiary.objects.order_by("internal_id").values_list("pk", flat=True))


def gaps(cast):
    with tenant(Actor.system(cast.department.pk)):
        known = ids(cast)
        return {(known.index(who), state) for who, state in RegistrationGap.objects.values_list("beneficiary", "state")}


def test_while_it_lasts_no_absence_opens_then_the_rules_are_the_usual_ones(cast):
    people = crowd(cast, 4)
    explain(cast, 2, starts_on=date(2026, 8, 1), until=date(2027, 1, 31))
    explain(cast, 3, starts_on=date(2026, 12, 1), until=date(2027, 1, 31))  # not yet: explains nothing of October
    a_list(cast, people[:2], OCTOBER)
    assert gaps(cast) == {(3, "open")}
    with tenant(actor(cast.head)):
        counted = RegistrationMeasure.objects.values_list("registered", "in_gap", "explained", "waiting", "unknown")
        assert list(counted) == [(2, 1, 1, 0, 0)]


def test_an_open_gap_shows_it_and_the_next_list_closes_it(cast):
    people = crowd(cast, 3)
    a_list(cast, people[:1], SEPTEMBER)
    assert gaps(cast) == {(1, "open"), (2, "open")}
    made = explain(cast, 1, starts_on=date(2026, 8, 1))
    assert made.until == made.starts_on + timedelta(days=183)
    with tenant(actor(cast.udaf_worker)) as acting:
        known = RegistrationGap.objects.filter(explained_now(acting.today))
        assert [gap.beneficiary_id for gap in known] == [made.beneficiary_id]
        assert set(explanations_of(ids(cast), acting.today)) == {made.beneficiary_id}
    a_list(cast, people[:1], OCTOBER, territory=cast.thionville, again=True)
    assert gaps(cast) == {(1, "open"), (2, "open")}, "a list of another territory says nothing of them"
    a_list(cast, people[:1], OCTOBER, again=True)
    assert gaps(cast) == {(1, "lapsed"), (2, "open")}
    with tenant(Actor.system(cast.department.pk)):
        found = RegistrationGap.objects.get(state="lapsed")
        assert (found.closing, found.closing_note) == ("explained", ""), "why is read where it may be"


def test_what_a_list_explains_is_said_in_the_words_of_its_motive_to_whoever_may_read_it(cast):
    people = crowd(cast, 3)
    told = (("11", ""), ("20", "ENTREE EN FORMATION"), ("21", "AUTRE"))
    header = "NIR;IDENTIFIANT PE;NOM;PRENOM;DATE NAISSANCE;DATE;CODE;MOTIF;NIR2"
    lines = [
        f";{pes};{last};{first};{birth};02/10/2026;{code};{motive};"
        for (pes, last, first, birth, _), (code, motive) in zip(people, told, strict=True)
    ]
    content = "\r\n".join([header, *lines, ""]).encode("cp1252")
    confirm(cast.adviser, bring(cast.adviser, "registration", content, month=OCTOBER, nature="events"))
    with tenant(actor(cast.head, datetime(2026, 11, 2, 9, tzinfo=UTC))) as acting:
        found = list(Beneficiary.objects.select_related("registration").order_by("internal_id"))
        said, plain = (known_of(acting, found, sees=sees) for sees in (True, False))
    assert [said[one.pk] for one in found] == [
        ["En emploi jusqu'au 03/04/2027"],
        ["En formation jusqu'au 03/04/2027 : entree en formation"],
        ["Absence expliquée jusqu'au 03/04/2027 : autre"],
    ]
    assert {tuple(lines) for lines in plain.values()} == {("Absence expliquée jusqu'au 03/04/2027",)}


def test_who_may_say_it_and_what(cast):
    crowd(cast, 1)
    with pytest.raises(Refused):
        explain(cast, 0, by=cast.controller)
    with pytest.raises(Invalid) as wrong:
        explain(cast, 0, kind="health", until=date(2020, 1, 1))
    assert set(wrong.value.fields) == {"kind", "until"}


def test_said_on_its_form_it_is_read_where_the_gap_shows(cast):
    open_gaps(cast, 2)
    browser = client(cast.udaf_lead)
    with tenant(actor(cast.udaf_lead)):
        first, second = RegistrationGap.objects.order_by("pk")
    address, until = f"/personnes/{first.beneficiary_id}/absence/", open_day(200)
    assert address in browser.get(f"/inscriptions/{first.pk}/").content.decode()
    refused = browser.post(address, {"kind": "training", "until": "2020-01-01"})
    assert (refused.status_code, "Choisissez une date à venir." in refused.content.decode()) == (400, True)
    assert browser.post(address, {"kind": "", "until": f"{until}"}).status_code == 400
    for far in ("2099-01-31", "9999-12-31"):
        assert "Douze mois au plus" in browser.post(address, {"kind": "training", "until": far}).content.decode()
    ill = {"kind": "other", "note": "En dépression, suivi psychiatrique"}
    assert "Le mot « dépression » ne convient pas : rien sur la santé" in browser.post(address, ill).content.decode()
    said = f"En formation jusqu&#x27;au {until:%d/%m/%Y} : CAP fictif"
    pages = (f"/inscriptions/{first.pk}/", "/inscriptions/", f"/personnes/{first.beneficiary_id}/", "/")
    assert all(said not in browser.get(page).content.decode() for page in pages)
    assert browser.post(address, {"kind": "training", "until": f"{until}", "note": "CAP fictif"}).status_code == 302
    assert all(said in browser.get(page).content.decode() for page in pages)
    assert said not in browser.get(f"/inscriptions/{second.pk}/").content.decode()


def test_the_person_of_others_is_not_there_to_explain(cast):
    open_gaps(cast, 1)
    with tenant(actor(cast.udaf_lead)):
        gap = RegistrationGap.objects.get()
    address = f"/personnes/{gap.beneficiary_id}/absence/"
    for member in (cast.charity, cast.other_officer, cast.siae_worker):
        assert client(member).post(address, {"kind": "training", "until": "2099-01-31"}).status_code == 404
    with tenant(Actor.system(cast.department.pk)):
        assert not AbsenceExplanation.objects.exists()


def test_the_list_of_gaps_costs_the_same_with_explanations(cast, django_assert_num_queries):
    open_gaps(cast, 3)
    browser = client(cast.udaf_lead)
    browser.get("/inscriptions/")
    with CaptureQueriesContext(connection) as before:
        browser.get("/inscriptions/")
    with tenant(actor(cast.udaf_lead)) as acting:
        for gap in RegistrationGap.objects.select_related("beneficiary"):
            explain_absence(acting, person=gap.beneficiary, kind="job", until=open_day(200))
    with django_assert_num_queries(len(before)):
        browser.get("/inscriptions/")
