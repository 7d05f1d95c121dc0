"""Words planted in every text of a file come out only where the level allows (T5, T6, T16, T17), a NIR nowhere."""

from __future__ import annotations

import json
import logging
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from hub.core.crypto import keyed_hash
from hub.core.gate import tenant
from notifications.models import Notification
from referrals.models import Appointment
from referrals.services.appointments.outcomes import miss_appointment
from tests.access.crawler import crawl
from tests.access.world import NIR, World, act, build_world
from tests.cast import Cast, client

# Each text of a person, with the least level that shows it (domain §2); `{}` is the person's name in the world.
PERSON = {
    "last_name": ("NOMCANARI{}", "placement"),
    "birth_name": ("NAITRECANARI{}", "support"),
    "first_names": ("Prenomcanari{}", "minimal"),
    "address": ("ruecanari{}", "support"),
    "city": ("villecanari{}", "placement"),
    "email": ("mailcanari{}@exemple.invalid", "placement"),
    "internal_id": ("INTERNECANARI{}", "support"),
}
REFERRAL = {"need": "besoincanari", "note": "notecanari"}
LEVELS = ("minimal", "placement", "support")
GAP = "motifcanari"
ANSWER = "reponsecanari"
MISSED = "absencecanari"  # what came of the meeting with the UDAF
CAMPAIGN, OUTCOME = "campagnecanari", "issuecanari"  # a campaign's name, what came of one of its appointments


@pytest.fixture
def planted(cast: Cast) -> World:
    texts = {f"person.{name}": text for name, (text, _) in PERSON.items()}
    texts |= {f"referral.{name}": text for name, text in REFERRAL.items()}
    return build_world(
        cast,
        texts=texts | {"gap.motive": GAP, "answer": ANSWER, "campaign.name": CAMPAIGN, "campaign.outcome": OUTCOME},
    )


@pytest.fixture
def missed(planted: World) -> World:
    """What came of the meeting of the UDAF with the person was written down."""
    with tenant(act(planted, "udaf_worker", planted.appointment.starts_at + timedelta(hours=1))) as acting:
        miss_appointment(acting, appointment=planted.appointment, note=MISSED)
    with tenant(act(planted, "system")) as product:  # the day itself: pages are read now
        Appointment.objects.filter(pk=planted.appointment.pk).update(starts_at=product.now - timedelta(hours=2))
    return planted


def words(who: str, *levels: str) -> set[str]:
    """What a person's levels let one read of her."""
    return {text.format(who) for text, level in PERSON.values() if level in levels}


def seen(world: World, name: str) -> tuple[set[str], int]:
    """The planted words a member meets anywhere, without regard to case, and the pages read."""
    pages = crawl(world, name)
    text = "\n".join(pages.values()).lower()
    people = ("helped", "jobseeker", "unknown", "restricted", "linked", "refused", "abroad")
    planted = {word for who in people for word in words(who, *LEVELS)}
    for secret in (NIR, f"{NIR}", keyed_hash(NIR)):
        assert secret not in text, name
    return {
        word for word in planted | {*REFERRAL.values(), GAP, ANSWER, CAMPAIGN, OUTCOME} if word.lower() in text
    }, len(pages)


def test_association_canary(planted: World):
    """T6: after its refusal the association reads what it was asked and answered, nothing of anybody."""
    met, pages = seen(planted, "charity")
    assert pages > 5
    assert met <= set(REFERRAL.values())


def test_fields_by_level(planted: World):
    """T5: the SIAE, at level `referral`, reads the card and what was written to it."""
    met, pages = seen(planted, "siae_worker")
    assert pages > 5
    card = words("helped", "minimal", "placement")
    assert met <= card | {*REFERRAL.values(), ANSWER}
    assert words("helped", "placement") & met, "the card shows nothing"


def test_the_referent_reads_the_file_but_not_the_motive(planted: World):
    met, _ = seen(planted, "udaf_worker")
    assert met <= words("helped", *LEVELS) | {*REFERRAL.values(), ANSWER}
    assert words("helped", "support") & met


@pytest.mark.parametrize("name", ["trainer", "admin", "guardian", "other_officer"])
def test_whoever_works_with_nobody_here_reads_nobody(planted: World, name: str):
    met, _ = seen(planted, name)
    assert met <= words("abroad", *LEVELS) if name == "other_officer" else met == set()


def test_a_member_with_a_declared_link_reads_nothing_of_that_person(planted: World):
    met, _ = seen(planted, "social_worker")
    assert met & words("helped", "support")
    assert not met & (words("linked", *LEVELS) | words("restricted", "support"))


@pytest.mark.parametrize("name", ["charity", "siae_worker", "network_head", "adviser", "social_worker", "head"])
def test_what_came_of_an_appointment_reaches_nobody_else(missed: World, name: str):
    """Associations and partners of the same person, the Département itself: pages, API, notices."""
    pages = crawl(missed, name)
    address = f"/api/v1/appointments/{missed.appointment.pk}/"
    pages[address] = client(missed.cast.members[name]).get(address).content.decode()
    del pages["/api/schema/"]  # which names every state
    text = "\n".join(pages.values()).lower()
    assert MISSED not in text and "non tenu" not in text
    assert "not_held" not in "".join(said for url, said in pages.items() if url.startswith("/api/"))


def test_whoever_receives_reads_what_came_of_it(missed: World):
    assert MISSED in "\n".join(crawl(missed, "udaf_worker").values()).lower()


def test_the_nir_comes_one_by_one_and_only_on_demand(planted: World):
    url = f"/personnes/{planted.helped.pk}/nir/"
    assert NIR not in client(planted.cast.social_worker).get(url).content.decode()
    shown = client(planted.cast.social_worker).post(url)
    assert shown.status_code == 200
    assert NIR in "".join(character for character in shown.content.decode() if character.isdigit())
    assert client(planted.cast.udaf_worker).post(url).status_code in (403, 404)
    assert client(planted.cast.siae_worker).post(url).status_code in (403, 404)
    assert client(planted.cast.other_officer).post(url).status_code == 404


def test_mail_has_no_personal_data(planted: World):
    """T16: headers included; notices hold ids and codes."""
    letters = "\n".join(message.message().as_string() for message in mail.outbox)
    with tenant(act(planted, "system")):
        notices = [json.dumps([n.payload, n.reason, n.kind]) for n in Notification.objects.all()]
    assert notices
    assert "canari" not in (letters + "".join(notices)).lower()


def test_logs_no_canary(planted: World, caplog, capsys, monkeypatch):
    """T17: at DEBUG, with pages read, a search by name, a bad form and an unexpected error."""
    caplog.set_level(logging.DEBUG)
    browser = client(planted.cast.social_worker)
    browser.raise_request_exception = False
    browser.get(f"/personnes/{planted.helped.pk}/")
    browser.get("/recherche/?q=nomcanarihelped")
    browser.get("/personnes/?q=nomcanarihelped")
    browser.post(f"/personnes/{planted.helped.pk}/modifier/", {"last_name": "NOMCANARIhelped", "nir": NIR})
    monkeypatch.setattr("hub.home.entries", broken)
    assert browser.get("/recherche/?q=nomcanarihelped").status_code == 500
    said = capsys.readouterr()
    everything = said.out + said.err + "".join(hub_logs(caplog))
    assert not [word for word in words("helped", *LEVELS) if word.lower() in everything.lower()]
    assert NIR not in everything


def broken(*args: object) -> list[object]:
    raise ValueError("NOMCANARIhelped")


def hub_logs(caplog) -> list[str]:
    """Records as our own formatter prints them."""
    handler = logging.getLogger().handlers
    formatters = [h.formatter for h in handler if h.formatter and "structlog" in type(h.formatter).__module__]
    return [formatter.format(record) for formatter in formatters for record in caplog.records]


def test_frames_and_api_speak_no_nir(planted: World):
    browser: Client = client(planted.cast.adviser)
    assert NIR not in browser.get(f"/api/v1/beneficiaries/{planted.jobseeker.pk}/").content.decode()
