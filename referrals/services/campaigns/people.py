"""Whom a campaign convenes: opened with people, people added or taken out before it is sent, a second one proposed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from hub.core.access import require, visible
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid
from hub.core.topics import touch
from partners.models import Territory, User
from referrals.models import (
    Appointment,
    AppointmentState,
    Beneficiary,
    Campaign,
    CampaignLog,
    CampaignState,
    RegistrationGap,
    Summons,
)
from referrals.services.campaigns.seats import give_seat_back
from referrals.services.letters.texts import kept_because, refused_words
from referrals.workflows import CAMPAIGN

MOST = 500  # people of one campaign
WORDS = {"name": 100, "motive": 300, "bring": 300, "contact": 120}
CANCELLED = "Cette campagne est annulée."
CONVENED = "Ces personnes sont déjà convoquées : annulez plutôt leur rendez-vous."


@transaction.atomic
def open_campaign(
    actor: Actor,
    *,
    words: Mapping[str, str],
    people: Sequence[UUID] = (),
    gaps: Sequence[UUID] = (),
    territory: Territory | None = None,
    follows: Campaign | None = None,
) -> Campaign:
    """Prepare a campaign; nobody is told of anything before it is sent.

    `words` are name, motive, bring, contact, and the `reason` why a manager keeps such words. Raises `Invalid` without
    a name, an object, or anybody visible to convene, or for a word a letter does not hold.
    """
    require(actor, "campaign.list")
    campaign = Campaign.objects.create(
        department_id=actor.department_id,
        territory=territory,
        follows=follows,
        created_by_id=actor.user_id,
        created_at=actor.now,
        **_checked(actor, words),
    )
    CAMPAIGN.record(campaign, "open", by=actor)
    if (people or gaps) and not _add(actor, campaign, people, gaps):
        raise Invalid("Personne à convoquer : ces personnes ne sont pas ou plus visibles.", code="nobody")
    return campaign


@transaction.atomic
def add_people(
    actor: Actor, *, campaign: Campaign, people: Sequence[UUID] = (), gaps: Sequence[UUID] = ()
) -> list[UUID]:
    """Add visible, living people who are not in it yet; gives those added. Raises `Conflict` once it is called off."""
    campaign = running(actor, campaign)
    added = _add(actor, campaign, people, gaps)
    touch(actor.department_id, "campaign", campaign.pk)
    return added


@transaction.atomic
def summon_gaps(
    actor: Actor, *, gaps: Sequence[UUID], campaign: Campaign | None = None, words: Mapping[str, str] | None = None
) -> Campaign:
    """The people of these gaps in a campaign being prepared, or in a new one (`words`): each keeps her gap."""
    if campaign is None:
        return open_campaign(actor, words=words or {}, gaps=gaps)
    add_people(actor, campaign=campaign, gaps=gaps)
    return campaign


@transaction.atomic
def withdraw_people(actor: Actor, *, campaign: Campaign, summonses: Iterable[UUID]) -> int:
    """Take out people who are not convened yet; their seats are free again. Gives how many.

    Raises `Conflict` when all of them are convened, or when it is called off.
    """
    campaign = running(actor, campaign)
    chosen = list(held_in(campaign).select_for_update(of=("self",)).filter(pk__in=list(summonses)))
    rows = [one for one in chosen if one.appointment_id is None]
    if chosen and not rows:
        raise Conflict(CONVENED, code="invalid_transition")
    for one in rows:
        if one.slot_id:
            give_seat_back(actor, one.slot_id)
    Summons.objects.filter(pk__in=[one.pk for one in rows]).update(slot=None, withdrawn_at=actor.now)
    touch(actor.department_id, "campaign", campaign.pk)
    return len(rows)


@transaction.atomic
def change_words(actor: Actor, *, campaign: Campaign, words: Mapping[str, str]) -> Campaign:
    """Correct the texts before it is sent. Raises `Invalid`, `Conflict`."""
    campaign = in_preparation(actor, campaign)
    checked = _checked(actor, words)
    for name, value in checked.items():
        setattr(campaign, name, value)
    campaign.save(update_fields=list(checked))
    touch(actor.department_id, "campaign", campaign.pk)
    return campaign


@transaction.atomic
def say_whom_to_call(actor: Actor, *, campaign: Campaign, contact: str) -> int:
    """Whom people may call, said or corrected once the campaign is sent: in the appointments to come about which no
    letter was written yet. Gives how many. Raises `Invalid` without a contact, `Conflict` when it is called off."""
    campaign = running(actor, campaign)
    said = " ".join(contact.split())[: WORDS["contact"]]
    if not said:
        raise Invalid(fields={"contact": "Dites qui appeler : un nom et un numéro."})
    campaign.contact = said
    campaign.save(update_fields=["contact"])
    coming = Appointment.objects.filter(summons__in=held_in(campaign), state=AppointmentState.PLANNED)
    ids = list(coming.filter(letters=None, starts_at__gt=actor.now).values_list("pk", flat=True))
    changed = Appointment.objects.filter(pk__in=ids).update(contact=said)
    touch(actor.department_id, "campaign", campaign.pk)
    return changed


@transaction.atomic
def summon_again(
    actor: Actor, *, campaign: Campaign, summonses: Iterable[UUID], words: Mapping[str, str] | None = None
) -> Campaign:
    """A second summons, proposed by a person for people she chose: a new campaign to prepare, with the same words.

    `words` are other ones: those of the first may not hold any more. Nothing leads here by itself: that somebody did
    not come never triggers anything (domain §5).
    """
    require(actor, "campaign.edit", campaign)
    chosen = held_in(campaign).filter(pk__in=list(summonses)).order_by("position")
    people = list(chosen.values_list("beneficiary", flat=True))
    if not people:
        raise Invalid("Choisissez au moins une personne à convoquer de nouveau.", code="nobody")
    said = words_again(campaign) | {name: value for name, value in (words or {}).items() if value}
    return open_campaign(actor, words=said, people=people, territory=campaign.territory, follows=campaign)


def words_again(campaign: Campaign) -> dict[str, str]:
    """The words a second summons begins with."""
    words = {name: str(getattr(campaign, name)) for name in WORDS} | {"reason": campaign.kept_because}
    return words | {"name": f"{campaign.name} (seconde convocation)"[: WORDS["name"]]}


def in_preparation(actor: Actor, campaign: Campaign) -> Campaign:
    """The campaign, locked until the end of the transaction; raises `Conflict` when it is no draft any more."""
    require(actor, "campaign.edit", campaign)
    locked = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if locked.state != CampaignState.DRAFT:
        raise Conflict(_why_no_draft(locked), code="invalid_transition")
    return locked


def _why_no_draft(campaign: Campaign) -> str:
    """Whoever comes second reads who was first, and what came of it."""
    if campaign.state != CampaignState.SENT:
        return CANCELLED
    first = CampaignLog.objects.filter(campaign=campaign, name="send").order_by("-at").first()
    who = User.objects.filter(pk=first.user_id).first() if first and first.user_id else None
    convened = held_in(campaign).exclude(appointment=None).count()
    by = f" par {who}" if who else ""
    return f"Cette campagne a déjà été envoyée{by}. Personnes convoquées : {convened}."


def running(actor: Actor, campaign: Campaign) -> Campaign:
    """The campaign, locked, in preparation or sent; raises `Conflict` when it was called off."""
    require(actor, "campaign.edit", campaign)
    locked = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if locked.state == CampaignState.CANCELLED:
        raise Conflict(CANCELLED, code="invalid_transition")
    return locked


def held_in(campaign: Campaign) -> Any:
    """The people of a campaign, those taken out aside."""
    return Summons.objects.filter(campaign=campaign, withdrawn_at=None)


def _add(actor: Actor, campaign: Campaign, people: Sequence[UUID], gaps: Sequence[UUID]) -> list[UUID]:
    about = dict(visible(actor, RegistrationGap).filter(pk__in=gaps).values_list("beneficiary", "pk")) if gaps else {}
    asked = list(dict.fromkeys([*people, *about]))
    found = set(visible(actor, Beneficiary).filter(pk__in=asked, died_on=None).values_list("pk", flat=True))
    known = {one.beneficiary_id: one for one in Summons.objects.filter(campaign=campaign)}
    back = [one for pk, one in known.items() if pk in found and one.withdrawn_at]
    new = [pk for pk in asked if pk in found and pk not in known]
    if held_in(campaign).count() + len(new) + len(back) > MOST:
        raise Invalid(f"Une campagne convoque {MOST} personnes au plus : faites-en une seconde.", code="too_many")
    after = held_in(campaign).aggregate(last=Max("position"))["last"] or 0
    Summons.objects.filter(pk__in=[one.pk for one in back]).update(withdrawn_at=None)
    Summons.objects.bulk_create(
        Summons(
            department_id=actor.department_id,
            campaign=campaign,
            beneficiary_id=pk,
            gap_id=about.get(pk),
            position=after + rank,
            added_at=actor.now,
        )
        for rank, pk in enumerate(new, 1)
    )
    return [*new, *(one.beneficiary_id for one in back)]


def _checked(actor: Actor, words: Mapping[str, str]) -> dict[str, str]:
    given = {name: " ".join(words.get(name, "").split())[:size] for name, size in WORDS.items()}
    needed = {"name": "Donnez un nom à la campagne.", "motive": "Dites pourquoi : la personne le lira."}
    missing = {name: sentence for name, sentence in needed.items() if not given[name]}
    problems = missing | refused_words(actor, words)
    if problems:
        raise Invalid(" ".join(problems.values()), fields=problems)
    return given | {"kept_because": kept_because(words)}
