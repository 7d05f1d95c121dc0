"""What PostgreSQL must show of the small world to an actor, told again in plain Python, from the rows themselves.

Nothing here reads the policies: it is the second opinion on them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hub.core.actor import Actor

FOLLOWING = {"support", "full"}
OF_TRAINEES = ("Trainee", "FollowUpStep", "FollowUpContact", "Placement", "PlacementStep")
Rows = dict[str, list[Any]]


def granted(actor: Actor, rows: Rows, levels: set[str] | None = None) -> set[UUID]:
    """People whose file is open to the actor's organisation at this instant."""

    def open_at(grant: Any, now: datetime) -> bool:
        return grant.starts_at <= now and (grant.ends_at is None or grant.ends_at > now)

    mine = [grant for grant in rows["AccessGrant"] if grant.organization_id == actor.organization_id]
    return {g.beneficiary_id for g in mine if open_at(g, actor.now) and (levels is None or g.level in levels)}


def expected(actor: Actor, rows: Rows) -> dict[str, set[UUID]]:
    """Primary keys per model that the second lock opens."""
    wide, org = actor.role in ("department", "system"), actor.organization_id
    rows = {name: [row for row in kept if row.department_id == actor.department_id] for name, kept in rows.items()}
    any_level, following = granted(actor, rows), granted(actor, rows, FOLLOWING)
    full = granted(actor, rows, {"full"})
    followed = granted(actor, rows, FOLLOWING | {"placement"})

    def referral(r: Any) -> bool:
        party = r.sender_id == org or (r.receiver_id == org and r.state != "draft")
        shown = not r.sensitive and r.state != "draft" and (wide or r.beneficiary_id in following)
        return actor.role == "system" or party or shown

    referrals = {r.pk for r in rows["Referral"] if referral(r)}
    shown = actor.now - timedelta(days=actor.choices.get("gap_visible", 365))
    recent = [g for g in rows["RegistrationGap"] if wide or g.closed_at is None or g.closed_at >= shown]
    gaps = {g.pk for g in recent if wide or g.beneficiary_id in following}

    def appointment(a: Any) -> bool:
        hosted = org in (a.organization_id, a.co_host_id) and (wide or a.beneficiary_id in any_level)
        return actor.role == "system" or hosted or (not a.sensitive and (wide or a.beneficiary_id in following))

    def link(one: Any) -> bool:
        sent = {r.pk for r in rows["Referral"] if r.sender_id == org}
        return actor.role == "system" or one.organization_id == org or one.referral_id in sent

    def enrolment(one: Any) -> bool:
        followed = not one.sensitive and (wide or one.beneficiary_id in following)
        return actor.role == "system" or org in (one.prescriber_id, one.host_id) or followed

    def listed(one: Any) -> bool:
        beside = one.session.action.co_hosts.values_list("pk", flat=True)
        return one.state == "enrolled" and not one.sensitive and org in beside

    known = {one.pk for one in rows["Enrolment"] if enrolment(one)}
    enrolments = known | {one.pk for one in rows["Enrolment"] if listed(one)}
    links = {one.pk for one in rows["AnswerLink"] if link(one)}
    appointments = {a.pk for a in rows["Appointment"] if appointment(a)}
    of_offers = {j.pk for j in rows["ImportJob"] if j.kind == "trainings" and j.organization_id == org}
    jobs = {j.pk for j in rows["ImportJob"] if wide or j.organization_id == org}
    of_org = {name: lambda row: row.organization_id == org for name in ("AccessGrant", "FileOpening", "DeclaredLink")}
    sees = {
        "Beneficiary": lambda row: row.pk in any_level,
        "NationalNumber": lambda row: row.beneficiary_id in full,
        "SupportAssignment": lambda row: row.organization_id == org or row.beneficiary_id in following,
        "StoredFile": lambda row: row.organization_id == org,
        "ImportRow": lambda row: row.job_id in of_offers,
        "ImportChange": lambda row: False,
        "LineCorrection": lambda row: False,
        "MatchDecision": lambda row: False,
        "RegistrationList": lambda row: row.job_id in jobs,
        "GapStep": lambda row: False,
        "Campaign": lambda row: False,
        "CampaignLog": lambda row: False,
        "Summons": lambda row: row.appointment_id in appointments,
        **dict.fromkeys(
            ("Trainee", "FollowUpStep", "FollowUpContact", "Placement", "PlacementStep"),
            lambda row: row.beneficiary_id in followed,
        ),
        **of_org,
        **dict.fromkeys(
            (
                "TrackDecision",
                "AbsenceExplanation",
                "BarrierNote",
                "EngagementContract",
                "RegistrationExemption",
                "RegistrationEntry",
                "RegistrationMonth",
                "RegistrationStatus",
            ),
            lambda row: row.beneficiary_id in following,
        ),
        **dict.fromkeys(
            ("BeneficiaryEvent", "AccessGrantEvent", "TrackDecisionEvent", "SupportAssignmentEvent"), lambda row: False
        ),
    }
    found = {name: {row.pk for row in rows[name] if wide or rule(row)} for name, rule in sees.items()}

    def candidacy(one: Any) -> bool:
        received = one.receiver_id == org and one.beneficiary_id in any_level
        return wide or one.organization_id == org or received or one.beneficiary_id in following

    candidacies = {one.pk for one in rows["Candidacy"] if candidacy(one)}
    return found | {
        "Candidacy": candidacies,
        "CandidacyLog": {row.pk for row in rows["CandidacyLog"] if row.candidacy_id in candidacies},
        "Referral": referrals,
        "AnswerLink": links,
        "Enrolment": enrolments,
        "EnrolmentLog": {row.pk for row in rows["EnrolmentLog"] if row.enrolment_id in known},
        "LinkOpening": {row.pk for row in rows["LinkOpening"] if row.link_id in links},
        "Appointment": appointments,
        "AppointmentLog": {row.pk for row in rows["AppointmentLog"] if row.appointment_id in appointments},
        "Letter": {
            row.pk
            for row in rows["Letter"]
            if row.appointment_id in appointments and (wide or row.beneficiary_id in following)
        },
        "LetterBatch": {row.pk for row in rows["LetterBatch"] if row.made_by_id == actor.user_id or actor.is_system},
        "RegistrationGap": gaps,
        "ImportJob": jobs,
        "ReferralLog": {row.pk for row in rows["ReferralLog"] if row.referral_id in referrals},
        "GapGesture": {row.pk for row in rows["GapGesture"] if row.user_id == actor.user_id or actor.is_system},
        "GapView": {
            row.pk
            for row in rows["GapView"]
            if actor.is_system or (row.user_id, row.organization_id) == (actor.user_id, org)
        },
        "SavedSearch": {
            row.pk
            for row in rows["SavedSearch"]
            if actor.is_system or (row.user_id, row.organization_id) == (actor.user_id, org)
        },
        "GapLog": {row.pk for row in rows["GapLog"] if row.gap_id in gaps},
        "Notification": {row.pk for row in rows["Notification"] if row.user_id == actor.user_id or actor.is_system},
        "IdempotencyKey": {row.pk for row in rows["IdempotencyKey"] if row.user_id == actor.user_id},
    }
