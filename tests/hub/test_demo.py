"""The demo: nobody in it exists, it tells the same story twice, and it cannot be switched on in production."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import F
from django.test import Client
from django.urls import clear_url_caches, include, path, reverse
from django.utils import timezone

from hub.core.gate import tenant
from hub.core.identifiers import check_nir
from hub.core.models import PersonalModel
from hub.demo import files
from hub.demo.imports import bring
from hub.demo.network import ACCOUNTS, BY_EMAIL, METZ, PASSWORD
from hub.demo.opening import Network, open_network
from hub.demo.population import population
from hub.demo.referrals import Step
from hub.demo.story import build
from notifications.models import Notification
from partners.actors import SESSION_KEY
from partners.models import (
    Department,
    Membership,
    Organization,
    OrganizationKind,
    Service,
    ServiceJournal,
    Territory,
)
from referrals.models import Appointment, Beneficiary, Campaign, Referral, RegistrationGap, RegistrationList, Slot

TODAY = date(2026, 11, 20)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def nobody(db) -> None:
    """The tests' cast leaves its place to the demo's, until the test is rolled back."""
    for model in apps.get_app_config("partners").get_models(include_auto_created=True):
        if model not in (OrganizationKind, ServiceJournal) and not issubclass(model, PersonalModel):
            model._base_manager.all()._raw_delete("default")


@pytest.fixture(scope="module")
def crowd():
    return list(population(500, today=TODAY))


def test_nobody_of_the_demo_exists(crowd) -> None:
    for person in crowd:
        assert not person.nir13 or person.nir13[5:10] == "57990"
        assert person.phone == "" or person.phone.startswith("06 99 00 ")
        assert person.email == "" or person.email.endswith(".invalid")
        checked = check_nir(person.nir, sex="female" if person.female else "male", birth_date=person.birth_date)
        assert not checked.errors and not checked.warnings


def test_identifiers_are_not_shared(crowd) -> None:
    newcomers = list(population(20, today=TODAY, first=900_001, territory=METZ))
    for name in ("nir13", "pes_id", "caf_number"):
        known = [value for person in [*crowd, *newcomers] if (value := getattr(person, name))]
        assert len(known) == len(set(known))
    assert {person.territory for person in newcomers} == {METZ}


def test_the_same_day_is_the_same_population(crowd) -> None:
    assert list(population(500, today=TODAY)) == crowd


def test_lists_leave_some_people_out(crowd) -> None:
    *past, this = files.months(TODAY)
    assert [month.name for month in past] == ["2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10"]
    assert this.name == "2026-11"
    obliged = [person for person in crowd if person.must_register and files.arrived(person, past[0].first)]
    present = [sum(files.listed(person, month) for person in obliged) for month in (*past, this)]
    assert len(obliged) > present[0] >= present[1] > len(obliged) * 0.9
    assert len(set(present)) > 3 and present[-1] < min(present[:-1])
    assert present[-1] > len(obliged) * 0.7
    steady = [person for person in obliged if all(files.listed(person, month) for month in past)]
    at = files.LIST_TITLES.index("date")
    told = [{row[at] for month in past for row in files.list_rows([person], month)} for person in steady]
    assert all(len(dates) == 1 for dates in told), "who never left keeps the day she registered"


def test_the_whole_story_by_real_services(nobody, settings, tmp_path) -> None:
    """One demo, looked at from everywhere: making it is what costs."""
    settings.MEDIA_ROOT = tmp_path / "media"
    said: list[str] = []
    summary = build(people=600, folder=tmp_path, say=said.append)
    assert summary.people_created == summary.people == 600
    assert summary.gaps_open > 0 and summary.notices > 0 and summary.referrals >= 10
    assert said and all(line[0].isupper() for line in said)
    network = _network_of_the_database()
    with tenant(network.product()) as product:
        _lists_are_a_history_to_look_at(product.today)
        assert set(Campaign.objects.values_list("state", flat=True)) == {"sent", "draft"}
        outcomes = set(Appointment.objects.filter(kind="summons").values_list("state", flat=True))
        assert {"held", "not_held"} <= outcomes
        assert not Slot.objects.filter(taken__gt=F("capacity")).exists()
        assert Service.objects.filter(state="published").count() >= 150
        assert Service.objects.filter(state="draft").count() == 3
        assert Referral.objects.filter(sensitive=True).exists()
    _the_ready_files_open_gaps_for_the_udaf_worker(network, summary)
    with tenant(network.actor("elsewhere_officer")):
        assert not Beneficiary.objects.exists()
        assert not Referral.objects.exists()


def _lists_are_a_history_to_look_at(today: date) -> None:
    lists = RegistrationList.objects.filter(nature="complete").order_by("month")
    assert [one.month for one in lists] == [month.first for month in files.months(today)[:-1]]
    assert all(earlier.applied_at < later.applied_at for earlier, later in pairwise(lists))
    gaps = RegistrationGap.objects.all()
    assert len({gap.month for gap in gaps}) >= 3
    assert {"resolved", "justified", "open"} <= {gap.state for gap in gaps}
    assert gaps.filter(closing="listed").exists(), "some register again, and a list says so"
    assert all(gap.opened_at <= timezone.now() for gap in gaps)


def _the_ready_files_open_gaps_for_the_udaf_worker(network, summary) -> None:
    with tenant(network.product()):
        before, told = RegistrationGap.objects.count(), _told_to(network, "udaf_worker")
    month = files.months(date.today())[-1]
    bring(
        network, "officer_metz", "registration", Path(summary.ready_list),
        month=month.first, territory=network.territories[METZ], nature="complete",
    )  # fmt: skip
    bring(network, "officer_metz", "people", Path(summary.ready_people))
    with tenant(network.product()):
        assert RegistrationGap.objects.count() > before
        assert _told_to(network, "udaf_worker") > told
        assert Beneficiary.objects.count() == 612


def test_accounts_are_told_with_a_token_each(nobody, settings) -> None:
    settings.DEMO = True
    open_network()
    out = StringIO()
    call_command("demo_accounts", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert [account["key"] for account in told] == [plan.key for plan in ACCOUNTS]
    assert len({account["api_token"] for account in told}) == len(told)
    assert {"organization", "kind", "role", "functions", "territory", "email", "password"} <= told[0].keys()
    me = Client().get("/api/v1/me/", headers={"Authorization": f"Bearer {told[0]['api_token']}"})
    assert me.status_code == 200


def test_accounts_are_refused_outside_a_demo(nobody) -> None:
    with pytest.raises(CommandError):
        call_command("demo_accounts", "--json")


def test_one_signs_in_with_the_printed_password(nobody) -> None:
    open_network()
    answer = Client().post("/compte/login/", {"login": "officer.metz@pacte.invalid", "password": PASSWORD})
    assert answer.status_code == 302 and answer["Location"] == "/"


@pytest.fixture
def demo_site(nobody, settings):
    """The map as it is in a demo."""
    settings.DEMO = True
    settings.ROOT_URLCONF = DemoMap
    clear_url_caches()
    yield open_network()
    clear_url_caches()


class DemoMap:
    urlpatterns = [path("", include("hub.urls")), path("demo/", include("hub.demo.urls"))]


def test_the_page_of_accounts_signs_in_with_a_new_session_key(demo_site) -> None:
    browser = Client()
    page = browser.get(reverse("demo_accounts_page"))
    assert page.status_code == 200
    assert all(str(member.user) in page.content.decode() for member in demo_site.members.values())
    keys = []
    for account in ("udaf_worker", "udaf_worker", "officer_metz"):
        assert browser.post(reverse("demo_enter", args=[account])).status_code == 302
        assert browser.session[SESSION_KEY] == str(demo_site.members[account].pk)
        keys.append(browser.session.session_key)
    assert len(set(keys)) == 3
    assert browser.post(reverse("demo_enter", args=["nobody"])).status_code == 404
    assert browser.get(reverse("demo_enter", args=["head"])).status_code == 405


def test_the_page_of_accounts_answers_404_when_the_mode_is_another(demo_site, settings) -> None:
    settings.DEMO = False
    assert Client().get("/demo/").status_code == 404
    assert Client().post("/demo/head/").status_code == 404


def test_the_demo_cannot_exist_with_production_settings(tmp_path) -> None:
    """Even with the mark of a demo in the runtime directory and `demo` written in the map's condition."""
    (tmp_path / "mode").write_text("demo")
    program = (
        "import django; django.setup()\n"
        "from django.conf import settings; from django.urls import NoReverseMatch, Resolver404, resolve, reverse\n"
        "assert settings.PRODUCTION and not settings.DEMO\n"
        "for work in (lambda: reverse('demo_accounts_page'), lambda: resolve('/demo/')):\n"
        "    try: work()\n"
        "    except (NoReverseMatch, Resolver404): continue\n"
        "    raise SystemExit('the demo is reachable')\n"
        "from django.core.management import CommandError, call_command\n"
        "for name in ('demo', 'demo_accounts', 'bench'):\n"
        "    try: call_command(name)\n"
        "    except CommandError: continue\n"
        "    raise SystemExit(name + ' runs')\n"
    )
    key = "A" * 43 + "="
    variables = {
        "PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "hub.settings", "PACTE_MODE": "production",
        "PACTE_VAR": str(tmp_path), "SECRET_KEY": "s" * 60, "NIR_KEY": key, "NIR_HASH_KEY": key,
        "ALLOWED_HOSTS": "pacte.example.org", "DATABASE_URL": "postgres://x@127.0.0.1:1/x",
        "REDIS_URL": "redis://127.0.0.1:1/0", "EMAIL_URL": "smtp://127.0.0.1:25",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_decisions_are_old_enough_to_oblige(crowd) -> None:
    decided = [person.decided_on for person in crowd if person.decided_on]
    assert sum(day < TODAY - timedelta(days=60) for day in decided) > len(decided) * 0.8


def _told_to(network, who: str) -> int:
    return Notification.objects.filter(user_id=network.members[who].user_id, kind="gap_opened").count()


def _network_of_the_database():
    """The network again, read from the database that `build` filled."""
    network = Network(
        departments={one.code: one for one in Department.objects.all()},
        territories={one.code: one for one in Territory.objects.all()},
        organizations={one.name: one for one in Organization.objects.all()},
    )
    members = Membership.objects.select_related("user", "organization", "team").prefetch_related("territories")
    network.members = {BY_EMAIL[one.user.email].key: one for one in members}
    return network


def test_what_is_planned_falls_on_an_open_day() -> None:
    planned = Step("appointment", 4, days={"on": 2})
    assert planned.arguments(date(2026, 12, 23)) == {"on": date(2026, 12, 28)}  # two holidays of Moselle, a Sunday
    assert planned.arguments(date(2026, 11, 24)) == {"on": date(2026, 11, 26)}
    assert Step("start", 25, days={"on": -25}).arguments(date(2026, 12, 20)) == {"on": date(2026, 11, 25)}
