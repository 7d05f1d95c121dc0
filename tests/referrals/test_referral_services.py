"""The closed loop of a referral through its services (domain: referrals)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hub.core.access import visible
from hub.core.actor import Actor
from hub.core.errors import Confirmation, Conflict, Invalid, InvalidTransition, Refused
from hub.core.gate import tenant
from partners.services.directory.writing import create_service
from referrals.forms.referrals import REASONS
from referrals.models import AccessGrant, Beneficiary, Referral, ReferralLog, SupportAssignment
from referrals.selectors.journal import journal
from referrals.services import referrals as services
from referrals.services.pathways import void_decision
from referrals.workflows import NATURES, REFERRAL
from tests.cast import actor
from tests.people import decision, person, referral, reread

pytestmark = pytest.mark.django_db


def sees(member, who) -> bool:
    with tenant(actor(member)) as acting:
        return visible(acting, Beneficiary).filter(pk=who.pk).exists()


def test_sending_opens_the_card_to_the_receiver_and_to_nobody_else(cast):
    who = person(cast)
    assert not sees(cast.siae_worker, who)
    sent = referral(cast, who)
    assert sent.state == "sent"
    assert sees(cast.siae_worker, who)
    assert not sees(cast.charity, who)
    assert not sees(cast.other_officer, who)


@pytest.mark.parametrize(
    ("days_ago", "said"), [(None, "Indiquez quand"), (-1, "dans le futur"), (367, "plus d'un an"), (365, "")]
)
def test_the_person_was_told_within_a_year(cast, days_ago, said):
    who = person(cast)
    with tenant(actor(cast.social_worker)) as acting:
        told = None if days_ago is None else acting.today - timedelta(days=days_ago)
        given = {"person": who, "receiver": cast.siae, "need": "Un emploi", "informed_on": told}
        if not said:
            assert services.send_referral(acting, **given).state == "sent"
            return
        with pytest.raises(Invalid) as refused:
            services.send_referral(acting, **given)
    assert said in refused.value.fields["informed_on"]
    assert (refused.value.code == "information_record_missing") == (told is None)


def test_accept_then_complete_closes_the_loop(cast):
    sent = referral(cast, person(cast))
    with tenant(actor(cast.siae_worker)) as acting:
        services.accept_referral(acting, referral=sent, note="Bienvenue")
        services.start_referral(acting, referral=sent)
        services.complete_referral(acting, referral=sent, outcome="iae_entry")
    with tenant(actor(cast.social_worker)) as acting:
        services.acknowledge_outcome(acting, referral=sent)
        names = list(ReferralLog.objects.filter(referral=sent).values_list("name", flat=True))
    assert sent.state == "completed"
    assert sent.closed_loop_at is not None
    assert set(names) == {"send", "accept", "start", "complete", "acknowledge_outcome"}
    assert sees(cast.siae_worker, sent.beneficiary)  # for 30 days more


def test_access_ends_at_once_after_a_refusal(cast):
    sent = referral(cast, person(cast))
    with tenant(actor(cast.siae_worker)) as acting:
        services.decline_referral(acting, referral=sent, reason="no_place")
    assert not sees(cast.siae_worker, sent.beneficiary)
    with tenant(actor(cast.siae_worker)) as acting:
        assert AccessGrant.objects.filter(beneficiary=sent.beneficiary, ends_at=None).count() == 0


def test_reason_of_the_person_needs_how_she_was_met(cast):
    sent = referral(cast, person(cast))
    with tenant(actor(cast.siae_worker)) as acting, pytest.raises(Invalid) as refused:
        services.decline_referral(acting, referral=sent, reason="unreachable")
    assert "met_how" in refused.value.fields


def test_an_answer_is_taken_back_within_twenty_seconds_and_nobody_is_told(cast):
    sent = referral(cast, person(cast))
    with tenant(actor(cast.siae_worker)) as acting:
        services.decline_referral(acting, referral=sent, reason="no_place")
        services.take_back_answer(acting, referral=sent)
    assert reread(cast, sent).state == "sent"
    assert sees(cast.siae_worker, sent.beneficiary)
    later = Actor.system(cast.department.pk, sent.sent_at + timedelta(minutes=5))
    with tenant(later) as acting:
        services.release_answer(acting, referral=sent)
        assert Referral.objects.get(pk=sent.pk).told_at is None


def test_the_record_opens_while_an_answer_is_being_taken_back(cast):
    """The sender's page read the veiled referral; the receiver takes the answer back before its log is read."""
    sent = referral(cast, person(cast))
    with tenant(actor(cast.siae_worker)) as acting:
        services.accept_referral(acting, referral=sent)
    with tenant(actor(cast.social_worker)):
        veiled = reread_inside(sent)
    with tenant(actor(cast.siae_worker)) as acting:
        services.take_back_answer(acting, referral=sent)
    with tenant(actor(cast.social_worker)) as acting:
        assert journal(acting, veiled, private=False)


def test_a_told_answer_is_corrected_within_one_open_day_unless_acted_upon(cast):
    sent = referral(cast, person(cast))
    with tenant(actor(cast.siae_worker)) as acting:
        services.decline_referral(acting, referral=sent, reason="no_place")
    minute_later = actor(cast.siae_worker, sent.sent_at + timedelta(minutes=2))
    with tenant(Actor.system(cast.department.pk, minute_later.now)) as acting:
        services.release_answer(acting, referral=sent)
        assert Referral.objects.get(pk=sent.pk).told_at is not None
    with tenant(minute_later) as acting:
        services.take_back_answer(acting, referral=sent)
    assert reread(cast, sent).state == "sent"
    with tenant(minute_later) as acting:
        services.decline_referral(acting, referral=reread_inside(sent), reason="no_place")
    with tenant(actor(cast.social_worker, minute_later.now)) as acting:
        services.acknowledge_outcome(acting, referral=reread_inside(sent))
    with tenant(actor(cast.siae_worker, sent.sent_at + timedelta(minutes=9))) as acting, pytest.raises(Conflict):
        services.take_back_answer(acting, referral=sent)


def reread_inside(row):
    return type(row).objects.get(pk=row.pk)


def test_two_answers_one_winner_and_the_loser_sees_the_present_state(cast):
    sent = referral(cast, person(cast))
    with tenant(actor(cast.siae_worker)) as acting:
        stale = reread_inside(sent)
        services.accept_referral(acting, referral=sent)
        with pytest.raises(InvalidTransition) as refused:
            services.decline_referral(acting, referral=stale, reason="no_place")
    assert refused.value.state == "accepted"
    assert reread(cast, sent).state == "accepted"


def test_a_designation_is_acknowledged_never_declined(cast):
    who = person(cast)
    decision(cast, who)
    with tenant(actor(cast.udaf_lead)) as acting:
        designation = visible(acting, Referral).get(beneficiary=who)
        assert designation.nature == "designation"
        with pytest.raises(InvalidTransition):
            services.decline_referral(acting, referral=designation, reason="no_place")
        services.acknowledge_referral(acting, referral=designation)
        assert designation.state == "accepted"
        assert designation.get_state_display() == "Prise en compte"
        referent = SupportAssignment.objects.get(beneficiary=who, ends_on=None)
    assert referent.organization_id == cast.udaf.pk


def test_a_contested_designation_keeps_the_referent_until_the_departement_decides(cast):
    who = person(cast)
    decision(cast, who)
    with tenant(actor(cast.udaf_lead)) as acting:
        designation = visible(acting, Referral).get(beneficiary=who)
        services.contest_referral(acting, referral=designation, reason="capacity")
        assert SupportAssignment.objects.get(beneficiary=who, ends_on=None).organization_id == cast.udaf.pk
    with tenant(actor(cast.social_worker)) as acting:
        services.maintain_designation(acting, referral=reread_inside(designation))
    assert reread(cast, designation).state == "sent"


def test_redirect_gives_no_access_before_confirmation(cast):
    sent = referral(cast, person(cast))
    with tenant(actor(cast.siae_worker)) as acting:
        services.propose_redirect(acting, referral=sent, to=cast.association, note="Mieux placée")
    assert reread(cast, sent).state == "sent"
    assert not sees(cast.charity, sent.beneficiary)
    with tenant(actor(cast.social_worker)) as acting:
        new = services.confirm_redirect(acting, referral=reread_inside(sent))
    assert reread(cast, sent).state == "redirected"
    assert new.previous_id == sent.pk
    assert new.first_sent_at == sent.sent_at
    assert sees(cast.charity, sent.beneficiary)
    assert not sees(cast.siae_worker, sent.beneficiary)


def test_a_duplicate_is_shown_and_confirmed_with_a_reason(cast):
    who = person(cast)
    referral(cast, who)
    with tenant(actor(cast.social_worker)) as acting:
        with pytest.raises(Confirmation) as shown:
            services.send_referral(acting, person=who, receiver=cast.siae, need="Encore", informed_on=acting.today)
        assert shown.value.code == "duplicate_referral"
        again = services.send_referral(
            acting, person=who, receiver=cast.siae, need="Encore", informed_on=acting.today,
            duplicate_reason="Autre poste",
        )  # fmt: skip
    assert again.state == "sent"


def test_a_sensitive_referral_is_known_to_its_two_parties_only(cast):
    with tenant(actor(cast.admin)):
        service = create_service(
            Actor.system(cast.department.pk), organization=cast.association, name="Écoute", themes=["sante--addictions"]
        )
    assert service.sensitive
    who = person(cast)
    decision(cast, who)
    sent = referral(cast, who, to=cast.association, by=cast.udaf_lead, service=service)

    def known_to(member):
        with tenant(actor(member)) as acting:
            return visible(acting, Referral).filter(pk=sent.pk).exists()

    assert known_to(cast.udaf_lead)
    assert known_to(cast.charity)
    assert not known_to(cast.social_worker)
    assert not known_to(cast.head)


def test_only_the_receiver_answers_and_only_the_sender_cancels(cast):
    sent = referral(cast, person(cast))
    with tenant(actor(cast.social_worker)) as acting, pytest.raises(Refused):
        services.accept_referral(acting, referral=sent)
    with tenant(actor(cast.siae_worker)) as acting, pytest.raises(Refused):
        services.cancel_referral(acting, referral=sent, note="Non")


def test_clocks_count_open_days_of_the_receiver(cast):
    sent = referral(cast, person(cast), now=datetime(2026, 12, 23, 9, tzinfo=UTC))  # Wednesday before Christmas
    assert (sent.due_on.isoformat(), sent.late_on.isoformat()) == ("2026-12-28", "2026-12-31")


def test_voiding_a_decision_withdraws_its_designation_and_access(cast):
    who = person(cast)
    decided = decision(cast, who)
    assert sees(cast.udaf_lead, who)
    with tenant(actor(cast.social_worker)) as acting:
        void_decision(acting, decision=decided, reason="Erreur de saisie")
    assert not sees(cast.udaf_lead, who)
    with tenant(actor(cast.head)) as acting:
        assert visible(acting, Referral).get(beneficiary=who).state == "entered_in_error"


@pytest.mark.parametrize("nature", ["proposal", "designation"])
@pytest.mark.parametrize("state", Referral._meta.get_field("state").choices)
def test_every_state_and_transition_works_or_is_refused(cast, nature, state):
    """The table is the only truth: what it does not allow raises and changes nothing."""
    for name, transition in REFERRAL.transitions.items():
        subject = Referral(nature=nature, state=state[0])
        allowed = state[0] in transition.sources and nature in NATURES.get(name, ("proposal", "designation"))
        if allowed:
            REFERRAL.check(subject, name)
        else:
            with pytest.raises(InvalidTransition):
                REFERRAL.check(subject, name)


def test_a_redirection_keeps_the_delay_of_the_first_sending(cast):
    long_ago = datetime.now(UTC) - timedelta(days=10)
    sent = referral(cast, person(cast), now=long_ago)
    with tenant(actor(cast.siae_worker)) as acting:
        services.propose_redirect(acting, referral=sent, to=cast.association)
    with tenant(actor(cast.social_worker)) as acting:
        new = services.confirm_redirect(acting, referral=Referral.objects.get(pk=sent.pk))
    assert (new.due_on, new.late_on) == (sent.due_on, sent.late_on)


def test_every_reason_reads_apart_from_the_others():
    said = [label for _, group in REASONS[1:] for _, label in group]
    assert len(said) == len(set(said)) > 15
