"""The list of gaps at work: counts in the filters, explained lines apart, an order, views one keeps."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hub.core.actor import Actor
from hub.core.gate import tenant
from hub.templatetags.pacte import month_short
from referrals.models import GapView, RegistrationGap
from referrals.selectors.gap_bulk import preview
from referrals.services.gap_views import MOST
from tests.cast import actor, client
from tests.referrals.test_gap_screens import open_gaps, page

pytestmark = pytest.mark.django_db
LIST, KEEP = "/inscriptions/", "/inscriptions/vues/"


def keep(member, name, query, **more):
    return client(member).post(KEEP, {"name": name, "query": query, **more}, follow=True)


def views(member):
    with tenant(actor(member)) as acting:
        return {one.name: one.query for one in GapView.objects.filter(user_id=acting.user_id)}


def test_filters_say_what_they_filter_and_how_many(cast):
    open_gaps(cast, 3)
    shown = page(cast.head)
    assert "Toutes situations" in shown and "Tous territoires" in shown
    assert "apparaît plus sur la liste (3)" in shown
    assert "Metz (3)" in shown
    assert page(cast.udaf_lead).count("(3)") >= 1  # its territories, without the kind


def test_what_is_explained_stands_apart_under_its_heading(cast):
    open_gaps(cast, 3)
    assert "Absence déjà expliquée" not in page(cast.head)
    with tenant(Actor.system(cast.department.pk)) as acting:
        RegistrationGap.objects.first().beneficiary.exemptions.create(
            department_id=cast.department.pk, reason="studies", decided_on=acting.today, until=date(2099, 1, 1)
        )
    shown = page(cast.head)
    assert shown.count("Absence déjà expliquée") == 1
    assert shown.index("Absence déjà expliquée") < shown.index("Dispensée jusqu")
    assert "group-head" in page(cast.head, f"{LIST}?explained=1")
    assert "group-head" not in page(cast.head, f"{LIST}?explained=0")


def test_the_oldest_first_by_the_title_of_its_column(cast):
    open_gaps(cast, 3)
    newest = client(cast.head).get(LIST).context["found"].lines
    shown = page(cast.head, f"{LIST}?order=oldest")
    oldest = client(cast.head).get(f"{LIST}?order=oldest").context["found"].lines
    assert [line.gap.pk for line in oldest] == [line.gap.pk for line in reversed(newest)]
    assert 'aria-sort="ascending"' in shown
    assert "order=oldest" in page(cast.head)


def test_a_view_is_kept_used_replaced_and_forgotten(cast):
    open_gaps(cast, 2)
    answer = keep(cast.head, " Les   anciennes ", "age=30&after=xyz&state=open&rien=1")
    assert answer.redirect_chain[-1][0] == f"{LIST}?age=30&state=open"
    assert views(cast.head) == {"Les anciennes": "age=30&state=open"}
    assert f'href="{LIST}?age=30&amp;state=open" aria-current="true"' in answer.content.decode()
    keep(cast.head, "Les anciennes", "age=90")
    assert views(cast.head) == {"Les anciennes": "age=90"}
    with tenant(actor(cast.head)):
        view = GapView.objects.get()
    assert client(cast.udaf_lead).post(f"{KEEP}{view.pk}/supprimer/").status_code == 404
    assert client(cast.udaf_lead).post(f"{KEEP}{uuid4()}/supprimer/").status_code == 404
    client(cast.head).post(f"{KEEP}{view.pk}/supprimer/")
    assert views(cast.head) == {}


def test_the_default_view_opens_the_list_and_everything_is_one_click_away(cast):
    open_gaps(cast, 2)
    keep(cast.head, "Jamais vues", "seen=never", default="on")
    keep(cast.head, "Miennes", "mine=on", default="on")
    browser = client(cast.head)
    opened = browser.get(LIST)
    assert (opened.status_code, opened.url) == (302, f"{LIST}?mine=on")
    assert browser.get(f"{LIST}?state=").context["found"].total == 2
    assert browser.get(LIST, headers={"X-Fragment": "1"}).status_code == 200
    assert client(cast.udaf_lead).get(LIST).status_code == 200
    with tenant(actor(cast.head)):
        assert GapView.objects.filter(default=True).count() == 1


def test_views_are_bounded_and_refusals_say_why(cast):
    assert "Donnez un nom" in keep(cast.head, "  ", "age=30").content.decode()
    assert "filtres" in keep(cast.head, "Vide", "after=x").content.decode()
    for n in range(MOST):
        keep(cast.head, f"Vue {n}", "age=30")
    assert "supprimez-en une" in keep(cast.head, "De trop", "age=30").content.decode()
    assert len(views(cast.head)) == MOST
    assert client(cast.controller).post(KEEP, {"name": "x", "query": "age=30"}).status_code == 403


def test_a_preview_costs_the_same_with_two_lines_and_with_fifty(cast):
    def queries():
        with tenant(actor(cast.udaf_lead)) as acting:
            ids = [str(pk) for pk in RegistrationGap.objects.values_list("pk", flat=True)]
            with CaptureQueriesContext(connection) as counted:
                found = preview(acting, "acknowledge", ids)
        return len(found.lines), len(counted)

    open_gaps(cast, 2)
    few = queries()
    open_gaps(cast, 50)
    many = queries()
    assert (few[0], many[0]) == (2, 52)
    assert few[1] == many[1] <= 5


def test_one_comes_back_from_a_gap_to_the_list_one_left(cast):
    open_gaps(cast, 1)
    shown = page(cast.head, f"{LIST}?state=open&age=")
    line = shown.split('id="ecart-')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    assert line.endswith("?state=open")
    back = page(cast.head, line)
    assert 'href="/inscriptions/?state=open"' in back and "Revenir à ma liste" in back
    assert "Toutes les inscriptions" in page(cast.head, line.split("?")[0])
    assert "ailleurs.invalid" not in page(cast.head, line.split("?")[0] + "?next=https://ailleurs.invalid")


def test_a_motive_in_capitals_is_not_shouted(cast):
    open_gaps(cast, 1)
    with tenant(Actor.system(cast.department.pk)):
        gap = RegistrationGap.objects.get()
        RegistrationGap.objects.update(kind="ceased", motive="ABSENCE AU CONTROLE")
    assert "Absence au controle" in page(cast.head, f"{LIST}{gap.pk}/")


def test_months_are_told_apart_by_their_short_names():
    assert [month_short(date(2026, month, 1)) for month in (6, 7)] == ["juin", "juil."]
