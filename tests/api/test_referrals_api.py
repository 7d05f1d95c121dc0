"""The closed loop by machine: every gesture, and 409 with the present state for the impossible ones."""

from __future__ import annotations

from uuid import uuid4

from hub.core.access import visible
from hub.core.actor import Actor
from hub.core.gate import tenant
from partners.services.directory.writing import create_service
from referrals.api.referrals import MOVES
from referrals.models import Referral
from tests.api.test_doors import is_problem
from tests.cast import actor
from tests.people import decision, open_day, person, referral, reread

SENDER, RECEIVER = "social_worker", "siae_worker"
LIFE = [  # who, gesture, body, state after
    (RECEIVER, "seen", {}, "sent"),
    (RECEIVER, "waitlist", {"rank": 3}, "waitlisted"),
    (RECEIVER, "accept", {"note": "Oui"}, "accepted"),
    (RECEIVER, "appointment", {"on": f"{open_day()}"}, "accepted"),
    (RECEIVER, "start", {}, "in_progress"),
    (RECEIVER, "pause", {"review_on": "2099-01-04", "note": "Congés"}, "paused"),
    (RECEIVER, "resume", {}, "in_progress"),
    (RECEIVER, "complete", {"outcome": "job_long"}, "completed"),
    (SENDER, "acknowledge-outcome", {}, "completed"),
]
BODIES = {
    "contest": {"reason": "capacity"},
    "waitlist": {"rank": 1},
    "decline": {"reason": "no_place"},
    "fail": {"reason": "no_place"},
    "appointment": {"on": f"{open_day()}"},
    "pause": {"review_on": "2099-01-04", "note": "Congés"},
    "complete": {"outcome": "other"},
    "cancel": {"note": "Erreur"},
}


def draft_of(cast, who, **more):
    return {
        "beneficiary": str(who.pk),
        "receiver": str(cast.siae.pk),
        "need": "Un emploi",
        "informed_on": "2026-07-01",
    } | more


def test_a_proposal_from_draft_to_outcome(cast, machine):
    callers = {SENDER: machine(cast.social_worker), RECEIVER: machine(cast.siae_worker)}
    made = callers[SENDER].post("referrals/", draft_of(cast, person(cast)))
    assert made.status_code == 201 and made.json()["state"] == "draft", made.content
    address = f"referrals/{made.json()['id']}/"
    is_problem(callers[RECEIVER].get(address), 404)
    sent = callers[SENDER].post(f"{address}send/").json()
    assert sent["state"] == "sent" and sent["person"]["last_name"] == "FICTIF"
    assert "accept" in callers[RECEIVER].get(address).json()["actions"]
    for who, gesture, body, state in LIFE:
        answer = callers[who].post(f"{address}{gesture}/", body)
        assert answer.status_code == 200, (gesture, answer.content)
        assert answer.json()["state"] == state, gesture
    assert callers[SENDER].get(address).json()["closed_loop_at"]


def test_a_designation_cannot_be_declined(cast, machine):
    who = person(cast)
    decision(cast, who)
    caller = machine(cast.udaf_lead)
    (row,) = caller.get("referrals/", box="received").json()["results"]
    assert row["nature"] == "designation"
    for gesture in ("decline", "waitlist", "accept"):
        refused = caller.post(f"referrals/{row['id']}/{gesture}/", BODIES.get(gesture))
        assert is_problem(refused, 409, "invalid_transition")["state"] == "sent"
    assert is_problem(caller.post(f"referrals/{row['id']}/decline/"), 409)["state"] == "sent"
    assert caller.post(f"referrals/{row['id']}/acknowledge/").json()["state_label"] == "Prise en compte"
    contested = caller.post(f"referrals/{row['id']}/contest/", BODIES["contest"])
    assert contested.json()["state"] == "contested"
    maintained = machine(cast.social_worker).post(f"referrals/{row['id']}/maintain/", {"note": "Nous maintenons"})
    assert maintained.json()["state"] == "sent"


def test_every_gesture_on_a_finished_referral_is_refused_and_changes_nothing(cast, machine):
    one = referral(cast, person(cast))
    callers = [machine(cast.siae_worker), machine(cast.social_worker)]
    assert callers[0].post(f"referrals/{one.pk}/accept/").status_code == 200
    assert callers[0].post(f"referrals/{one.pk}/complete/", {"outcome": "other"}).status_code == 200
    for name in [move.name for move in MOVES if move.name not in ("acknowledge-outcome", "seen", "take-back")]:
        body = {"to": str(cast.association.pk)} if name == "propose-redirect" else BODIES.get(name)
        answers = [caller.post(f"referrals/{one.pk}/{name}/", body) for caller in callers]
        assert {answer.status_code for answer in answers} <= {403, 409}, name
        (refused,) = [answer for answer in answers if answer.status_code == 409] or [None]
        if refused:
            assert is_problem(refused, 409)["state"] == "completed"
        assert reread(cast, one).state == "completed"


def test_unknown_gestures_are_unknown_addresses(cast, machine):
    one = referral(cast, person(cast))
    caller = machine(cast.siae_worker)
    is_problem(caller.post(f"referrals/{one.pk}/explode/"), 404, "not_found")
    is_problem(caller.post(f"referrals/{uuid4()}/explode/"), 404, "not_found")
    is_problem(caller.get(f"referrals/{one.pk}/accept/"), 405)


def test_a_refusal_closes_the_file_and_is_taken_back_within_twenty_seconds(cast, machine):
    one = referral(cast, person(cast))
    receiver, sender = machine(cast.siae_worker), machine(cast.social_worker)
    incomplete = is_problem(receiver.post(f"referrals/{one.pk}/decline/", {"reason": "unreachable"}), 400)
    assert "met_how" in incomplete["fields"]
    declined = receiver.post(f"referrals/{one.pk}/decline/", {"reason": "no_place"}).json()
    assert (declined["state"], declined["person"]) == ("declined", None)
    is_problem(receiver.get(f"beneficiaries/{one.beneficiary_id}/"), 404)
    assert sender.get(f"referrals/{one.pk}/").json()["state"] == "sent"  # not told before twenty seconds
    back = receiver.post(f"referrals/{one.pk}/take-back/").json()
    assert (back["state"], back["person"]["last_name"]) == ("sent", "FICTIF")
    assert is_problem(receiver.post(f"referrals/{one.pk}/take-back/"), 409, "too_late")["state"] == "sent"


def test_a_redirection_is_proposed_then_confirmed(cast, machine):
    one = referral(cast, person(cast))
    receiver, sender = machine(cast.siae_worker), machine(cast.social_worker)
    assert is_problem(sender.post(f"referrals/{one.pk}/refuse-redirect/"), 409, "no_redirect")["state"] == "sent"
    proposed = receiver.post(f"referrals/{one.pk}/propose-redirect/", {"to": str(cast.association.pk)}).json()
    assert proposed["redirect_to"]["name"] == "Épicerie Fictive"
    is_problem(receiver.post(f"referrals/{one.pk}/confirm-redirect/"), 403)
    new = sender.post(f"referrals/{one.pk}/confirm-redirect/")
    assert new.status_code == 201, new.content
    assert new.json()["previous_id"] == str(one.pk)
    assert reread(cast, one).state == "redirected"


def test_a_duplicate_asks_for_a_reason(cast, machine):
    who = person(cast)
    referral(cast, who)
    caller = machine(cast.social_worker)
    is_problem(caller.post("referrals/", draft_of(cast, who, send=True)), 409, "duplicate_referral")
    again = caller.post("referrals/", draft_of(cast, who, send=True, duplicate_reason="Autre poste"))
    assert again.json()["state"] == "sent"
    missing = caller.post("referrals/", draft_of(cast, who, send=True, informed_on=None, duplicate_reason="x"))
    is_problem(missing, 400, "information_record_missing")


def test_boxes_and_strangers(cast, machine):
    one = referral(cast, person(cast))
    receiver, sender = machine(cast.siae_worker), machine(cast.social_worker)

    def counts(caller):
        return [caller.get("referrals/", box=box).json()["count"] for box in ("received", "sent", "late")]

    assert counts(receiver) == [1, 0, 0]
    assert counts(sender) == [0, 1, 0]
    assert receiver.get("referrals/", state="accepted").json()["count"] == 0
    assert receiver.get("referrals/", box="received", state="sent").json()["results"][0]["id"] == str(one.pk)
    is_problem(receiver.get("referrals/", state="explodée"), 400)
    stranger = machine(cast.charity)
    assert stranger.get("referrals/").json()["count"] == 0
    for move in MOVES:
        is_problem(stranger.post(f"referrals/{one.pk}/{move.name}/", BODIES.get(move.name)), 404, "not_found")


def test_a_sensitive_referral_is_known_to_two_parties_only(cast, machine):
    theme = "sante--addictions"
    service = create_service(
        Actor.system(cast.department.pk), organization=cast.association, name="Écoute", themes=[theme]
    )
    who = person(cast)
    decision(cast, who)
    one = referral(cast, who, to=cast.association, by=cast.udaf_lead, service=service)
    assert machine(cast.charity).get(f"referrals/{one.pk}/").json()["sensitive"] is True
    for name in ("head", "social_worker", "officer_metz"):
        caller = machine(getattr(cast, name))
        is_problem(caller.get(f"referrals/{one.pk}/"), 404, "not_found")
        assert str(one.pk) not in caller.get("referrals/", beneficiary=str(who.pk)).content.decode()


def test_reasons_of_the_person_stay_between_the_parties_and_the_referent(cast, machine):
    who = person(cast)
    decision(cast, who)
    one = referral(cast, who, by=cast.udaf_lead)
    body = {"reason": "not_interested", "met_how": "Entretien du 3 mars"}
    assert machine(cast.siae_worker).post(f"referrals/{one.pk}/decline/", body).status_code == 200
    with tenant(Actor.system(cast.department.pk)):
        Referral.objects.filter(pk=one.pk).update(held_until=None)
    assert machine(cast.udaf_lead).get(f"referrals/{one.pk}/").json()["reason"] == "not_interested"
    third = machine(cast.head).get(f"referrals/{one.pk}/").json()
    assert (third["state"], third["reason"], third["met_how"]) == ("declined", "", "")


def test_only_parties_act(cast, machine):
    one = referral(cast, person(cast))
    is_problem(machine(cast.social_worker).post(f"referrals/{one.pk}/accept/"), 403, "refused")
    is_problem(machine(cast.siae_worker).post(f"referrals/{one.pk}/cancel/", {"note": "Non"}), 403, "refused")
    is_problem(machine(cast.controller).get("referrals/"), 403)
    with tenant(actor(cast.siae_worker)) as acting:
        assert visible(acting, Referral).count() == 1
