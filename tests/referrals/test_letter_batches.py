"""Many letters in one PDF: made once, by the asker's own rights, and soon erased."""

from __future__ import annotations

import re
import stat
from datetime import timedelta

import pytest

from hub.core.access import visible
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid, Refused
from hub.core.gate import tenant
from partners.models import Membership
from referrals.models import Beneficiary, Letter, LetterBatch
from referrals.services.appointments.outcomes import cancel_appointment
from referrals.services.letters import batches
from referrals.services.letters.batches import erase_expired, make_batch, order_letters, path_of
from referrals.tasks import sweep_letters
from tests.cast import actor, client
from tests.people import person, reread
from tests.referrals.test_letters import HOME, planned, protect

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_files(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def convened(cast):
    """Four appointments: two to write to, one protected person, one who died."""
    people = [person(cast, first_names=f"Essai{n}", birth_date=None, **HOME) for n in range(4)]
    found = [planned(cast, who) for who in people]
    protect(cast, people[2], confidential_address=True)
    with tenant(Actor.system(cast.department.pk)):
        Beneficiary.objects.filter(pk=people[3].pk).update(died_on="2026-01-01")
    return found


def ordered(member, appointments, **values):
    with tenant(actor(member)) as acting:
        return order_letters(acting, appointments=[one.pk for one in appointments], **values)


def made(cast, batch, **values):
    make_batch(cast.department.pk, batch.pk, **values)
    return reread(cast, batch)


def letters(cast):
    with tenant(Actor.system(cast.department.pk)):
        return list(Letter.objects.all())


def test_those_who_may_be_written_to_are_the_others_are_said(cast, convened):
    batch = made(cast, ordered(cast.social_worker, convened))
    assert (batch.state, batch.posted, len(batch.held)) == ("ready", 2, 2)
    assert {one.appointment_id for one in letters(cast)} == {one.pk for one in convened[:2]}
    page = client(cast.social_worker).get(f"/courriers/lots/{batch.pk}/").content.decode()
    assert "Adresse confidentielle : à remettre en main propre." in page and "Dossier clos" not in page
    assert "2 courriers à poster" in page and HOME["address"] not in page.replace("&#x27;", "'")
    printed = client(cast.social_worker).get(f"/courriers/lots/{batch.pk}/pdf/")
    assert printed.content.startswith(b"%PDF") and printed.content.count(b"/Type/Page/") == 2
    path = path_of(batch)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700 and path.read_bytes() == printed.content


def test_it_is_made_once_even_if_asked_of_two_workers(cast, convened):
    batch = ordered(cast.social_worker, convened)
    made(cast, batch)
    assert made(cast, batch).attempts == 1
    assert len(letters(cast)) == 2


def test_a_second_round_is_the_same_letter_and_kept_once_a_reminder_is_a_choice(cast, convened):
    made(cast, ordered(cast.social_worker, convened[:1]))
    again = made(cast, ordered(cast.social_worker, convened[:1]))
    assert [one.kind for one in letters(cast)] == ["first"] and again.posted == 1
    printed = client(cast.social_worker).get(f"/courriers/lots/{again.pk}/pdf/")
    assert printed.content.count(b"/Type/Page/") == 1
    made(cast, ordered(cast.social_worker, convened[:1], kind="joint"))  # no second organisation: what suits instead
    assert [one.kind for one in letters(cast)] == ["first"]
    made(cast, ordered(cast.social_worker, convened[:1], kind="reminder"))
    assert {one.kind for one in letters(cast)} == {"first", "reminder"}


def test_a_failed_attempt_leaves_nothing_and_is_taken_again(cast, convened, monkeypatch):
    batch = ordered(cast.social_worker, convened)
    monkeypatch.setattr(batches, "letter_pdf", broken)
    for _ in range(batches.ATTEMPTS):
        with pytest.raises(ZeroDivisionError):
            made(cast, batch)
    assert letters(cast) == [] and reread(cast, batch).state == "waiting"
    assert "Actualiser" in client(cast.social_worker).get(f"/courriers/lots/{batch.pk}/").content.decode()
    assert made(cast, batch).state == "failed"
    assert "pas pu être préparés" in client(cast.social_worker).get(f"/courriers/lots/{batch.pk}/").content.decode()


def test_the_sweep_makes_what_a_lost_nudge_left(cast, convened):
    batch = ordered(cast.social_worker, convened)
    sweep_letters()
    assert reread(cast, batch).state == "ready"


def test_the_file_is_erased_after_a_day_the_letters_stay(cast, convened):
    batch = made(cast, ordered(cast.social_worker, convened))
    with tenant(Actor.system(cast.department.pk)) as product:
        assert erase_expired(product) == 0
    with tenant(Actor.system(cast.department.pk, batch.made_at + timedelta(hours=25))) as product:
        assert erase_expired(product) == 1
    assert not path_of(batch).exists() and len(letters(cast)) == 2
    browser = client(cast.social_worker)
    assert browser.get(f"/courriers/lots/{batch.pk}/pdf/").status_code == 409
    assert "gardé qu'un jour" in browser.get(f"/courriers/lots/{batch.pk}/").content.decode().replace("&#x27;", "'")


@pytest.mark.parametrize("change", ["death", "protection", "cancelled"])
def test_what_changed_since_closes_the_file(cast, convened, change):
    """A letter must not leave for somebody who has died, or protected herself, since it was made."""
    batch = made(cast, ordered(cast.social_worker, convened))
    who = Beneficiary(pk=convened[0].beneficiary_id)
    with tenant(actor(cast.social_worker)) as acting:
        if change == "cancelled":
            cancel_appointment(acting, appointment=visible(acting, type(convened[0])).get(pk=convened[0].pk))
        else:
            values = {"died_on": acting.today} if change == "death" else {"confidential_address": True}
            Beneficiary.objects.filter(pk=who.pk).update(**values)
    answer = client(cast.social_worker).get(f"/courriers/lots/{batch.pk}/pdf/")
    assert answer.status_code == 409 and "a changé depuis" in answer.content.decode()


def test_it_is_its_askers_own_and_follows_his_rights(cast, convened):
    batch = ordered(cast.social_worker, convened)
    for member in (cast.head, cast.officer_metz, cast.udaf_lead, cast.other_officer):
        assert client(member).get(f"/courriers/lots/{batch.pk}/").status_code == 404
        assert client(member).get(f"/courriers/lots/{batch.pk}/pdf/").status_code == 404
    Membership.objects.filter(pk=cast.social_worker.pk).update(active=False)
    assert made(cast, batch).state == "failed" and letters(cast) == []


def test_who_lost_the_person_meanwhile_writes_to_nobody(cast, convened):
    batch = ordered(cast.social_worker, convened)
    Membership.objects.filter(pk=cast.social_worker.pk).update(functions=["control"])
    done = made(cast, batch)
    assert (done.posted, letters(cast)) == (0, [])


def test_too_many_none_or_a_strangers_are_refused(cast, convened):
    with pytest.raises(Invalid), tenant(actor(cast.social_worker)) as acting:
        order_letters(acting, appointments=[convened[0].pk] * 501)
    with pytest.raises(Invalid):
        ordered(cast.social_worker, [])
    with pytest.raises(Invalid):
        ordered(cast.udaf_lead, convened)
    with pytest.raises(Refused):
        ordered(cast.trainer, convened)
    with pytest.raises(Conflict), tenant(actor(cast.social_worker)) as acting:
        batches.batch_file(acting, order_letters(acting, appointments=[convened[0].pk]))
    with tenant(Actor.system(cast.department.pk)):
        assert LetterBatch.objects.count() == 0


def test_they_are_asked_for_from_the_agenda(cast, convened):
    browser = client(cast.social_worker)
    day = f"{convened[0].starts_at:%Y-%m-%d}"
    page = browser.get("/rendez-vous/", {"jour": day, "qui": "equipe"}).content.decode()
    asked = re.findall(r'name="rendez-vous" value="([^"]+)"', page)
    assert set(asked) == {str(one.pk) for one in convened}
    answer = browser.post("/courriers/lots/", {"rendez-vous": asked})
    with tenant(Actor.system(cast.department.pk)):
        batch = LetterBatch.objects.get()
    assert answer["Location"] == f"/courriers/lots/{batch.pk}/" and len(batch.appointments) == 4
    assert "En préparation" in browser.get(answer["Location"]).content.decode()
    assert browser.post("/courriers/lots/", {"rendez-vous": "x"}).status_code == 404
    assert browser.post("/courriers/lots/").status_code == 400
    assert client(cast.udaf_lead).post("/courriers/lots/", {"rendez-vous": asked}).status_code == 400


def test_statements_grow_slowly_with_the_batch(cast, convened, django_assert_max_num_queries):
    more = [planned(cast, person(cast, first_names=f"Plus{n}", birth_date=None, **HOME)) for n in range(20)]
    batch = ordered(cast.social_worker, [*convened, *more])
    with django_assert_max_num_queries(60):
        made(cast, batch)


def broken(*args, **values):
    raise ZeroDivisionError
