"""The frame, the partials, the answers to refusals."""

import uuid
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django import forms
from django.apps import apps
from django.forms.renderers import DjangoTemplates
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse

from hub.core.doors import Door, entries
from hub.core.gate import tenant
from hub.core.pages import Page
from hub.core.slots import TimelineEntry
from hub.navigation import MAIN
from hub.templatetags import icons, pacte, states, times
from hub.templatetags.times import SPACE
from partners.models.files import Verdict
from referrals.selectors.campaigns import STAGES
from referrals.services.access import open_access
from tests.cast import actor, client
from tests.people import person

PAGES = ["account_login", "account_signup", "account_reset_password", "account_reset_password_done"]
NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)


class Fields(forms.Form):
    name = forms.CharField(label="Nom", help_text="Nom de naissance.")
    kind = forms.ChoiceField(label="Orientation", choices=[("a", "Sociale"), ("b", "Autre")], widget=forms.RadioSelect)
    list = forms.ChoiceField(label="Liste", choices=[("a", "A")])
    agreed = forms.BooleanField(label="La personne est informée")


def test_every_state_in_the_table_exists_and_has_an_icon():
    models = {model._meta.model_name: model for model in apps.get_models()}
    lent = {"collectiveaction": models["service"]}  # an action's state is that of its service, or called off
    for name, looks in states.STATES.items():
        fields = lent.get(name, models[name])._meta.fields
        known = {code for field in fields for code, _ in field.choices or []}
        assert set(looks) - {"cancelled"} <= known, name
        for look in looks.values():
            assert look.tone in states.TONE_ICONS
            assert "<svg" in icons.svg(look.icon)


def test_every_state_of_a_referral_a_gap_and_an_import_has_a_look():
    for label in ("referrals.Referral", "referrals.RegistrationGap", "partners.ImportJob"):
        model = apps.get_model(label)
        codes = {code for code, _ in model._meta.get_field("state").choices}
        assert codes == set(states.STATES[model._meta.model_name]), label


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=5), "à l'instant"),
        (timedelta(minutes=12), f"il y a 12{SPACE}min"),
        (timedelta(hours=2), f"il y a 2{SPACE}h"),
        (timedelta(hours=20), "hier"),
        (timedelta(days=3), f"il y a 3{SPACE}j"),
        (timedelta(days=30), "24 oct."),
        (timedelta(days=400), "19 oct. 2025"),
        (-timedelta(minutes=5), f"dans 5{SPACE}min"),
        (-timedelta(days=1), "demain"),
        (-timedelta(days=2), f"dans 2{SPACE}j"),
    ],
)
def test_relative_times(ago, said):
    assert times.relative(NOON - ago, NOON) == said


def test_full_dates():
    assert times.day(datetime(2026, 11, 23, 8, 30, tzinfo=UTC)) == f"lun. 23 nov. 2026, 9{SPACE}h{SPACE}30"
    assert times.day(date(2026, 6, 1)) == "lun. 1er juin 2026"
    assert pacte.day(None) == pacte.when(None) == pacte.number(None) == ""


def test_the_label_of_a_state_agrees_with_the_number_of_those_in_it():
    labels = [*Verdict.labels, *(one[0] for one in STAGES.values())]
    same = {label for label in labels if pacte.agree(label, 2) == pacte.agree(label, 1)}
    assert same == {label for label in labels if label.split(" ")[0] in ("À", "En", "Sans")}
    assert [pacte.agree("Reconnue", count) for count in (0, 1, 117)] == ["reconnue", "reconnue", "reconnues"]


def test_numbers_telephones_and_plurals():
    assert pacte.number(30000) == "30\u202f000"
    assert pacte.number(12.5) == "12,5"
    assert pacte.tel("0387000000") == '<a href="tel:+33387000000">03 87 00 00 00</a>'
    assert pacte.tel("poste 12") == "poste 12"
    assert pacte.plural(0, "personne,personnes") == "0 personne"
    assert pacte.plural(2, "personne,personnes") == "2 personnes"
    months = [pacte.of_month(date(2026, month, 1)) for month in (3, 4, 8, 10)]
    assert months == ["de mars 2026", "d'avril 2026", "d'août 2026", "d'octobre 2026"]
    assert pacte.undo_url("undo:/annuler/") == "/annuler/"
    assert pacte.undo_url("undo:https://ailleurs.invalid/") == pacte.undo_url("") == ""


def test_a_field_ties_its_label_its_help_and_its_error():
    html = str(Fields({}))
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_name_error"' in html
    assert 'class="form-control is-invalid"' in html
    assert 'class="form-select is-invalid"' in html
    assert "<legend>Orientation" in html
    assert '<a href="#id_name">Nom</a> : Ce champ est obligatoire.' in html
    assert "4 points à corriger" in html


def test_what_is_typed_is_escaped_everywhere():
    form = Fields({"name": '"><img src=x>'})
    assert "<img" not in str(form)
    entry = TimelineEntry(NOON, "<b>titre</b>", "<i>détail</i>", "<u>qui</u>")
    assert "<b>" not in render_to_string("_timeline.html", {"entries": [entry]})


def test_pager_keeps_the_filters():
    request = RequestFactory().get("/personnes/", {"q": "fictif", "after": "abc"})
    context = {"page": Page([], "def"), "total": 30000, "nouns": "personne,personnes"}
    html = render_to_string("_pager.html", context, request)
    assert "?q=fictif&amp;after=def" in html
    assert "30\u202f000 personnes" in html
    assert 'href="?q=fictif"' in html


def test_confirm_works_without_script():
    request = RequestFactory().get("/")
    html = render_to_string("_confirm.html", {"label": "Refuser", "url": "/x/", "text": "Sûr ?"}, request)
    assert 'action="/x/"' in html
    assert "csrfmiddlewaretoken" in html


@pytest.mark.django_db
def test_doors_show_only_what_opens(cast):
    doors = (Door("Accueil", "sun", "home"), Door("Recherche", "search", "search"), Door("Rien", "x", "nowhere"))
    assert [entry.label for entry in entries(doors, None, "/")] == ["Accueil"]
    shown = entries(doors, actor(cast.adviser), "/recherche/")
    assert [(entry.label, entry.current) for entry in shown] == [("Accueil", False), ("Recherche", True)]


@pytest.mark.django_db
def test_who_supports_nobody_is_shown_no_menu_of_registrations(cast):
    def doors(member):
        with tenant(actor(member)) as acting:
            return [entry.label for entry in entries(MAIN, acting, "/")]

    who = person(cast)
    assert "Inscriptions" in doors(cast.udaf_worker)
    assert "Inscriptions" not in doors(cast.siae_worker)
    with tenant(actor(cast.head)) as acting:
        siae = cast.siae.pk
        open_access(acting, beneficiary_id=who.pk, organization_id=siae, level="support", reason="Essai", source=who)
    assert "Inscriptions" in doors(cast.siae_worker)


@pytest.mark.django_db
def test_every_door_shown_answers(cast):
    for member in (cast.officer_metz, cast.adviser, cast.charity, cast.admin, cast.other_officer):
        browser = client(member)
        with tenant(actor(member)) as acting:
            shown = entries(MAIN, acting, "/")
        for entry in shown:
            assert browser.get(entry.url).status_code == 200, (member, entry.url)


@pytest.mark.django_db
def test_unknown_addresses_are_answered_with_the_same_bytes_to_everybody(cast):
    unknown = ["/nulle-part/", f"/nulle-part/{uuid.uuid4()}/", "/metrics/"]
    askers = [client(cast.officer_metz), client(cast.other_officer), Client()]
    answers = {
        (response.status_code, response.content)
        for asker in askers
        for path in unknown
        for response in [asker.get(path, REMOTE_ADDR="203.0.113.9")]
    }
    assert len(answers) == 1
    status, body = answers.pop()
    assert status == 404
    assert b"csrf" not in body
    assert b"nulle-part" not in body


@pytest.mark.django_db
def test_a_refusal_keeps_the_frame_and_says_what_next(cast, monkeypatch):
    from hub.core.errors import Conflict

    def refuse(slot, current, subject):
        raise Conflict("L'orientation a déjà été acceptée.")

    monkeypatch.setattr("hub.home.entries", refuse)
    response = client(cast.officer_metz).get("/", headers={"referer": "http://testserver/recherche/?q=ab"})
    body = response.content.decode()
    assert response.status_code == 409
    assert "L&#x27;orientation a déjà été acceptée." in body
    assert "elle montre l'état actuel" in body
    assert 'href="http://testserver/recherche/?q=ab"' in body
    elsewhere = client(cast.officer_metz).get("/", headers={"referer": "https://ailleurs.invalid/"})
    assert "ailleurs.invalid" not in elsewhere.content.decode()


@pytest.mark.django_db
def test_an_address_of_a_form_opened_as_a_page_says_what_next(cast):
    response = client(cast.officer_metz).get(f"/orientations/{uuid4()}/lue/")
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")
    body = response.content.decode().replace("&#x27;", "'")
    assert "elle ne s'ouvre pas directement" in body and "Aller à l'accueil" in body


@pytest.mark.django_db
def test_a_breakdown_says_that_nothing_was_saved(cast, monkeypatch):
    monkeypatch.setattr("hub.home.entries", lambda *args: 1 / 0)
    browser = client(cast.officer_metz)
    browser.raise_request_exception = False
    response = browser.get("/")
    assert response.status_code == 500
    assert "n'a pas été enregistrée" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_pages_at_the_door_are_french_and_bare(name):
    response = Client().get(reverse(name))
    body = response.content.decode()
    assert response.status_code == 200
    assert '<html lang="fr">' in body
    assert body.count("<h1>") == 1
    for english in ("Sign In", "Password", "Email"):
        assert english not in body


@pytest.mark.django_db
def test_no_inline_script_nor_style(cast):
    for body in (
        client(cast.officer_metz).get("/").content.decode(),
        client(cast.officer_metz).get("/compte/2fa/").content.decode(),
        Client().get("/compte/login/").content.decode(),
    ):
        assert "<style" not in body
        assert " style=" not in body
        assert " onclick=" not in body
        assert "<script>" not in body
        assert "//cdn" not in body


@pytest.mark.django_db
def test_the_organisation_switch_appears_only_with_a_choice(cast):
    member = cast.officer_metz
    assert "Agir pour une autre organisation" not in client(member).get("/").content.decode()
    member.user.memberships.create(organization=cast.udaf, department=cast.department)
    body = client(member).get("/").content.decode()
    assert "Agir pour une autre organisation" in body
    assert body.count('name="membership"') == 2


def test_an_object_without_known_state_stays_neutral():
    odd = SimpleNamespace(state="odd", _meta=SimpleNamespace(model_name="odd"), get_state_display=lambda: "Bizarre")
    assert pacte.state(odd) == f'<span class="state tone-neutral">{icons.svg("circle", 14)}Bizarre</span>'


def test_a_mark_escapes_what_it_says():
    assert "&lt;b&gt;" in pacte.tag("<b>", "info")


def test_a_select_is_drawn_as_django_draws_it():
    class Form(forms.Form):
        choice = forms.ChoiceField(
            choices=[("", "Tous"), (1, 'Dupré & "fils" <b>'), (1234, 1234), ("Groupe <1>", [("b'", "B"), ("c", "C")])],
            required=True,
        )

    form = Form({"choice": "b'"})
    ours = str(form["choice"])
    form.renderer = DjangoTemplates()
    theirs = str(form["choice"])
    assert ours.replace(' class="form-select"', "").split() == theirs.split()
    assert "selected" in ours and "&lt;b&gt;" in ours
