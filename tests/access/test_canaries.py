"""Words planted in every text of a file come out only where the level allows (T5, T6, T16, T17), a NIR nowhere."""

from __future__ import annotations

import json
import logging
import re
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
from tests.access.world import NIR, World, act
from tests.cast import client

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
PEOPLE = ("helped", "jobseeker", "unknown", "restricted", "linked", "refused", "abroad")
INTEGER_ID = re.compile(r'"(?:\w+_)?(?:id|pk)":\s*\d+')
INTEGER_LINK = re.compile(r'(?:href|action|hx-\w+)="(/[^"?#]*)')
GAP = "motifcanari"
ANSWER = "reponsecanari"
MISSED = "absencecanari"  # what came of the meeting with the UDAF
CAMPAIGN, OUTCOME = "campagnecanari", "issuecanari"  # a campaign's name, what came of one of its appointments


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    planted = {f"person.{name}": text for name, (text, _) in PERSON.items()}
    planted |= {f"referral.{name}": text for name, text in REFERRAL.items()}
    return planted | {"gap.motive": GAP, "answer": ANSWER, "campaign.name": CAMPAIGN, "campaign.outcome": OUTCOME}


@pytest.fixture
def missed(world: World) -> World:
    """What came of the meeting of the UDAF with the person was written down."""
    with tenant(act(world, "udaf_worker", world.appointment.starts_at + timedelta(hours=1))) as acting:
        miss_appointment(acting, appointment=world.appointment, note=MISSED)
    with tenant(act(world, "system")) as product:  # the day itself: pages are read now
        Appointment.objects.filter(pk=world.appointment.pk).update(starts_at=product.now - timedelta(hours=2))
    return world


def words(who: str, *levels: str) -> set[str]:
    """What a person's levels let one read of her."""
    return {text.format(who) for text, level in PERSON.values() if level in levels}


def met(pages: dict[str, str]) -> set[str]:
    """The planted words of these pages, without regard to case."""
    text = "\n".join(pages.values()).lower()
    planted = {word for who in PEOPLE for word in words(who, *LEVELS)} | {*REFERRAL.values(), GAP, ANSWER, MISSED}
    return {word for word in planted | {CAMPAIGN, OUTCOME} if word.lower() in text}


ASKED = set(REFERRAL.values())
CARD = words("helped", "minimal", "placement")
# Who → what she may meet at most, what she must meet some of. The partners of a refusal read what they were asked and
# answered (T6), a receiver the card (T5), the referent the file without its motive, members of elsewhere nobody.
READ: dict[str, tuple[set[str], set[str]]] = {
    "charity": (ASKED, set()),
    "siae_worker": (CARD | ASKED | {ANSWER}, words("helped", "placement")),
    "udaf_worker": (words("helped", *LEVELS) | ASKED | {ANSWER, MISSED}, words("helped", "support")),
    "trainer": (set(), set()),
    "admin": (set(), set()),
    "guardian": (set(), set()),
    "other_officer": (words("abroad", *LEVELS), set()),
}


@pytest.mark.parametrize("name", [*READ, "network_head", "adviser", "social_worker", "head"])
def test_everyone_reads_what_concerns_her_and_no_more(missed: World, name: str):
    """One reading of all she reaches: no NIR, what came of a meeting only where it was, her words by her level."""
    pages = crawl(missed, name)
    assert len(pages) > 5
    text = "\n".join(pages.values())
    assert NIR not in text and keyed_hash(NIR) not in text
    speak_of_no_integer(pages)
    if name in READ:
        most, some = READ[name]
        assert met(pages) <= most
        assert not some or met(pages) & some, "the page shows nothing"
    if name == "social_worker":  # a declared link
        assert met(pages) & words("helped", "support")
        assert not met(pages) & (words("linked", *LEVELS) | words("restricted", "support"))
    if name == "udaf_worker":
        assert MISSED in met(pages)
    else:
        speaks_of_no_outcome(missed, name, pages)


def speak_of_no_integer(pages: dict[str, str]) -> None:
    """T27: nothing that one can count up from, in an address or in an answer (years and dates aside)."""
    for url, text in pages.items():
        assert not INTEGER_ID.search(text), url
        for link in INTEGER_LINK.findall(text):
            assert not re.search(r"/\d+(/|$)", link) or "/annuler/" in link, (url, link)


def speaks_of_no_outcome(world: World, name: str, pages: dict[str, str]) -> None:
    """What came of an appointment reaches no other partner of the person, nor the Département itself."""
    address = f"/api/v1/appointments/{world.appointment.pk}/"
    pages[address] = client(world.cast.members[name]).get(address).content.decode()
    text = "\n".join(pages.values()).lower()
    assert MISSED not in text and "non tenu" not in text
    assert "not_held" not in "".join(said for url, said in pages.items() if url.startswith("/api/"))


def test_the_nir_comes_one_by_one_and_only_on_demand(world: World):
    url = f"/personnes/{world.helped.pk}/nir/"
    assert NIR not in client(world.cast.social_worker).get(url).content.decode()
    shown = client(world.cast.social_worker).post(url)
    assert shown.status_code == 200
    assert NIR in "".join(character for character in shown.content.decode() if character.isdigit())
    assert client(world.cast.udaf_worker).post(url).status_code in (403, 404)
    assert client(world.cast.siae_worker).post(url).status_code in (403, 404)
    assert client(world.cast.other_officer).post(url).status_code == 404


def test_mail_has_no_personal_data(world: World):
    """T16: headers included; notices hold ids and codes."""
    letters = "\n".join(message.message().as_string() for message in mail.outbox)
    with tenant(act(world, "system")):
        notices = [json.dumps([n.payload, n.reason, n.kind]) for n in Notification.objects.all()]
    assert notices
    assert "canari" not in (letters + "".join(notices)).lower()


def test_logs_no_canary(world: World, caplog, capsys, monkeypatch):
    """T17: at DEBUG, with pages read, a search by name, a bad form and an unexpected error."""
    caplog.set_level(logging.DEBUG)
    browser = client(world.cast.social_worker)
    browser.raise_request_exception = False
    browser.get(f"/personnes/{world.helped.pk}/")
    browser.get("/recherche/?q=nomcanarihelped")
    browser.get("/personnes/?q=nomcanarihelped")
    browser.post(f"/personnes/{world.helped.pk}/modifier/", {"last_name": "NOMCANARIhelped", "nir": NIR})
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


def test_frames_and_api_speak_no_nir(world: World):
    browser: Client = client(world.cast.adviser)
    assert NIR not in browser.get(f"/api/v1/beneficiaries/{world.jobseeker.pk}/").content.decode()
