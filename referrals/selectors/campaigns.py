"""Campaigns as their screens show them: the list, one campaign with its counts, its people, its slots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Value, When

from hub.core.access import can, get_visible, visible
from hub.core.actor import PARIS, Actor
from hub.core.identifiers import spoken_phone
from hub.core.pages import Page, paginate
from referrals.channels import not_written, why_not_written
from referrals.models import (
    Appointment,
    AppointmentKind,
    AppointmentState,
    Beneficiary,
    Campaign,
    CampaignState,
    Letter,
    Slot,
    Summons,
)
from referrals.selectors.known import CLOSED, known_people
from referrals.services.campaigns.people import MOST
from referrals.services.campaigns.slots import first_moment

PAGE_SIZE = 50
CAMPAIGNS = 100
STILL_TO_OFFER = timedelta(days=30)  # after an excuse, another date is called for
ORDER = ("position", "id")
JOINED = ("slot", "appointment", "gap")
SEATS = ("organization", "team", "co_host", "commune")
BY_STAGE = ("stage",)
# Where a person of a campaign stands: label, tone, icon. Never red, and no count per person.
STAGES: dict[str, tuple[str, str, str]] = {
    "no_seat": ("Sans créneau", "warning", "calendar-x"),
    "seated": ("Créneau proposé", "info", "calendar"),
    "to_convene": ("À convoquer", "warning", "send"),
    "otherwise": ("À joindre autrement", "warning", "phone"),
    "convened": ("Convoquée", "info", "mail"),
    "moved": ("Date déplacée", "info", "calendar-clock"),
    "to_tell": ("Issue à noter", "warning", "pencil"),
    "held": ("Venue", "success", "user-check"),
    "excused": ("Excusée", "neutral", "message-circle"),
    "not_held": ("N'a pas eu lieu", "neutral", "circle"),
    "cancelled": ("Annulée", "neutral", "ban"),
    "past": ("Passée", "neutral", "calendar"),
}
# The next gesture on one person; "" when there is none.
ACTIONS = {
    "no_seat": "Placer", "seated": "Changer", "convened": "Déplacer", "moved": "Déplacer", "to_convene": "Convoquer",
    "otherwise": "Prévenir", "excused": "Autre date", "cancelled": "Autre date",
}  # fmt: skip
# For whom what came of it is not: only that the day has passed.
VEILED = dict.fromkeys(("to_tell", "held", "excused", "not_held"), "past")
CSV_HEADER = (
    "Personne", "Téléphone", "Consignes de contact", "Commune", "Date", "Lieu", "État", "Pas de courrier",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SummonsLine:
    """One person of a campaign; nothing but her place when her file is closed to the reader."""

    summons: Summons
    name: str
    person: Beneficiary | None
    stage: str
    not_written: str

    @property
    def label(self) -> str:
        return STAGES[self.stage][0]

    @property
    def tone(self) -> str:
        return STAGES[self.stage][1]

    @property
    def icon(self) -> str:
        return STAGES[self.stage][2]

    @property
    def action(self) -> str:
        """The next gesture on this person: the label of its button."""
        return ACTIONS.get(self.stage, "")

    @property
    def when(self) -> Appointment | Slot | None:
        """Her appointment, or the slot she is about to get."""
        return self.summons.appointment or self.summons.slot

    @property
    def phone(self) -> str:
        """A number one may call; '' when she must not be called."""
        return self.person.phone if self.person and not self.person.do_not_call else ""

    @property
    def care(self) -> str:
        """What to respect before any contact."""
        one = self.person
        if one is None:
            return ""
        said = [
            "ne pas appeler" if one.do_not_call else "",
            "ne pas écrire" if one.do_not_write else "",
            "adresse confidentielle" if one.confidential_address else "",
            f"passer par {one.contact_through}" if one.contact_through else "",
        ]
        return " · ".join(filter(None, said))


@dataclass(frozen=True, slots=True)
class Stage:
    """How many people stand here."""

    key: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class CampaignRecord:
    """Everything the page of one campaign shows."""

    campaign: Campaign
    stages: list[Stage]
    total: int
    slots: list[Slot]
    page: Page[Summons]
    lines: list[SummonsLine]
    shown: int
    follows: bool
    room: int  # seats of its slots one may still give

    def count(self, *keys: str) -> int:
        """People at any of these stages."""
        return sum(one.count for one in self.stages if one.key in keys)

    @property
    def seated(self) -> int:
        return self.count("seated")

    @property
    def without(self) -> int:
        return self.count("no_seat")

    @property
    def ready(self) -> int:
        """Those of a campaign already sent who got a seat since."""
        return self.count("to_convene")

    @property
    def otherwise(self) -> int:
        return self.count("otherwise")

    @property
    def nobody_to_call(self) -> bool:
        """Would letters lack whom to call (its contact, else the phone of who receives), and so not be written?"""
        return not self.campaign.contact and any(not slot.organization.phone for slot in self.slots)

    @property
    def waits(self) -> bool:
        """Is somebody of a campaign already sent not convened yet?"""
        return self.campaign.state == CampaignState.SENT and bool(self.without or self.ready or self.otherwise)


def campaign_list(actor: Actor) -> list[Campaign]:
    """The latest ones, with `people` and `convened` counted."""
    kept = Q(summonses__withdrawn_at=None)
    rows = visible(actor, Campaign).select_related("territory", "created_by")
    counted = rows.annotate(
        people=Count("summonses", filter=kept),
        convened=Count("summonses", filter=kept & Q(summonses__appointment__isnull=False)),
    )
    return list(counted.order_by("-created_at", "id")[:CAMPAIGNS])


def get_campaign(actor: Actor, pk: UUID) -> Campaign:
    """A visible campaign; raises `NotVisible`."""
    return get_visible(actor, Campaign, pk, "territory", "created_by", "follows")


def campaign_record(
    actor: Actor, pk: UUID, *, stage: str = "", slot: UUID | None = None, after: str = ""
) -> CampaignRecord:
    """One campaign; raises `NotVisible`, `Invalid` for a cursor that is not one."""
    campaign = get_campaign(actor, pk)
    follows = can(actor, "campaign.follow", campaign)
    rows = staged(actor, campaign, follows=follows)
    counted = dict(rows.order_by().values_list(*BY_STAGE).annotate(n=Count("pk")))
    found = _narrowed(rows, stage, slot)
    page = paginate(found.select_related(*JOINED), order=ORDER, after=after, size=PAGE_SIZE)
    slots, first = slots_of_campaign(campaign), first_moment(actor)
    return CampaignRecord(
        campaign=campaign,
        stages=[Stage(key, label, counted[key]) for key, (label, *_) in STAGES.items() if counted.get(key)],
        total=sum(counted.values()),
        slots=slots,
        page=page,
        lines=summons_lines(actor, page.rows),
        shown=found.count() if stage or slot else sum(counted.values()),
        follows=follows,
        room=sum(slot.free for slot in slots if slot.starts_at >= first),
    )


def staged(actor: Actor, campaign: Campaign, *, follows: bool) -> QuerySet[Summons]:
    """The people of a campaign with `stage`, veiled for whoever may not know what came of it."""
    planned = Q(appointment__state=AppointmentState.PLANNED)
    met = [(name, Q(appointment__state=name)) for name in ("held", "excused", "not_held", "cancelled")]
    whens = [
        When(appointment=None, slot=None, then=Value("no_seat")),
        When(appointment=None, campaign__state=CampaignState.DRAFT, then=Value("seated")),
        When(not_written("beneficiary__"), appointment=None, then=Value("otherwise")),
        When(appointment=None, then=Value("to_convene")),
        *(When(condition, then=Value(name if follows else VEILED.get(name, name))) for name, condition in met),
        When(planned & Q(appointment__starts_at__lte=actor.now), then=Value("to_tell" if follows else "past")),
        When(planned & Q(moved_at__isnull=False), then=Value("moved")),
    ]
    stage = Case(*whens, default=Value("convened"), output_field=CharField())
    return visible(actor, Summons).filter(campaign=campaign).annotate(stage=stage)


def summons_lines(actor: Actor, summonses: Iterable[Summons]) -> list[SummonsLine]:
    """Rows of a page (people in two queries); `stage` must be annotated."""
    rows = list(summonses)
    known = known_people(actor, {one.beneficiary_id for one in rows})
    lines = []
    for one in rows:
        found = known.get(one.beneficiary_id)
        person = found.person if found else None
        name = found.name if found else CLOSED
        stage = str(vars(one)["stage"])
        lines.append(SummonsLine(one, name, person, stage, why_not_written(person) if person else ""))
    return lines


def get_summons(actor: Actor, pk: UUID) -> Summons:
    """A summons of a visible campaign; raises `NotVisible`."""
    return get_visible(actor, Summons, pk, *JOINED, "campaign")


def summons_line(actor: Actor, pk: UUID) -> SummonsLine:
    """One person of a campaign; raises `NotVisible`."""
    one = get_summons(actor, pk)
    rows = staged(actor, one.campaign, follows=can(actor, "campaign.follow", one.campaign))
    return summons_lines(actor, rows.filter(pk=pk).select_related(*JOINED, "campaign"))[0]


def slots_of_campaign(campaign: Campaign) -> list[Slot]:
    """The slots a campaign uses, with `mine`: the seats its own people hold."""
    kept = Q(summonses__campaign=campaign, summonses__withdrawn_at=None)
    rows = Slot.objects.filter(Q(campaigns=campaign) | kept).select_related(
        "organization", "team", "co_host", "commune"
    )
    return list(
        rows.annotate(mine=Count("summonses", filter=kept, distinct=True)).order_by("starts_at", "pk").distinct()
    )


def campaigns_on(actor: Actor, slot: Slot) -> list[Campaign]:
    """The campaigns that use a slot, with `mine`: the seats their people hold on it."""
    kept = Q(summonses__slot=slot, summonses__withdrawn_at=None)
    rows = visible(actor, Campaign).filter(Q(slots=slot) | kept).exclude(state=CampaignState.CANCELLED)
    counted = rows.annotate(mine=Count("summonses", filter=kept, distinct=True))
    return list(counted.order_by("-created_at", "id").distinct()[:CAMPAIGNS])


def summons_about(actor: Actor, appointment: Appointment) -> Summons | None:
    """The summons of an appointment, for whoever works on its campaign."""
    if appointment.kind != AppointmentKind.SUMMONS or not can(actor, "campaign.list"):
        return None
    return visible(actor, Summons).filter(appointment=appointment).select_related("campaign").first()


def to_follow(actor: Actor) -> list[Campaign]:
    """One's own campaigns already sent where somebody is `waiting` for a seat or a summons, or `excused` for a date."""
    sent = visible(actor, Campaign).filter(state=CampaignState.SENT, created_by_id=actor.user_id)
    kept = Q(summonses__withdrawn_at=None)
    waiting = kept & Q(summonses__appointment=None, summonses__beneficiary__died_on=None)
    excused = kept & Q(summonses__appointment__state=AppointmentState.EXCUSED, summonses__slot=None)
    excused &= Q(summonses__appointment__told_at__gte=actor.now - STILL_TO_OFFER)
    counted = sent.annotate(waiting=Count("summonses", filter=waiting), excused=Count("summonses", filter=excused))
    return list(counted.filter(Q(waiting__gt=0) | Q(excused__gt=0)).order_by("sent_at", "id")[:CAMPAIGNS])


def drafts(actor: Actor) -> list[Campaign]:
    """Campaigns one may still add people to."""
    return list(visible(actor, Campaign).filter(state=CampaignState.DRAFT).order_by("-created_at", "id")[:CAMPAIGNS])


def without_letter(actor: Actor, campaign: Campaign) -> list[SummonsLine]:
    """Those of a draft whom no letter may go to: seen before it is sent."""
    rows = staged(actor, campaign, follows=True).filter(appointment=None).select_related(*JOINED)
    return [line for line in summons_lines(actor, rows[:MOST]) if line.not_written]


def export_rows(lines: Iterable[SummonsLine]) -> Iterator[tuple[object, ...]]:
    """The list to call, without whoever must not be called nor whose file is closed to the reader."""
    for line in lines:
        if line.person is None:
            continue
        when = line.when
        yield (
            line.name, spoken_phone(line.phone), line.care,
            "" if line.person.confidential_address else line.person.city,
            f"{when.starts_at.astimezone(PARIS):%d/%m/%Y %H:%M}" if when else "", when.place if when else "",
            line.label, line.not_written,
        )  # fmt: skip


def people_of_campaign(
    actor: Actor, campaign: Campaign, *, stage: str = "", slot: UUID | None = None
) -> QuerySet[Summons]:
    """The people of a campaign with their `stage`, slot and appointment."""
    rows = staged(actor, campaign, follows=can(actor, "campaign.follow", campaign))
    return _narrowed(rows, stage, slot).select_related(*JOINED)


def to_announce(actor: Actor, campaign: Campaign) -> list[UUID]:
    """Appointments to come that letters announce: those whose date no letter told yet, else all of them again.

    Not of whoever was told otherwise.
    """
    rows = visible(actor, Summons).filter(campaign=campaign, told_how="", appointment__starts_at__gt=actor.now)
    planned = rows.filter(appointment__state=AppointmentState.PLANNED)
    same_date = Letter.objects.filter(appointment=OuterRef("appointment"), told_at=OuterRef("appointment__starts_at"))
    new = planned.exclude(Exists(same_date))
    found = (list(rows.values_list("appointment", flat=True)[:MOST]) for rows in (new, planned))
    return [pk for pk in next(filter(None, found), []) if pk]


def everybody(actor: Actor, campaign: Campaign, *, stage: str = "") -> list[SummonsLine]:
    """All the people of a campaign, at one stage if asked: at most what a campaign holds."""
    return summons_lines(actor, people_of_campaign(actor, campaign, stage=stage)[:MOST])


def _narrowed(rows: QuerySet[Summons], stage: str, slot: UUID | None) -> QuerySet[Summons]:
    if stage:
        rows = rows.filter(Q(stage=stage))
    return rows.filter(slot=slot) if slot else rows
