"""Campaigns: whom to convene, seats given, what is checked before it is sent, who came."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hub.core.access import can
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid
from hub.core.models import record_access
from hub.core.tabular import csv_lines
from hub.core.topics import topic_token
from partners.views.pages import UNPROCESSABLE, Request, submit
from referrals.forms.campaigns import (
    CandidateFilters,
    ContactForm,
    HowManyForm,
    NewCampaignForm,
    StageFilters,
    WordsForm,
)
from referrals.forms.fields import refuse
from referrals.forms.gap_bulk import ExportForm
from referrals.models import Campaign, CampaignState
from referrals.selectors import campaigns as selectors
from referrals.selectors.campaigns import campaign_list, campaign_record, get_campaign
from referrals.selectors.slots import usable_slots
from referrals.selectors.summonable import Candidates, candidates, chosen_ids
from referrals.services.campaigns.distribution import distribute as distribute_seats
from referrals.services.campaigns.letters import order_campaign_letters
from referrals.services.campaigns.people import (
    MOST,
    WORDS,
    add_people,
    change_words,
    open_campaign,
    say_whom_to_call,
    summon_again,
    withdraw_people,
    words_again,
)
from referrals.services.campaigns.sending import Sending, cancel_campaign, convene_waiting, send_campaign
from referrals.services.campaigns.slots import choose_slots, first_day

PAGE_OR_POST = ["GET", "HEAD", "POST"]


@require_safe
def index(request: Request) -> HttpResponse:
    """The latest campaigns."""
    return render(request, "referrals/campaigns/list.html", {"campaigns": campaign_list(request.actor)})


@require_http_methods(PAGE_OR_POST)
def new(request: Request) -> HttpResponse:
    """Choose people by what they lack, say why, open the campaign: nobody is told yet."""
    actor, filters, found = request.actor, *_found(request)
    initial = {"how_many": min(found.total, MOST) or 1}
    form = NewCampaignForm(request.POST or None, initial=initial, may_keep=can(actor, "letter.override"))

    def opened() -> Campaign:
        words = dict(form.cleaned_data)
        people = chosen_ids(actor, filters.chosen(), how_many=words.pop("how_many"))
        territory = filters.chosen().get("territory")
        return open_campaign(actor, words=words, people=people, territory=territory)

    if made := submit(request, form, opened):
        messages.success(request, "Campagne ouverte : choisissez maintenant ses créneaux.")
        return redirect("campaign", made.pk)
    context = {"form": form, "filters": filters, "found": found, "most": MOST}
    return render(request, "referrals/campaigns/new.html", context, status=_status(form))


@require_http_methods(PAGE_OR_POST)
def add(request: Request, pk: UUID) -> HttpResponse:
    """More people for a campaign, also once it is sent: they wait for a seat."""
    campaign = get_campaign(request.actor, pk)
    filters, found = _found(request)
    form = HowManyForm(request.POST or None, initial={"how_many": min(found.total, MOST) or 1})

    def added() -> list[UUID]:
        people = chosen_ids(request.actor, filters.chosen(), how_many=form.cleaned_data["how_many"])
        return add_people(request.actor, campaign=campaign, people=people)

    made = submit(request, form, added)
    if made is not None:
        messages.success(request, f"Personnes ajoutées : {len(made)}.")
        return redirect("campaign", pk)
    context = {"form": form, "filters": filters, "found": found, "campaign": campaign, "most": MOST}
    return render(request, "referrals/campaigns/new.html", context, status=_status(form))


@require_safe
def record(request: Request, pk: UUID) -> HttpResponse:
    """Where everybody of a campaign stands."""
    return _record(request, pk)


@require_http_methods(PAGE_OR_POST)
def words(request: Request, pk: UUID) -> HttpResponse:
    """Correct what people will read; once it is sent, whom to call alone."""
    campaign = get_campaign(request.actor, pk)
    if campaign.state == CampaignState.SENT:
        return _contact(request, campaign)
    said = {name: getattr(campaign, name) for name in WORDS} | {"reason": campaign.kept_because}
    form = WordsForm(request.POST or None, initial=said, may_keep=can(request.actor, "letter.override"))
    if submit(request, form, lambda: change_words(request.actor, campaign=campaign, words=form.cleaned_data)):
        messages.success(request, "Textes enregistrés.")
        return redirect("campaign", pk)
    context = {"form": form, "campaign": campaign}
    return render(request, "referrals/campaigns/words.html", context, status=_status(form))


def _contact(request: Request, campaign: Campaign) -> HttpResponse:
    form = ContactForm(request.POST or None, initial={"contact": campaign.contact})

    def said() -> int:
        return say_whom_to_call(request.actor, campaign=campaign, contact=form.cleaned_data["contact"])

    changed = submit(request, form, said)
    if changed is not None:
        messages.success(request, f"Enregistré. Rendez-vous dont le courrier n'était pas écrit : {changed}.")
        return redirect("campaign", campaign.pk)
    context = {"form": form, "campaign": campaign}
    return render(request, "referrals/campaigns/words.html", context, status=_status(form))


@require_http_methods(PAGE_OR_POST)
def slots(request: Request, pk: UUID) -> HttpResponse:
    """Which slots this campaign uses."""
    actor, campaign = request.actor, get_campaign(request.actor, pk)
    error = ""
    if request.method == "POST":
        try:
            count = choose_slots(actor, campaign=campaign, slots=_uuids(request, "slot"))
        except (Invalid, Conflict) as refusal:
            error = refusal.message
        else:
            messages.success(request, f"Créneaux choisis : {count}. Répartissez maintenant les personnes.")
            return redirect("campaign", pk)
    context = {
        "campaign": campaign,
        "places": usable_slots(actor, campaign=campaign),
        "chosen": set(campaign.slots.values_list("pk", flat=True)),
        "first_day": first_day(actor),
        "error": error,
    }
    return render(request, "referrals/campaigns/choose_slots.html", context, status=UNPROCESSABLE if error else 200)


@require_POST
def distribute(request: Request, pk: UUID) -> HttpResponse:
    """Propose a seat to everybody who has none."""
    campaign = get_campaign(request.actor, pk)
    try:
        done = distribute_seats(request.actor, campaign=campaign)
    except (Invalid, Conflict) as error:
        return _record(request, pk, conflict=error.message, status=error.status)
    messages.success(request, f"Places proposées : {done.placed}. Personnes encore sans créneau : {done.left}.")
    return redirect("campaign", pk)


@require_http_methods(PAGE_OR_POST)
def send(request: Request, pk: UUID) -> HttpResponse:
    """Check everything once more, then convene."""
    actor, error, status = request.actor, "", 200
    if request.method == "POST":
        try:
            done = send_campaign(actor, campaign=get_campaign(actor, pk))
        except Conflict as refusal:
            return _record(request, pk, conflict=refusal.message, status=refusal.status)
        except Invalid as refusal:
            error, status = refusal.message, refusal.status
        else:
            messages.success(request, _sent(done))
            return redirect("campaign", pk)
    found = campaign_record(actor, pk)
    otherwise = selectors.without_letter(actor, found.campaign)
    context = {"record": found, "campaign": found.campaign, "otherwise": otherwise, "error": error}
    return render(request, "referrals/campaigns/check.html", context, status=status)


@require_POST
def convene(request: Request, pk: UUID) -> HttpResponse:
    """Convene those who got a seat since it was sent."""
    campaign = get_campaign(request.actor, pk)
    try:
        done = convene_waiting(request.actor, campaign=campaign)
    except (Invalid, Conflict) as error:
        return _record(request, pk, conflict=error.message, status=error.status)
    messages.success(request, _sent(done))
    return redirect("campaign", pk)


@require_POST
def cancel(request: Request, pk: UUID) -> HttpResponse:
    """Call it off."""
    campaign = get_campaign(request.actor, pk)
    try:
        count = cancel_campaign(request.actor, campaign=campaign)
    except Conflict as error:
        return _record(request, pk, conflict=error.message, status=error.status)
    messages.success(request, f"Campagne annulée. Rendez-vous annulés : {count} ; prévenez les personnes.")
    return redirect("campaign", pk)


@require_POST
def withdraw(request: Request, pk: UUID) -> HttpResponse:
    """Take the chosen people out, while they are not convened."""
    campaign = get_campaign(request.actor, pk)
    try:
        count = withdraw_people(request.actor, campaign=campaign, summonses=_uuids(request, "summons"))
        messages.success(request, f"Personnes retirées : {count}.")
    except (Invalid, Conflict) as error:
        return _record(request, pk, conflict=error.message, status=error.status)
    return redirect("campaign", pk)


@require_POST
def again(request: Request, pk: UUID) -> HttpResponse:
    """A second summons with the words of the first; a page asks for others when those do not hold any more."""
    actor, campaign, picked = request.actor, get_campaign(request.actor, pk), _uuids(request, "summons")
    given = request.POST if "motive" in request.POST else words_again(campaign)
    form = WordsForm(given, may_keep=can(actor, "letter.override"))
    words = form.cleaned_data if form.is_valid() else {}
    try:
        second = summon_again(actor, campaign=campaign, summonses=picked, words=words)
    except (Invalid, Conflict) as refusal:
        if not set(refusal.fields) & set(form.fields):
            return _record(request, campaign.pk, conflict=refusal.message, status=refusal.status)
        refuse(form, refusal)
        context = {"form": form, "campaign": campaign, "picked": picked}
        return render(request, "referrals/campaigns/again.html", context, status=UNPROCESSABLE)
    messages.success(request, "Seconde convocation préparée : rien n'est envoyé, personne n'est prévenu.")
    return redirect("campaign", second.pk)


@require_POST
def letters(request: Request, pk: UUID) -> HttpResponse:
    """All the letters of those who are convened, in one PDF; whoever may not be written to is listed beside it."""
    campaign = get_campaign(request.actor, pk)
    try:
        appointments = selectors.to_announce(request.actor, campaign)
        batch = order_campaign_letters(request.actor, campaign=campaign, appointments=appointments)
    except Invalid as error:
        return _record(request, pk, conflict=error.message, status=error.status)
    return redirect("letter_batch", batch.pk)


@require_POST
def export(request: Request, pk: UUID) -> HttpResponse:
    """The list to call, at the reader's own level, with the reason kept."""
    campaign, form = get_campaign(request.actor, pk), ExportForm(request.POST, actor=request.actor)
    if not form.is_valid():
        return _record(request, pk, export_form=form, status=UNPROCESSABLE)
    lines = selectors.everybody(request.actor, campaign)
    record_access("export", subject=campaign, detail=f"summonses {len(lines)}: {form.cleaned_data['reason']}")
    body = "".join(csv_lines(selectors.CSV_HEADER, selectors.export_rows(lines)))
    response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="convocations_{request.actor.today:%Y-%m-%d}.csv"'
    return response


def _record(
    request: Request, pk: UUID, *, conflict: str = "", export_form: Any = None, status: int = 200
) -> HttpResponse:
    actor: Actor = request.actor
    narrowed = StageFilters(request.GET, slots=selectors.slots_of_campaign(get_campaign(actor, pk)))
    narrowed.is_valid()
    given = narrowed.cleaned_data
    slot = UUID(given["creneau"]) if given.get("creneau") else None
    found = campaign_record(actor, pk, stage=given.get("etat", ""), slot=slot, after=request.GET.get("after", ""))
    record_access("seen", subject=found.campaign, detail=f"summonses: {len(found.lines)}")
    context = {
        "record": found,
        "campaign": found.campaign,
        "filters": narrowed,
        "filtered": bool(given.get("etat") or given.get("creneau")),
        "export_form": export_form or ExportForm(actor=actor, auto_id="id_export_%s"),
        "export_refused": export_form is not None,
        "conflict": conflict,
        "topic": topic_token("campaign", pk),
    }
    template = "_record" if request.headers.get("X-Fragment") else "record"
    return render(request, f"referrals/campaigns/{template}.html", context, status=status)


def _found(request: Request) -> tuple[CandidateFilters, Candidates]:
    filters = CandidateFilters(request.GET, actor=request.actor, auto_id="filtre_%s")
    found = candidates(request.actor, filters.chosen())
    record_access("list", detail=f"candidates: {len(found.lines)} of {found.total}")
    return filters, found


def _sent(done: Sending) -> str:
    """What happened, and what is left to a person: the product posts nothing."""
    letters = " Imprimez maintenant leurs courriers (PDF)." if done.convened else ""
    others = f" À joindre autrement : {done.otherwise}." if done.otherwise else ""
    return f"Convocations envoyées : {done.convened}.{letters}{others}"


def _uuids(request: Request, name: str) -> list[UUID]:
    """The ids sent; what is no id is as if it were not there."""
    found = []
    for text in request.POST.getlist(name)[:MOST]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _status(form: Any) -> int:
    return UNPROCESSABLE if form.errors else 200
