"""A person is positioned on a session by a referral, or applies by herself; what comes of it, step by step."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from collective_actions.models import Candidacy, CandidacyLog, CandidacyState, Trainee
from collective_actions.selectors.candidacies import training_entries
from collective_actions.selectors.trainings import get_session
from collective_actions.services.candidacies.positioning import note_application, position, withdraw
from collective_actions.services.candidacies.results import RESULTS, record_result
from collective_actions.services.trainings.writing import cancel_session
from collective_actions.workflows import CANDIDACY
from hub.core.access import visible
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid, InvalidTransition, Refused
from hub.core.gate import tenant
from notifications.models import Notification
from referrals.models import AccessGrant, Beneficiary, Referral
from referrals.services.referrals import cancel_referral, decline_referral, release_answer, take_back_answer
from referrals.services.referrals.answers import HOLD
from tests.cast import actor, client
from tests.collective_actions.test_training_calendar import publish
from tests.files import bring, confirm
from tests.people import person


@pytest.fixture
def session(cast):
    """A session of a body of the network, which answers referrals."""
    return publish(cast, body_name=cast.siae.name)


@pytest.fixture
def who(cast):
    return person(cast, last_name="FICTIVE")


@pytest.fixture
def candidacy(cast, session, who):
    with tenant(actor(cast.social_worker)) as acting:
        return position(acting, session=session, person=who, informed_on=acting.today, note="Disponible le matin")


def say(cast, candidacy, result, by="siae_worker", now=None, **said):
    with tenant(actor(cast.members[by], now)) as acting:
        return record_result(acting, candidacy=Candidacy.objects.get(pk=candidacy.pk), result=result, **said)


def referral_now(cast, candidacy) -> Referral:
    with tenant(actor(cast.social_worker)):
        return Referral.objects.get(pk=candidacy.referral_id)


def told(cast, member) -> list[tuple[str, str]]:
    with tenant(actor(member)):
        rows = Notification.objects.filter(user_id=member.user_id).order_by("seq")
        return [(row.kind, row.payload.get("state", "")) for row in rows]


def test_the_body_receives_a_referral_that_names_the_session(cast, session, candidacy):
    with tenant(actor(cast.siae_worker)) as acting:
        referral = visible(acting, Referral).get()
        assert (referral.subject_id, referral.need) == (session.pk, "Formation : Agent de propreté")
        assert visible(acting, Candidacy).get().pk == candidacy.pk
    assert ("referral_sent", "sent") in told(cast, cast.siae_worker)
    page = client(cast.siae_worker).get(reverse("training_session", args=[session.pk])).text
    assert "Retenue" in page and "Non retenue" in page and "FICTIVE" in page


def test_nobody_else_sees_the_candidate(cast, session, candidacy):
    for name in ("charity", "trainer", "guardian", "network_head", "other_officer", "adviser"):
        with tenant(actor(cast.members[name])) as acting:
            assert not visible(acting, Candidacy).exists(), name
            if acting.role != "department":
                assert not Candidacy.objects.exists(), name
        answer = client(cast.members[name]).get(reverse("training_session", args=[session.pk]))
        assert "FICTIVE" not in answer.text, name
    with tenant(actor(cast.charity)) as acting, pytest.raises(DatabaseError), transaction.atomic():
        Candidacy(
            department_id=acting.department_id, beneficiary_id=candidacy.beneficiary_id, session=session, origin="self",
            organization=cast.siae, created_at=acting.now, state_at=acting.now,
        ).save()  # fmt: skip


def test_from_presented_to_completed_the_referral_follows(cast, candidacy):
    say(cast, candidacy, "present")
    assert referral_now(cast, candidacy).state == "accepted"
    say(cast, candidacy, "select")
    assert told(cast, cast.social_worker)[-1] == ("candidacy_moved", "select")
    say(cast, candidacy, "enter")
    with pytest.raises(Invalid):
        say(cast, candidacy, "complete")  # it has not begun
    referral = referral_now(cast, candidacy)
    assert (referral.state, referral.outcome) == ("completed", "training")
    with tenant(actor(cast.social_worker)) as acting:
        months_later = acting.now + timedelta(days=150)
    with tenant(actor(cast.siae_worker, months_later)) as acting:
        assert visible(acting, Beneficiary).filter(pk=candidacy.beneficiary_id).exists()  # it still teaches her
    say(cast, candidacy, "complete", now=months_later)
    assert told(cast, cast.social_worker)[-1] == ("candidacy_moved", "complete")
    with tenant(actor(cast.siae_worker, months_later + timedelta(days=31))) as acting:
        assert not visible(acting, Beneficiary).filter(pk=candidacy.beneficiary_id).exists()
    with tenant(Actor.system(cast.department.pk)) as product:  # a roster says it too: she is counted once
        entered_on = Candidacy.objects.get().entered_on
        Trainee.objects.create(
            department_id=cast.department.pk, beneficiary_id=candidacy.beneficiary_id, session_id=candidacy.session_id,
            starts_on=entered_on, created_at=product.now, updated_at=product.now,
        )  # fmt: skip
    with tenant(actor(cast.head)) as acting:
        figures = training_entries(acting, Candidacy.objects.get().entered_on.year)
    assert figures.entered == 1


def test_a_contrary_has_its_reason_and_closes_the_file_at_once(cast, candidacy):
    with pytest.raises(Invalid):
        say(cast, candidacy, "reject")
    with pytest.raises(Invalid) as refused:
        say(cast, candidacy, "miss", reason="did_not_come")
    assert "jointe" in refused.value.fields["note"]
    say(cast, candidacy, "reject", reason="prerequisites", note="Niveau 3 demandé")
    referral = referral_now(cast, candidacy)
    assert (referral.state, referral.reason) == ("declined", "not_eligible")
    with tenant(actor(cast.siae_worker)) as acting:
        assert not visible(acting, Candidacy).exists()
        assert not Candidacy.objects.exists()
        assert not AccessGrant.objects.filter(beneficiary=candidacy.beneficiary_id, ends_at=None).exists()
    page = client(cast.social_worker).get(reverse("training_session", args=[candidacy.session_id])).text
    assert "Non retenue" in page and "Prérequis non atteints" in page


def test_an_answer_taken_back_opens_the_candidacy_again(cast, candidacy):
    say(cast, candidacy, "reject", reason="no_place")
    with tenant(actor(cast.siae_worker)) as acting:
        take_back_answer(acting, referral=Referral.objects.get())
    page = client(cast.siae_worker).get(reverse("training_session", args=[candidacy.session_id])).text
    assert reverse("candidacy_result", args=[candidacy.pk, "select"]) in page
    say(cast, candidacy, "select")
    assert referral_now(cast, candidacy).state == "accepted"
    with tenant(actor(cast.social_worker)):
        one = Candidacy.objects.get()
        assert (one.state, one.reason) == ("selected", "")
        names = set(one.log.values_list("name", flat=True))
    assert names == {"position", "reject", "reopen", "select"}


def test_every_state_allows_its_steps_and_refuses_the_others(cast, candidacy):
    for state in CandidacyState.values:
        allowed = CANDIDACY.allowed_from(state)
        for name in RESULTS:
            candidacy.state = state
            if name in allowed:
                CANDIDACY.check(candidacy, name)
            else:
                with pytest.raises(InvalidTransition):
                    CANDIDACY.check(candidacy, name)
    assert set(CANDIDACY.transitions) == {*RESULTS, "withdraw", "reopen"}
    say(cast, candidacy, "select")
    with pytest.raises(InvalidTransition):
        say(cast, candidacy, "present")


def test_what_ends_on_the_page_of_the_referral_ends_the_candidacy(cast, session, candidacy):
    with tenant(actor(cast.siae_worker)) as acting:
        decline_referral(acting, referral=Referral.objects.get(), reason="no_place")
        later = acting.now + HOLD
    with tenant(Actor.system(cast.department.pk, later)) as product:
        release_answer(product, referral=Referral.objects.get())
        assert (Candidacy.objects.get().state, Candidacy.objects.get().reason) == ("not_selected", "no_place")
    with tenant(actor(cast.social_worker)) as acting:
        again = position(
            acting,
            session=session,
            person=Beneficiary.objects.get(pk=candidacy.beneficiary_id),
            informed_on=acting.today,
        )
        cancel_referral(acting, referral=again.referral, note="Elle a trouvé un emploi")
        again.refresh_from_db()
        assert again.state == "withdrawn"


def test_positioning_twice_or_on_what_will_not_take_place_is_refused(cast, session, candidacy, who):
    alone = publish(cast, "Soudure")  # taught by nobody of the network, published by the Région
    cast.region.receives_referrals = False
    cast.region.save(update_fields=["receives_referrals"])
    other = person(cast)
    with tenant(actor(cast.social_worker)) as acting:
        with pytest.raises(Conflict):
            position(acting, session=session, person=who, informed_on=acting.today)
        with pytest.raises(Invalid) as nobody:
            position(acting, session=get_session(acting, alone.pk), person=who, informed_on=acting.today)
        assert nobody.value.code == "no_receiver"
        with pytest.raises(Invalid):
            position(acting, session=session, person=other, informed_on=None)
        withdraw(acting, candidacy=candidacy, note="Projet à revoir")
        assert candidacy.referral.state == "cancelled"
        position(acting, session=session, person=who, informed_on=acting.today)
    with tenant(actor(cast.trainer)) as acting:
        cancel_session(acting, session=session)
        session.refresh_from_db()
    with tenant(actor(cast.social_worker)) as acting, pytest.raises(Conflict):
        position(acting, session=session, person=other, informed_on=acting.today)


def test_an_application_of_her_own_is_followed_by_whoever_noted_it(cast, session, who):
    with tenant(actor(cast.social_worker)) as acting:
        mine = note_application(acting, session=session, person=who)
    assert not any(kind == "referral_sent" for kind, _ in told(cast, cast.siae_worker))
    with tenant(actor(cast.siae_worker)) as acting:
        assert not visible(acting, Candidacy).exists()
    with tenant(actor(cast.charity)) as acting, pytest.raises(Refused):
        record_result(acting, candidacy=mine, result="select")
    say(cast, mine, "select", by="social_worker")
    say(cast, mine, "enter", by="officer_metz")


def test_positioning_on_screen_then_a_result_in_one_tap(cast, session, who):
    browser = client(cast.social_worker)
    url = reverse("candidacy_new", args=[session.pk])
    found = browser.get(url, {"q": "fictive"}).text
    assert f"?pour={who.pk}" in found
    form = browser.get(url, {"pour": str(who.pk)}).text
    assert f"Proposer sa candidature à {cast.siae.name}" in form
    late = browser.post(f"{url}?pour={who.pk}", {"origin": "referral"})
    assert late.status_code == 422 and "informée" in late.text
    with tenant(actor(cast.social_worker)) as acting:
        today = acting.today.isoformat()
    assert browser.post(f"{url}?pour={who.pk}", {"origin": "referral", "informed_on": today}).status_code == 302
    with tenant(actor(cast.social_worker)):
        one = Candidacy.objects.get()
    body = client(cast.siae_worker)
    assert body.post(reverse("candidacy_result", args=[one.pk, "select"])).status_code == 302
    page = body.get(reverse("training_session", args=[session.pk])).text
    assert "Entrée<span" in page
    why = body.post(reverse("candidacy_result", args=[one.pk, "stay_out"]), {"reason": "in_employment"})
    assert why.status_code == 422
    assert client(cast.charity).post(reverse("candidacy_result", args=[one.pk, "enter"])).status_code == 404
    timeline = browser.get(reverse("person", args=[who.pk])).text
    assert "Formation « Agent de propreté » : retenue" in timeline
    assert client(cast.charity).get(f"{url}?pour={who.pk}").status_code in (403, 404)


def test_the_page_of_a_session_asks_as_much_for_two_candidates_and_for_a_page(cast, session):
    browser = client(cast.social_worker)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse("training_session", args=[session.pk]))
        return len(queries)

    def add(count: int) -> None:
        for _ in range(count):
            new = person(cast)
            with tenant(actor(cast.social_worker)) as acting:
                note_application(acting, session=session, person=new)

    add(2)
    few = asked()
    add(8)
    assert asked() == few


RETURN = (
    "identifiant_webrsa;identifiant_frsa;date_entretien;motif_entretien;beneficiaire_present;beneficiaire_retenu;"
    "beneficiaire_rejete_motif;beneficiaire_rejete_motif_autre;beneficiaire_integre_action;"
    "beneficiaire_pas_integre_action_raison;beneficiaire_pas_integre_action_raison_autre;beneficiaire_termine_action;"
    "beneficaire_abandon_action_raison;beneficaire_abandon_action_raison_autre;resultat_action;resultat_action_autre"
)


def returned(cast, *said: str):
    """A return of prescriptions brought and confirmed by the body."""
    with tenant(Actor.system(cast.department.pk)):
        cast.siae_worker.functions = ["counselling", "rosters"]
        cast.siae_worker.save(update_fields=["functions"])
    content = "\n".join((RETURN, *said)).encode()
    return confirm(cast.siae_worker, bring(cast.siae_worker, "roster", content, again=True))


def test_a_return_of_prescriptions_says_the_steps_once_and_nothing_of_others(cast, candidacy, session, who):
    other = person(cast, last_name="AUTRE", internal_id="S77")
    with tenant(actor(cast.social_worker)) as acting:
        beside = position(acting, session=session, person=other, informed_on=acting.today)
    lines = (
        f"{candidacy.pk};12;03/11/2026;;O;O;;;O;;;N;3;Problème de garde, injoignable;;",
        "S77;13;03/11/2026;;O;N;2;Niveau insuffisant;;;;;;;;",
        "S78;14;;;O;O;;;;;;;;;;",
        f"{beside.pk};15;;;peut-être;;;;;;;;;;;",
    )
    job = returned(cast, *lines)
    assert (job.state, job.counts["lines"], job.counts["rejected"]) == ("applied", 4, 1)
    assert any(said.startswith("Ligne 5 (beneficiaire_present)") for said in job.warnings)

    def now() -> list[tuple[str, str]]:
        with tenant(Actor.system(cast.department.pk)):
            return list(Candidacy.objects.order_by("created_at").values_list("state", "reason"))

    assert now() == [("interrupted", "unreachable"), ("not_selected", "prerequisites")]
    assert referral_now(cast, candidacy).state == "completed"
    with tenant(Actor.system(cast.department.pk)):
        before = CandidacyLog.objects.count()
    returned(cast, *lines, "")
    with tenant(Actor.system(cast.department.pk)):
        assert CandidacyLog.objects.count() == before
    assert "Retour de prescription" in client(cast.siae_worker).get(reverse("rosters")).content.decode()


def test_a_return_moves_no_candidacy_another_body_answers_for(cast, candidacy):
    confirm(cast.trainer, bring(cast.trainer, "roster", f"{RETURN}\n{candidacy.pk};1;;;O;O;;;;;;;;;;".encode()))
    with tenant(Actor.system(cast.department.pk)):
        assert Candidacy.objects.get().state == "positioned"
