"""Onboarding through the browser: preview first, then apply that very file."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from partners.models import Invitation, Organization
from tests.cast import client
from tests.partners.test_onboarding import three_hundred


def deposit(browser, data: bytes):
    return browser.post(reverse("onboarding"), {"file": SimpleUploadedFile("reseau.csv", data)})


def test_preview_then_apply(cast, django_capture_on_commit_callbacks):
    browser = client(cast.admin)
    preview = deposit(browser, three_hundred().getvalue())
    assert "Rien n'est encore appliqué" in preview.text
    assert "Ligne 12 : " in preview.text
    assert not Invitation.objects.exists()
    with django_capture_on_commit_callbacks() as callbacks:
        done = browser.post(reverse("onboarding_apply"), {"digest": preview.context["digest"]}, follow=True)
    assert "Le tableau est appliqué" in done.text
    assert done.text.count("n&#x27;est pas une adresse e-mail") == 12
    assert Invitation.objects.count() == 288
    assert len([callback for callback in callbacks if "schedule_delivery" in repr(callback)]) == 6


def test_only_the_file_that_was_previewed_is_applied(cast):
    browser = client(cast.admin)
    deposit(browser, three_hundred().getvalue())
    assert browser.post(reverse("onboarding_apply"), {"digest": "autre"}).status_code == 302
    assert not Invitation.objects.exists()


def test_a_file_is_applied_once(cast):
    browser = client(cast.admin)
    preview = deposit(browser, b"Organisation;Type;E-mail\r\nNouvelle;Association;x@exemple.invalid")
    for _ in range(2):
        browser.post(reverse("onboarding_apply"), {"digest": preview.context["digest"]})
    assert Organization.objects.filter(name="Nouvelle").count() == 1


def test_bad_files_are_refused_in_plain_french(cast):
    browser = client(cast.admin)
    for data in (b"\x00\x01\x02garbage" * 50, b"a;b;c\r\n1;2;3", b"Prenom;Nom;E-mail\r\nA;B;c@exemple.invalid", b""):
        answer = deposit(browser, data)
        assert answer.status_code == 422
        assert "field-error" in answer.text


def test_the_model_can_be_deposited_as_it_is(cast):
    browser = client(cast.admin)
    model = browser.get(reverse("onboarding_model")).content
    preview = deposit(browser, model)
    assert preview.context["plan"].errors == []
    assert preview.context["plan"].invitations == 1


def test_only_the_administrator_sees_it(cast):
    for name in ("head", "udaf_lead"):
        assert client(getattr(cast, name)).get(reverse("onboarding")).status_code == 403
