"""What people and referrals put on shared screens: a person's timeline and panels, Aujourd'hui, the search."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from hub.core.access import can, visible
from hub.core.actor import PARIS, Actor
from hub.core.slots import TimelineEntry, provide
from hub.core.today import SEARCH_SLOT, SLOT, TodayLine, TodaySection
from partners.models import Function
from referrals.models import (
    Referral,
    RegistrationExemption,
    RegistrationGap,
    SupportAssignment,
    TrackDecision,
)
from referrals.models.referrals import FINAL_STATES, OPEN_STATES
from referrals.panels import Panel, PanelLine
from referrals.selectors.files import PersonFile
from referrals.selectors.people import PersonLine, people_list, without_referent
from referrals.selectors.referrals import Line, late_for_me, lines, outcomes_to_read, partner_of, to_answer, veiled

MOST = 50  # entries of one provider
SHOWN = 5  # lines of one section
JOINED = ("sender", "sender_team", "receiver", "receiver_team", "service", "seen_by")


@provide("person.timeline")
def decisions_of(actor: Actor, file: PersonFile) -> Iterator[TimelineEntry]:
    """Orientation decisions, and those entered by mistake."""
    if not file.supported:
        return
    found = TrackDecision.objects.filter(beneficiary=file.person).select_related("designated", "decided_by")
    for one in found.order_by("-recorded_at")[:MOST]:
        detail = f"Organisme référent : {one.designated}" if one.designated else ""
        yield TimelineEntry(
            at=one.recorded_at,
            title=f"Orientation {one.get_track_display().lower()} décidée, effet le {one.effective_on:%d/%m/%Y}",
            detail="\n".join(filter(None, (detail, one.motive))),
            by=str(one.decided_by or ""),
            icon="signpost",
        )
        if one.voided_at:
            title = f"Décision du {one.decided_on:%d/%m/%Y} annulée : saisie par erreur"
            yield TimelineEntry(at=one.voided_at, title=title, detail=one.void_reason, icon="eraser")


@provide("person.timeline")
def assignments_of(actor: Actor, file: PersonFile) -> Iterator[TimelineEntry]:
    """Who supported the person, from when to when."""
    if not file.supported:
        return
    found = SupportAssignment.objects.filter(beneficiary=file.person).select_related("organization")
    for one in found[:MOST]:
        label = one.get_kind_display()
        if one.starts_on <= actor.today:
            yield TimelineEntry(at=_morning(one.starts_on), title=f"{label} : {one.organization}", icon="user-check")
        if one.ends_on and one.ends_on < actor.today:
            title = f"{label} : {one.organization}, fin du suivi"
            yield TimelineEntry(at=_morning(one.ends_on), title=title, icon="user-minus")


@provide("person.timeline")
def exemptions_of(actor: Actor, file: PersonFile) -> Iterator[TimelineEntry]:
    """Exemptions from registration."""
    if not file.supported:
        return
    for one in RegistrationExemption.objects.filter(beneficiary=file.person).select_related("decided_by")[:MOST]:
        title = f"Dispense d'inscription jusqu'au {one.until:%d/%m/%Y}"
        yield TimelineEntry(
            at=_morning(one.decided_on),
            title=title,
            detail=one.get_reason_display(),
            by=str(one.decided_by or ""),
            icon="calendar-off",
        )


@provide("person.timeline")
def referrals_of(actor: Actor, file: PersonFile) -> Iterator[TimelineEntry]:
    """Referrals; never a sensitive one, even for its parties: the file may be read over a shoulder."""
    for one in _referrals(actor, file)[:MOST]:
        shown = veiled(actor, one)
        title = f"{shown.get_nature_display()} : {shown.sender} → {shown.receiver}"
        yield TimelineEntry(
            at=shown.final_at or shown.sent_at or shown.created_at,
            title=f"{title} · {shown.get_state_display().lower()}",
            detail=shown.need,
            url=reverse("referral", args=[shown.pk]),
            icon="send",
        )


@provide("person.timeline")
def gaps_of(actor: Actor, file: PersonFile) -> Iterator[TimelineEntry]:
    """Registration gaps: a question to the professionals; the kind only for those who may know the motive."""
    if not file.supported or not can(actor, "gap.list"):
        return
    for one in visible(actor, RegistrationGap).filter(beneficiary=file.person).order_by("-opened_at")[:MOST]:
        detail = one.get_kind_display() if can(actor, "gap.motive", one) else ""
        yield TimelineEntry(at=one.opened_at, title="Inscription à vérifier", detail=detail, icon="circle-alert")
        if one.closed_at:
            title = f"Vérification de l'inscription : {one.get_state_display().lower()}"
            yield TimelineEntry(at=one.closed_at, title=title, icon="circle-check")


@provide("person.panels")
def who_follows(actor: Actor, file: PersonFile) -> Iterator[Panel]:
    """Who supports the person now, and who received her: whom to call."""
    people: list[PanelLine] = []
    if file.supported:
        active = SupportAssignment.objects.filter(beneficiary=file.person, ends_on=None)
        for one in active.select_related("organization", "team", "referent")[:MOST]:
            names = (one.get_kind_display(), str(one.team or ""), str(one.referent or ""))
            phone = (one.referent.phone if one.referent else "") or one.organization.phone
            people.append(PanelLine(str(one.organization), " · ".join(filter(None, names)), phone))
    taken = _referrals(actor, file).filter(state__in=("accepted", "in_progress", "paused"), nature="proposal")
    for referral in taken[:MOST]:
        shown = veiled(actor, referral)
        if shown.state in OPEN_STATES and shown.state != "sent":
            url = reverse("referral", args=[shown.pk])
            people.append(PanelLine(str(shown.receiver), shown.need, shown.receiver.phone, url))
    yield Panel("Qui suit", "users", people, empty="Personne ne suit encore cette personne.")


@provide(SLOT)
def to_answer_today(actor: Actor, _: None) -> Iterator[TodaySection]:
    """Referrals and designations that wait for our answer."""
    if can(actor, "referral.list"):
        waiting = to_answer(actor).order_by("late_on", "sent_at")
        nothing = "Aucune orientation n'attend votre réponse."
        yield _section(actor, "À répondre", "inbox", waiting, "?box=received&state=sent", 10, empty=nothing)


@provide(SLOT)
def late_today(actor: Actor, _: None) -> Iterator[TodaySection]:
    """What is late, here or at the other side; what waits for our answer is already above."""
    if can(actor, "referral.list"):
        late = late_for_me(actor).exclude(pk__in=to_answer(actor).values("pk"))
        yield _section(actor, "En retard", "clock-alert", late.order_by("late_on"), "?box=late", 20)


@provide(SLOT)
def outcomes_today(actor: Actor, _: None) -> Iterator[TodaySection]:
    """What became of the people we referred."""
    if can(actor, "referral.list"):
        found = outcomes_to_read(actor).order_by("-final_at")
        yield _section(actor, "Résultats à lire", "flag", found, "?box=sent&state=all", 30)


@provide(SLOT)
def without_referent_today(actor: Actor, _: None) -> Iterator[TodaySection]:
    """For officers: people whom nobody supports."""
    if not (actor.is_wide and actor.has(Function.COORDINATION) and can(actor, "people.list")):
        return
    alone = without_referent(actor)
    shown = [
        TodayLine(str(one), reverse("person", args=[one.pk]), one.city, one.rights_opened_on, "neutral")
        for one in alone.order_by("sort_key", "id")[:SHOWN]
    ]
    url = f"{reverse('people')}?show=no_referent"
    yield TodaySection("Sans référent", "user-x", alone.count(), shown, url, position=60)


@provide(SEARCH_SLOT)
def search_people(actor: Actor, query: str) -> Iterator[TodaySection]:
    """People one may see, by name."""
    if not can(actor, "people.list"):
        return
    found = people_list(actor, {"q": query})
    shown = [
        TodayLine(one.name, reverse("person", args=[one.person.pk]), _known_of(one)) for one in found.lines[:SHOWN]
    ]
    url = f"{reverse('people')}?{urlencode({'q': query})}"
    yield TodaySection("Personnes", "users", found.total, shown, url, position=10)


def _referrals(actor: Actor, file: PersonFile) -> QuerySet[Referral]:
    found = visible(actor, Referral).filter(beneficiary=file.person, sensitive=False, sent_at__isnull=False)
    return found.select_related("sender", "receiver").order_by("-sent_at")


def _section(
    actor: Actor, title: str, icon: str, found: QuerySet[Referral], query: str, position: int, *, empty: str = ""
) -> TodaySection:
    shown = [_line(actor, line) for line in lines(actor, found.select_related(*JOINED)[:SHOWN])]
    return TodaySection(title, icon, found.count(), shown, reverse("referrals") + query, empty, position)


def _line(actor: Actor, line: Line) -> TodayLine:
    referral = line.referral
    url = reverse("referral", args=[referral.pk])
    gesture, address = _in_place(referral, mine=line.mine_to_answer, sender=referral.sender_id == actor.organization_id)
    return TodayLine(
        title=line.person_name,
        url=url,
        detail=" · ".join(filter(None, (partner_of(actor, referral), line.service or referral.need))),
        when=line.deadline.day if line.deadline else referral.final_at or referral.sent_at,
        tone=line.deadline.tone if line.deadline else "neutral",
        action_label=gesture,
        action_url=address,
    )


def _in_place(referral: Referral, *, mine: bool, sender: bool) -> tuple[str, str]:
    """The one main action, done without leaving the page when it needs nothing more."""

    def at(name: str) -> str:
        return reverse("referral_act", args=[referral.pk, name])

    if mine and referral.nature == "designation":
        return "Prendre en compte", at("acknowledge")
    if mine:
        return "Accepter", at("accept")
    if sender and referral.state in FINAL_STATES:
        return "J'ai lu", at("acknowledge_outcome")
    return "Voir", ""


def _known_of(line: PersonLine) -> str:
    born = f"{line.birth_date:%d/%m/%Y}" if line.birth_date else ""
    return " · ".join(filter(None, (born, line.place)))


def _morning(day: date) -> datetime:
    return datetime.combine(day, time.min, PARIS)
