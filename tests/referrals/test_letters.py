"""Letters to a person: what they say, where they go, who reads them."""

from __future__ import annotations

import json
import struct
import zlib
from datetime import time, timedelta

import pytest
import typst

from hub.core.access import visible
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid, Refused
from hub.core.gate import tenant
from referrals.documents.letter import SOURCE, letter_pdf
from referrals.documents.texts import ORIGINAL, Text
from referrals.models import Appointment, Beneficiary, Letter
from referrals.services.appointments.outcomes import cancel_appointment, miss_appointment
from referrals.services.appointments.planning import in_france, move_appointment, plan_appointment
from referrals.services.letters.batches import letters_of
from referrals.services.letters.texts import save_text
from referrals.services.letters.writing import JOINED, draft_letter, write_letter
from referrals.services.people import record_death, set_safe_contact
from tests.cast import actor, client
from tests.people import decision, open_day, person, referral

pytestmark = pytest.mark.django_db
HOME = {"address": "3 rue de l'Essai", "postcode": "57000", "city": "Metz"}
WORDS = {"place": "CMS de Metz, 2e étage", "address": "1 place Fictive", "contact": "Accueil, 03 00 00 00 00",
         "motive": "Faire le point sur votre projet.", "bring": "Votre CV."}  # fmt: skip
HOSTILE = ['#read("/etc/passwd")', "$x^2$ \\ {nom} {{jour}}", "@ref <lab> *gras* _it_ `c` // /*", "\"'«»", "محمد",
           "x" * 80, "a\u202eb\x07c", "#import \"@preview/x:1.0\""]  # fmt: skip


def planned(cast, who, *, by=None, words=None, after=14, **values):
    member = by or cast.social_worker
    with tenant(actor(member)) as acting:
        given = {"kind": "summons", "organization": member.organization, "team": member.team} | values
        starts = in_france(open_day(after), time(10))
        return plan_appointment(acting, person=who, starts_at=starts, words=words or WORDS, **given)


def drafted(cast, one, *, by=None, kind="first", **values):
    with tenant(actor(by or cast.social_worker)) as acting:
        return draft_letter(acting, appointment=one, kind=kind, **values)


def wrote(cast, one, *, by=None, kind="first", now=None, **values):
    with tenant(actor(by or cast.social_worker, now)) as acting:
        return write_letter(acting, appointment=one, kind=kind, **values)


def protect(cast, who, **values):
    given = {"do_not_call": False, "do_not_write": False, "confidential_address": False, "contact_through": ""}
    with tenant(actor(cast.social_worker)) as acting:
        set_safe_contact(acting, person=who, values=given | values)


def said(content):
    return json.dumps(content, ensure_ascii=False)


def test_it_says_who_where_when_why_what_to_bring_and_whom_to_call(cast):
    draft = drafted(cast, planned(cast, person(cast, sex="female", **HOME)))
    assert draft.content["recipient"] == ["Madame FICTIF Amélie", HOME["address"], "57000 METZ"]
    assert draft.channel == "post" and not draft.in_hand and not draft.late
    text = said(draft.content)
    for word in ("à 10 h", "CMS de Metz, 2e étage, 1 place Fictive", "Faire le point sur votre projet.", "Votre CV.",
                 "accompagné(e)", "Accueil, 03 00 00 00 00", "Madame", "CMS Metz"):  # fmt: skip
        assert word in text, word
    assert "{" not in "".join(draft.content["subject"] + "".join(draft.content["recipient"]))


def test_the_pdf_is_tagged_and_in_french(cast):
    content = letter_pdf([drafted(cast, planned(cast, person(cast, **HOME))).content], at=open_instant())
    for mark in (b"/MarkInfo", b"/Marked true", b"/StructTreeRoot", b"/Lang(fr", b"pdfuaid:part"):
        assert mark in content, mark


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_name_nor_word_becomes_code(cast, text):
    who = person(cast, last_name="A" + text[:79], **(HOME | {"address": text, "city": text[:80]}))
    one = planned(cast, who, words=dict.fromkeys(WORDS, text))
    try:
        draft = drafted(cast, one)
    except Conflict as refused:
        assert "ne peut pas être imprimé" in refused.message and "محمد" in text
        return
    alone = {"title": "x", "letters": [draft.content | {"blocks": [], "sender": [], "dated": ""}]}
    shown = typst.query(SOURCE.read_bytes(), "heading", sys_inputs={"data": json.dumps(alone)})
    assert [one["body"]["text"] for one in json.loads(shown)] == [draft.content["subject"]]
    assert letter_pdf([draft.content], at=open_instant()).startswith(b"%PDF")


def test_a_text_of_the_departement_is_no_code_either(cast):
    hostile = ORIGINAL["first"].body + '\n\n#read("/etc/passwd") $x$ \\ *a* @b <c>\n- #sys.inputs'
    with tenant(actor(cast.admin)) as acting:
        kept = save_text(acting, kind="first", text=Text("#sys $a$", hostile), after=0)
    draft = drafted(cast, planned(cast, person(cast, **HOME)))
    assert draft.template == kept and draft.content["subject"] == "#sys $a$"
    assert draft.content["blocks"][-1] == {"listed": ["#sys.inputs"]}
    assert letter_pdf([draft.content], at=open_instant()).startswith(b"%PDF")


@pytest.mark.parametrize("name", ["Pôle RSA de Metz", "x" * 100])
def test_only_the_address_stands_behind_the_window(cast, name):
    """Whatever the texts, the window (from 90 mm, 34 to 92 mm down, however the sheet slides) shows no ink but them."""
    content = drafted(cast, planned(cast, person(cast, **HOME))).content
    long = content | {"sender": [name] * 9, "subject": name, "dated": name, "blocks": [{"lines": [name] * 80}]}
    assert not ink(long | {"recipient": []}, left=90, top=34, bottom=92)
    assert ink(long, left=90, top=34, bottom=92)
    crowded = long | {"recipient": ["Madame " + "Très Long " * 16, "x" * 200, "57000 METZ"]}
    assert not ink(crowded | {"sender": []}, left=0, top=34, bottom=92, right=100)


@pytest.mark.parametrize(
    ("protection", "why"),
    [
        ({"do_not_write": True}, "Ne pas écrire"),
        ({"confidential_address": True}, "Adresse confidentielle"),
        ({"contact_through": "Mme Relais, 03 00 00 00 01"}, "Passer par la personne indiquée"),
    ],
)
def test_safe_contact_puts_the_letter_into_her_own_hands(cast, protection, why):
    who = person(cast, **HOME)
    one = planned(cast, who)
    protect(cast, who, **protection)
    draft = drafted(cast, one)
    assert draft.channel == "hand" and why in draft.in_hand and "en main propre" in draft.in_hand
    assert draft.content["recipient"] == ["FICTIF Amélie", "Remis en main propre"]
    assert HOME["address"] not in said(draft.content)
    page = client(cast.social_worker).get(f"/rendez-vous/{one.pk}/courrier/").content.decode()
    assert "ne part pas par la poste" in page and HOME["address"] not in page


def test_do_not_call_stops_no_letter_but_a_missing_address_does(cast):
    who = person(cast, **HOME)
    protect(cast, who, do_not_call=True)
    assert drafted(cast, planned(cast, who)).channel == "post"
    lone = person(cast, first_names="Sans", birth_date=None, city="Metz")
    assert "Pas d'adresse" in drafted(cast, planned(cast, lone)).in_hand


def test_nothing_is_written_to_whom_or_about_what_no_longer_is(cast):
    one = planned(cast, person(cast, **HOME))
    with tenant(actor(cast.social_worker)) as acting:
        cancel_appointment(acting, appointment=one)
    with pytest.raises(Conflict, match="no_letter"):
        wrote(cast, one)
    who = person(cast, first_names="Autre", birth_date=None, **HOME)
    other = planned(cast, who)
    with pytest.raises(Conflict, match="no_letter"):
        wrote(cast, other, now=other.starts_at + timedelta(minutes=1))
    with tenant(Actor.system(cast.department.pk)):
        Beneficiary.objects.filter(pk=who.pk).update(died_on=open_day().replace(year=2020))
    with pytest.raises(Conflict) as refused:
        wrote(cast, other)
    assert "clos" in refused.value.message
    with tenant(Actor.system(cast.department.pk)):
        assert not Letter.objects.exists()


def test_death_stops_the_letter_page_at_once(cast):
    who = person(cast, **HOME)
    one = planned(cast, who)
    with tenant(actor(cast.social_worker)) as acting:
        record_death(acting, person=who, died_on=acting.today)
    page = client(cast.social_worker).get(f"/rendez-vous/{one.pk}/courrier/").content.decode()
    assert "Aucun courrier" in page and HOME["address"] not in page


def test_without_anybody_to_call_there_is_no_letter(cast):
    one = planned(cast, person(cast, **HOME), words={"place": "CMS"})
    with pytest.raises(Conflict) as refused:
        drafted(cast, one)
    assert "qui appeler" in refused.value.message
    assert "Accueil" in said(drafted(cast, one, contact="Accueil, 03 00 00 00 00").content)


def test_a_joint_letter_names_both_and_needs_two(cast):
    one = planned(cast, person(cast, **HOME))
    with pytest.raises(Invalid):
        drafted(cast, one, kind="joint")
    one.co_host = cast.pole_emploi
    assert " : Département de la Moselle et Pôle emploi Moselle." in said(drafted(cast, one, kind="joint").content)


def test_a_near_date_is_pointed_out(cast):
    assert drafted(cast, planned(cast, person(cast, **HOME), after=3)).late


def test_it_is_kept_word_for_word_once_a_day(cast):
    who = person(cast, **HOME)
    one = planned(cast, who)
    first, again = wrote(cast, one), wrote(cast, one)
    assert first.pk == again.pk and wrote(cast, one, by_hand=True).pk != first.pk
    with tenant(actor(cast.admin)) as acting:
        save_text(acting, kind="first", text=Text("Autre objet", ORIGINAL["first"].body), after=0)
    with tenant(actor(cast.social_worker)) as acting:
        kept = Letter.objects.get(pk=first.pk)
        assert kept.content == first.content and kept.template is None and kept.sent_on == acting.today
    assert wrote(cast, one).template.version == 1


def test_a_moved_appointment_asks_for_a_new_letter(cast):
    one = planned(cast, person(cast, **HOME))
    browser, address = client(cast.social_worker), f"/rendez-vous/{one.pk}/"
    wrote(cast, one)
    assert "annonce une autre date" not in browser.get(address).content.decode()
    assert 'value="first" selected' in browser.get(f"{address}courrier/").content.decode()  # its date has not changed
    with tenant(actor(cast.social_worker)) as acting:
        move_appointment(acting, appointment=one, starts_at=in_france(open_day(25), time(9)))
    assert "annonce une autre date" in browser.get(address).content.decode()
    assert 'value="moved" selected' in browser.get(f"{address}courrier/").content.decode()


def test_whoever_supports_her_writes_and_reads_others_do_not(cast):
    who = person(cast, **HOME)
    decision(cast, who)
    one = planned(cast, who, by=cast.udaf_worker)
    letter = wrote(cast, one, by=cast.udaf_worker)
    assert HOME["address"] in said(letter.content)
    sent = referral(cast, who)
    assert sent.pk
    for member in (cast.siae_worker, cast.charity, cast.other_officer):
        for address in (f"/courriers/{letter.pk}/", f"/rendez-vous/{one.pk}/courrier/"):
            assert client(member).get(address).status_code == 404, (member, address)
    for member in (cast.udaf_lead, cast.social_worker):
        with tenant(actor(member)) as acting:
            assert visible(acting, Letter).count() == 1


def test_a_host_that_sees_no_address_writes_no_letter(cast):
    """The SIAE receives a person at level `referral`: the slip is hers to give, an address is not hers to read."""
    who = person(cast, **HOME)
    referral(cast, who)
    one = planned(cast, who, by=cast.siae_worker, team=None)
    with pytest.raises(Refused):
        wrote(cast, one, by=cast.siae_worker)
    browser = client(cast.siae_worker)
    assert browser.get(f"/rendez-vous/{one.pk}/courrier/").status_code == 403
    assert "Préparer le courrier" not in browser.get(f"/rendez-vous/{one.pk}/").content.decode()


def test_a_letter_says_nothing_of_what_came_of_it(cast):
    who = person(cast, **HOME)
    one = planned(cast, who)
    with tenant(actor(cast.social_worker, one.starts_at + timedelta(hours=1))) as acting:
        miss_appointment(acting, appointment=one, note="Note privée")
    again = planned(cast, who, after=30)
    text = said(wrote(cast, again, kind="reminder").content)
    assert "Note privée" not in text and "pas venu" not in text and "absen" not in text


def test_the_pages_prepare_keep_and_print(cast):
    who = person(cast, **HOME)
    one = planned(cast, who)
    browser, address = client(cast.social_worker), f"/rendez-vous/{one.pk}/courrier/"
    page = browser.get(address).content.decode()
    assert HOME["address"].replace("'", "&#x27;") in page and "Garder ce courrier" in page
    assert browser.get(f"{address}apercu/").content.startswith(b"%PDF")
    by_hand = browser.get(address, {"kind": "first", "channel": "hand"}).content.decode()
    assert "Remis en main propre" in by_hand and "rue de l" not in by_hand
    assert browser.get(f"{address}apercu/", {"kind": "joint"}).status_code == 400
    with tenant(Actor.system(cast.department.pk)):
        assert not Letter.objects.exists()
    given = {"kind": "first", "channel": "post", "contact": WORDS["contact"]}
    assert browser.post(address, given | {"kind": "x"}).status_code == 422
    assert browser.post(address, given).status_code == 302
    assert browser.post(address, given).status_code == 302
    with tenant(Actor.system(cast.department.pk)):
        letter = Letter.objects.get()
    printed = browser.get(f"/courriers/{letter.pk}/")
    assert printed["Content-Type"] == "application/pdf" and "courrier.pdf" in printed["Content-Disposition"]
    assert f"/courriers/{letter.pk}/" in browser.get(f"/rendez-vous/{one.pk}/").content.decode()
    assert "Courrier : premier rendez-vous" in browser.get(f"/personnes/{who.pk}/").content.decode()


def open_instant():
    return in_france(open_day(), time(8))


def ink(content, *, left, top, bottom, right=210):
    """Is anything printed in this rectangle (millimetres) of the first page?"""
    data = json.dumps({"title": "x", "letters": [content | {"subject": content["subject"] or "x"}]})
    drawn = typst.compile(
        SOURCE.read_bytes(), format="png", ppi=25.4, sys_inputs={"data": data}, ignore_system_fonts=True
    )
    page = drawn[0] if isinstance(drawn, list) else drawn
    rows = pixels(page, bottom)
    return any(min(row[left * 4 : right * 4], default=255) < 200 for row in rows[top:])


def pixels(png, rows):
    """The first rows of an 8-bit RGBA image, unfiltered by hand: no image library is needed."""
    width, height = struct.unpack(">II", png[16:24])
    assert png[24:26] == b"\x08\x06", png[24:26]
    data, at = b"", 8
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at : at + 8])
        data += png[at + 8 : at + 8 + size] if kind == b"IDAT" else b""
        at += size + 12
    raw, step, found = zlib.decompress(data), width * 4, []
    before = bytearray(step)
    for y in range(min(rows, height)):
        method, row = raw[y * (step + 1)], bytearray(raw[y * (step + 1) + 1 : (y + 1) * (step + 1)])
        for x in range(step if method else 0):
            a, b, c = (row[x - 4] if x >= 4 else 0), before[x], (before[x - 4] if x >= 4 else 0)
            row[x] = (row[x] + (paeth(a, b, c) if method == 4 else (0, a, b, (a + b) // 2)[method])) & 255
        found.append(row)
        before = row
    return found


def paeth(a, b, c):
    p = a + b - c
    return min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]


def test_a_letter_refuses_a_forbidden_word_of_its_appointment_and_takes_other_words(cast):
    """Its motive was accepted before the word was refused."""
    one = planned(cast, person(cast, **HOME))
    with tenant(actor(cast.social_worker)):
        one.motive = "Suspension et radiation"
        one.save(update_fields=["motive"])
    browser, address = client(cast.social_worker), f"/rendez-vous/{one.pk}/courrier/"
    with pytest.raises(Invalid) as refused:
        wrote(cast, one)
    assert set(refused.value.fields) == {"motive"} and "« Suspension »" in refused.value.message
    with tenant(actor(cast.social_worker)) as acting:
        (held,) = letters_of(acting, [Appointment.objects.select_related(*JOINED).get(pk=one.pk)]).held
    assert "« radiation »" in held["why"]
    shown = browser.get(address).content.decode()
    assert "Le mot « Suspension » ne convient pas" in shown
    assert '<form method="get"' not in shown  # a motive never stands in an address
    given = {"kind": "first", "channel": "post", "contact": WORDS["contact"]}
    assert browser.post(address, given | {"motive": "Éviter une sanction"}).status_code == 422
    assert browser.post(address, given | {"motive": "Faire le point"}).status_code == 302
    with tenant(actor(cast.social_worker)):
        assert "Faire le point" in json.dumps(Letter.objects.get().content, ensure_ascii=False)
