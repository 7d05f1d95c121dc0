"""Lines no rule settles: the queue, side by side, what a person decides, and what is remembered of it."""

from __future__ import annotations

from datetime import date

import pytest

from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid
from hub.core.gate import tenant
from partners.models import ImportRow
from referrals.matching.suggestions import one_slip
from referrals.models import MatchDecision, RegistrationEntry, RegistrationGap, RegistrationStatus
from referrals.services.matches import decide_match, revoke_decision
from tests.cast import actor, client
from tests.files import OCTOBER, bring, confirm, undo
from tests.people import decision as track
from tests.people import person

pytestmark = pytest.mark.django_db
HEADER = "NIR;IDENTIFIANT PE;NOM;PRENOM;DATE NAISSANCE;DATE;CODE;NIR2"
EXIT_HEADER = "NIR;IDENTIFIANT PE;NOM;PRENOM;DATE NAISSANCE;DATE;CODE;MOTIF;NIR2"
LINE = ";9999999Z;FICTIF;AMELIE;12/04/1985;02/03/2026;1;"
NOVEMBER = date(2026, 11, 1)


def listed(cast, *lines, header=HEADER, month=OCTOBER):
    content = "\r\n".join([header, *lines, ""]).encode()
    return bring(cast.officer_metz, "registration", content, month=month, nature="events", again=True)


def row_of(cast, job):
    with tenant(actor(cast.officer_metz)):
        return ImportRow.objects.select_related("job").get(job=job)


def decide(cast, job, answer, beneficiary=None):
    with tenant(actor(cast.officer_metz)) as acting:
        return decide_match(
            acting, row=ImportRow.objects.select_related("job").get(job=job), answer=answer, beneficiary=beneficiary
        )


def queue(cast, member=None):
    return client(member or cast.officer_metz).get("/imports/a-rapprocher/").context["total"]


@pytest.fixture
def twins(cast):
    return person(cast), person(cast)


def test_a_decision_settles_the_line_and_the_following_months(cast, twins):
    job = listed(cast, LINE)
    assert (row_of(cast, job).verdict, queue(cast)) == ("ambiguous", 1)
    asked = f"/imports/a-rapprocher/{row_of(cast, job).pk}/"
    decide(cast, job, "person", twins[1])
    late = client(cast.officer_thionville).post(asked, {"answer": "nobody"})
    assert late.status_code == 409 and f"Déjà répondu par {cast.officer_metz.user}" in late.content.decode()
    row = row_of(cast, job)
    assert (row.verdict, row.match_rule, row.beneficiary_id) == ("matched", "decision", twins[1].pk)
    assert queue(cast) == 0
    shown = client(cast.officer_metz).get(f"/imports/{job.pk}/").content.decode().replace("&#x27;", "'")
    assert f"C'est cette personne : décision de {cast.officer_metz.user} le " in shown
    confirm(cast.officer_metz, job)
    following = row_of(cast, listed(cast, LINE.replace("02/03", "02/04"), month=NOVEMBER))
    assert (following.verdict, following.beneficiary_id) == ("matched", twins[1].pk)


def test_a_decision_is_for_one_source(cast, twins):
    decide(cast, listed(cast, LINE), "person", twins[1])
    content = "\r\n".join([HEADER, LINE, ""]).encode()
    job = bring(cast.adviser, "registration", content, month=OCTOBER, nature="events", again=True)
    assert row_of(cast, job).verdict == "ambiguous"


def test_nobody_is_remembered_and_later_is_not(cast, twins):
    job = listed(cast, LINE)
    decide(cast, job, "unsure")
    assert (row_of(cast, job).verdict, queue(cast)) == ("ambiguous", 1)
    decide(cast, job, "nobody")
    assert (row_of(cast, job).verdict, row_of(cast, job).match_rule, queue(cast)) == ("unknown", "decision", 0)
    with tenant(actor(cast.officer_metz)):
        assert MatchDecision.objects.filter(revoked_at=None).count() == 1
    assert row_of(cast, listed(cast, LINE, month=NOVEMBER)).verdict == "unknown"


def test_two_namesakes_of_a_file_are_two_people_once_somebody_says_so(cast):
    title, first, second = "Nom;Prénom;Date de naissance;ID Solis", *(f"FICTIF;Amélie;12/04/1985;S-{n}" for n in (1, 2))

    def brought(*lines, **given):
        return bring(cast.officer_metz, "people", "\r\n".join([title, *lines, ""]).encode(), **given)

    def verdicts(job):
        with tenant(actor(cast.officer_metz)):
            return list(ImportRow.objects.filter(job=job).order_by("line").values_list("verdict", flat=True))

    both = brought(first, second)
    assert verdicts(both) == ["created", "ambiguous"], "neither a double of the file, nor written twice unseen"
    confirm(cast.officer_metz, both)
    alone = brought(second)
    assert verdicts(alone) == ["ambiguous"], "her file number would have been written over"
    decide(cast, alone, "nobody")
    confirm(cast.officer_metz, alone)
    assert verdicts(brought(first, second, again=True)) == ["unchanged", "unchanged"]


def test_a_revoked_decision_asks_again(cast, twins):
    job = listed(cast, LINE)
    made = decide(cast, job, "person", twins[0])
    with tenant(actor(cast.officer_metz)) as acting:
        revoke_decision(acting, decision=made)
    assert (row_of(cast, job).verdict, queue(cast)) == ("ambiguous", 1)
    with tenant(actor(cast.officer_metz)) as acting, pytest.raises(Conflict):
        revoke_decision(acting, decision=made)


def test_after_application_the_line_s_events_apply_at_once_to_that_person_alone(cast, twins):
    other = person(cast, first_names="Zoé")
    for one in (*twins, other):
        track(cast, one)
    job = listed(cast, ";9999999Z;FICTIF;AMELIE;12/04/1985;02/10/2026;90;Absence à convocation;", header=EXIT_HEADER)
    confirm(cast.officer_metz, job)
    with tenant(Actor.system(cast.department.pk)):
        assert not RegistrationGap.objects.exists()  # an ambiguous line opens nothing
    decide(cast, job, "person", twins[0])
    with tenant(Actor.system(cast.department.pk)):
        assert RegistrationEntry.objects.get().beneficiary_id == twins[0].pk
        assert [gap.beneficiary_id for gap in RegistrationGap.objects.all()] == [twins[0].pk]
    assert row_of(cast, job).match_rule == "decision"
    with pytest.raises(Conflict):
        decide(cast, job, "person", twins[1])


def test_only_people_proposed_may_be_chosen(cast, twins):
    stranger = person(cast, first_names="Zoé")
    job = listed(cast, LINE)
    for answer, who in (("person", stranger), ("person", None), ("nobody", twins[0]), ("maybe", None)):
        with pytest.raises(Invalid):
            decide(cast, job, answer, who)


@pytest.mark.parametrize(
    "line",
    [
        LINE.replace("AMELIE", "AMELLIE"),  # close names, same date
        LINE.replace("12/04/1985", "04/12/1985"),  # day and month swapped
        LINE.replace("12/04/1985", "12/04/1986"),  # one digit
        LINE.replace("FICTIF;AMELIE", "AMELIE;FICTIF"),  # names swapped
    ],
)
def test_a_resemblance_is_only_suggested(cast, line):
    who = person(cast)
    job = listed(cast, line)
    row = row_of(cast, job)
    assert (row.verdict, row.beneficiary_id, row.data["suggestions"]) == ("unknown", None, [str(who.pk)])
    assert queue(cast) == 1
    decide(cast, job, "person", who)
    assert row_of(cast, job).verdict == "matched"


def test_who_resembles_nobody_waits_for_nobody(cast):
    person(cast, nir="2850457990123")
    for line in (LINE.replace("AMELIE", "ZOE"), LINE.replace("12/04/1985", "13/05/1985")):
        assert "suggestions" not in row_of(cast, listed(cast, line)).data
    other = f"2850457990456{LINE.replace('AMELIE', 'AMELY')}2850457990456"
    assert "suggestions" not in row_of(cast, listed(cast, other)).data  # another number is another person
    assert queue(cast) == 0
    assert not one_slip(date(1985, 4, 12), date(1985, 5, 13))


def test_two_records_side_by_side_never_show_the_number(cast):
    person(cast, nir="2850457990123")
    job = listed(cast, f"2850457990456{LINE}2850457990456")
    row = row_of(cast, job)
    shown = client(cast.officer_metz).get(f"/imports/a-rapprocher/{row.pk}/").content.decode()
    assert "Numéro de sécurité sociale" in shown
    assert "différent" in shown
    assert "285045799" not in shown
    assert row.data["nir_hash"] not in shown


def test_a_decision_through_the_page(cast, twins):
    row = row_of(cast, listed(cast, LINE))
    browser, url = client(cast.officer_metz), f"/imports/a-rapprocher/{row.pk}/"
    assert browser.post(url, {"answer": "person", "beneficiary": "zz"}).status_code == 422
    answer = browser.post(url, {"answer": "person", "beneficiary": twins[0].pk}, follow=True)
    assert "Décision enregistrée" in answer.content.decode()
    assert "Décisions en vigueur" in answer.content.decode()
    assert browser.post(url, {"answer": "nobody"}).status_code in (404, 409)
    shown = answer.context["decisions"][0]
    made, page = shown.decision, answer.content.decode().split("Décisions en vigueur")[-1]
    assert shown.name and shown.name in page and made.job.file.name in page
    assert "Décision annulée" in browser.post(f"/imports/decisions/{made.pk}/annuler/", follow=True).content.decode()
    assert queue(cast) == 1


def test_partners_see_none_of_it(cast, twins):
    row = row_of(cast, listed(cast, LINE))
    for member in (cast.adviser, cast.udaf_worker, cast.charity):
        assert client(member).get("/imports/a-rapprocher/").status_code == 403
        assert client(member).get(f"/imports/a-rapprocher/{row.pk}/").status_code in (403, 404)
    assert client(cast.other_officer).get(f"/imports/a-rapprocher/{row.pk}/").status_code == 404


def test_the_queue_makes_the_same_number_of_queries(cast, twins, django_assert_max_num_queries):
    listed(cast, *(LINE.replace("9999999Z", f"99999{n:02d}Z") for n in range(30)))
    browser = client(cast.officer_metz)
    browser.get("/imports/a-rapprocher/")
    with django_assert_max_num_queries(25):
        assert len(browser.get("/imports/a-rapprocher/").context["doubts"]) == 25


def test_an_explained_match_shows_what_was_compared(cast):
    person(cast, nir="2850457990123")
    job = listed(cast, f"2850457990123{LINE}2850457990123")
    shown = client(cast.officer_metz).get(f"/imports/{job.pk}/").content.decode()
    assert "NIR : identique ; date de naissance : 1985-04-12" in shown
    assert "285045799" not in shown


def test_what_a_late_decision_did_goes_back_with_its_list_and_is_remembered(cast, twins):
    """Who somebody is stays true when the list was the wrong one."""
    job = confirm(cast.officer_metz, listed(cast, LINE))
    decide(cast, job, "person", twins[1])
    with tenant(Actor.system(cast.department.pk)):
        assert RegistrationEntry.objects.filter(beneficiary=twins[1]).exists()
    assert undo(cast.officer_metz, job).state == "undone"
    with tenant(Actor.system(cast.department.pk)):
        assert not RegistrationEntry.objects.exists() and not RegistrationStatus.objects.exists()
    again = row_of(cast, listed(cast, LINE))
    assert (again.verdict, again.match_rule, again.beneficiary_id) == ("matched", "decision", twins[1].pk)


def test_nothing_is_decided_of_a_line_whose_list_was_taken_back(cast, twins):
    job = confirm(cast.officer_metz, listed(cast, LINE))
    undo(cast.officer_metz, job)
    assert queue(cast) == 0
    with pytest.raises(Conflict):
        decide(cast, job, "person", twins[1])
    with tenant(actor(cast.officer_metz)):
        assert not MatchDecision.objects.exists()
