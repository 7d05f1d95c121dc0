"""The board: figures that open their lists, the anonymous series, my week."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hub.core.actor import Actor
from hub.core.gate import tenant
from referrals.models import ExpectedList, RegistrationGap, RegistrationMeasure
from referrals.selectors.board import board, weekly_digest
from referrals.services.registration_settings import add_expected_list
from tests.cast import actor, client
from tests.files import OCTOBER, bring, confirm
from tests.people import METZ, decision, open_day, person
from tests.referrals.registration import classic, sample_people, stock
from tests.referrals.test_gap_screens import open_gaps

pytestmark = pytest.mark.django_db


def test_applying_a_list_writes_one_month_that_adds_up(cast):
    sample_people(cast)
    confirm(cast.adviser, stock(cast))
    with tenant(Actor.system(cast.department.pk)):
        rows = list(RegistrationMeasure.objects.all())
        gaps = RegistrationGap.objects.filter(state="open").count()
    assert {row.month for row in rows} == {OCTOBER}
    assert sum(row.in_gap for row in rows) == gaps == 5
    assert sum(row.registered for row in rows) == 5  # of six listed, one has no right any more
    for row in rows:
        parts = (row.registered, row.in_gap, row.explained, row.waiting, row.unknown)
        assert sum(parts) == row.obliged


def test_every_figure_opens_a_list_of_that_many(cast):
    open_gaps(cast, 3)
    with tenant(Actor.system(cast.department.pk)) as acting:
        old = RegistrationGap.objects.order_by("opened_at").first()
        old.opened_at = acting.now - timedelta(days=45)
        old.save(update_fields=["opened_at"])
    browser = client(cast.head)
    found = browser.get("/inscriptions/tableau/").context["board"]
    assert found.total == 3
    figures = [cell for row in (*found.territories, *found.organizations) for cell in (*row.cells, row.total)]
    opened = [cell for cell in figures if cell.url]
    assert len(opened) >= 6
    for cell in opened:
        assert browser.get(cell.url).context["found"].total == cell.count


def test_small_cells_are_masked_outside_the_department(cast):
    RegistrationMeasure.objects.create(
        department=cast.department, territory=cast.metz, month=OCTOBER, list_date=OCTOBER, obliged=40, registered=37,
        in_gap=3,
    )  # fmt: skip
    inside, outside = (client(one).get("/inscriptions/tableau/serie.csv") for one in (cast.head, cast.udaf_lead))
    assert "A1-3;37;40;92,5;%" in inside.content.decode()
    shown = outside.content.decode()
    assert "masqué;masqué" in shown
    assert "37" not in shown.replace("20", "")
    assert str(cast.metz) not in shown
    assert "masqué" in client(cast.udaf_lead).get("/inscriptions/tableau/").content.decode()


def test_my_week_counts_what_i_see(cast):
    open_gaps(cast, 2)
    client(cast.head).post(
        f"/inscriptions/{_first(cast).pk}/justifier/", {"closing": "training", "until": f"{open_day(200)}"}
    )
    said = client(cast.head).get("/api/v1/registration-gaps/digest/").json()
    assert (said["opened"], said["open"], said["never_seen"]) == (2, 1, 1)
    assert said["closed"] == [{"name": "En formation", "count": 1}]
    assert said["partners"] == [{"name": "UDAF de la Moselle", "count": 1}]
    with tenant(actor(cast.officer_thionville)) as acting:
        assert weekly_digest(acting).opened == 0


def test_the_board_costs_the_same_with_two_gaps_and_with_fifty(cast):
    def queries():
        with tenant(actor(cast.head)) as acting, CaptureQueriesContext(connection) as counted:
            board(acting), weekly_digest(acting)
        return len(counted)

    open_gaps(cast, 2)
    few = queries()
    open_gaps(cast, 50)
    assert queries() == few


def _first(cast):
    with tenant(Actor.system(cast.department.pk)):
        return RegistrationGap.objects.first()


def test_my_week_leads_to_each_list_and_says_what_is_awaited(cast):
    open_gaps(cast, 3)
    client(cast.udaf_worker).post(f"/inscriptions/{_first(cast).pk}/prendre-en-charge/")
    ExpectedList.objects.create(department=cast.department, label="Agence de Metz")
    inside = client(cast.head).get("/inscriptions/tableau/")
    shown = inside.content.decode()
    assert "Listes pas encore arrivées" in shown and "Agence de Metz" in shown
    digest = inside.context["digest"]
    ((name, cell),) = digest.by_organization
    assert (name, client(cast.head).get(cell.url).context["found"].total) == ("UDAF de la Moselle", cell.count)
    outside = client(cast.udaf_worker).get("/inscriptions/tableau/")
    assert outside.context["digest"].mine == 1
    assert client(cast.udaf_worker).get("/inscriptions/?mine=on").context["found"].total == 1
    assert "Listes pas encore arrivées" not in outside.content.decode()
    said = client(cast.head).get("/api/v1/registration-gaps/digest/").json()
    assert (said["mine"], said["explained"], said["missing"]) == (0, 0, ["Agence de Metz"])


def test_each_territory_has_its_rate_inside_the_department_only(cast):
    open_gaps(cast, 1)
    for month, registered in ((OCTOBER, 37), (OCTOBER.replace(month=9), 20)):
        RegistrationMeasure.objects.create(
            department=cast.department, territory=cast.metz, month=month, list_date=month, obliged=40,
            registered=registered, in_gap=40 - registered,
        )  # fmt: skip
    found = client(cast.head).get("/inscriptions/tableau/").context["board"].territories
    assert [(row.rate, row.month) for row in found] == [(92.5, OCTOBER)]
    outside = client(cast.udaf_lead).get("/inscriptions/tableau/")
    assert {row.rate for row in outside.context["board"].territories} == {None}
    assert "Taux d'inscription</th>" not in outside.content.decode()


def test_months_of_other_territories_are_not_joined_and_the_table_says_so(cast):
    for month, places in ((8, (cast.metz,)), (9, (cast.metz,)), (10, (cast.metz, cast.thionville))):
        for place in places:
            RegistrationMeasure.objects.create(
                department=cast.department, territory=place, month=OCTOBER.replace(month=month),
                list_date=OCTOBER.replace(month=month), obliged=40, registered=30, in_gap=10,
            )  # fmt: skip
    answer = client(cast.head).get("/inscriptions/tableau/")
    shown = answer.content.decode()
    assert [len(one) for one in answer.context["board"].stretches] == [2, 1]
    assert shown.count("<polyline") == 2 and shown.count("autres que le mois d'avant") == 1
    assert "La ligne s'interrompt" in shown


def test_a_month_measures_the_places_its_lists_cover_and_counts_nobody_by_an_older_list(cast):
    for name, insee in (("A", METZ), ("B", METZ), ("C", "57672")):
        decision(cast, person(cast, last_name=f"NOMINVENTE{name}", insee=insee))
    lines = [(f"570000{n}A", f"NOMINVENTE{name}", "Amélie", "12/04/1985", "") for n, name in enumerate("ABC")]
    september = OCTOBER.replace(month=9)
    for month, told, place in ((september, lines, None), (OCTOBER, lines[:1], cast.metz)):
        with tenant(actor(cast.head)) as acting:
            add_expected_list(acting, label=f"Encore attendue en {month:%m}", territory=cast.thionville)
        job = bring(cast.officer_metz, "registration", classic(*told, day=september), month=month, nature="complete",
                    territory=place, whole=place is None)  # fmt: skip
        confirm(cast.officer_metz, job)
    with tenant(actor(cast.head)) as acting:
        read = ("month", "territory", "registered", "in_gap", "unknown")
        assert set(RegistrationMeasure.objects.values_list(*read)) == {
            (september, cast.metz.pk, 2, 0, 0), (september, cast.thionville.pk, 1, 0, 0),
            (OCTOBER, cast.metz.pk, 1, 0, 1),
        }  # fmt: skip
        digest = weekly_digest(acting)
    assert (digest.rate, digest.places) == (50.0, 1)


def test_the_chart_shows_its_course_from_half_way_up_or_from_zero(cast):
    def chart(*registered):
        RegistrationMeasure.objects.all().delete()
        for n, count in enumerate(registered, start=1):
            RegistrationMeasure.objects.create(
                department=cast.department, month=OCTOBER.replace(month=n), list_date=OCTOBER, obliged=100,
                registered=count,
            )  # fmt: skip
        found = client(cast.head).get("/inscriptions/tableau/").context["board"]
        return [percent for percent, _ in found.ticks], [one.y for one in found.months]

    assert chart(100, 75) == ([50, 60, 70, 80, 90, 100], [0, 80])
    assert chart(100, 25) == ([0, 20, 40, 60, 80, 100], [0, 120])


def test_a_partner_reads_the_rate_when_only_the_parts_are_small(cast):
    def shown(**counts):
        RegistrationMeasure.objects.all().delete()
        RegistrationMeasure.objects.create(
            department=cast.department, month=OCTOBER, list_date=OCTOBER, obliged=370, **counts
        )
        found = client(cast.udaf_lead).get("/inscriptions/tableau/")
        (month,) = found.context["board"].months
        return month.rate, set(month.counts.values()), "<svg viewBox" in found.content.decode()

    assert shown(registered=344, in_gap=23, explained=2, waiting=1) == (93.0, {370, 344, None}, True)
    assert shown(registered=350, in_gap=10, explained=10) == (94.6, {370, 350, 10, 0}, True)
    assert shown(registered=367, in_gap=3) == (None, {None}, False)  # the difference would say it
    assert shown(registered=3, in_gap=367) == (None, {None}, False)


def test_one_organisation_alone_is_not_set_out_by_organisation(cast):
    open_gaps(cast, 1)
    heading = "<h2>Par organisme référent</h2>"
    assert heading in client(cast.head).get("/inscriptions/tableau/").content.decode()
    assert heading not in client(cast.udaf_lead).get("/inscriptions/tableau/").content.decode()
