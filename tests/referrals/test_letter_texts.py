"""Texts of letters: words, variables, versions, and who changes them."""

from __future__ import annotations

import pytest

from hub.core.errors import Conflict, Invalid, Refused
from hub.core.gate import tenant
from referrals.documents.texts import ORIGINAL, VARIABLES, Text, blocks, fill
from referrals.documents.wording import FORBIDDEN, forbidden_words, problems
from referrals.models import LetterTemplate
from referrals.selectors.letters import get_text
from referrals.services.letters.texts import restore_text, save_text
from tests.cast import actor, client

pytestmark = pytest.mark.django_db
FIRST = ORIGINAL["first"]


def changed(line):
    return Text(FIRST.subject, f"{FIRST.body}\n\n{line}")


def saved(member, text, *, after=0, reason=""):
    with tenant(actor(member)) as acting:
        return save_text(acting, kind="first", text=text, after=after, reason=reason)


@pytest.mark.parametrize("kind", ORIGINAL)
def test_the_shipped_texts_obey_their_own_rules(kind):
    assert problems(ORIGINAL[kind]) == {} and forbidden_words(ORIGINAL[kind]) == []
    words = f"{ORIGINAL[kind].subject} {ORIGINAL[kind].body}".lower()
    assert "rsa" not in words.split() and "pôle emploi" not in words


@pytest.mark.parametrize(
    "word",
    ["sanction", "Sanctions", "SUSPENSION", "suspendu", "radiation", "radiée", "supprimer", "pénalité", "obligatoire",
     "€", "euros", "montant", "allocation", "santé", "handicapé", "médecin"],
)  # fmt: skip
def test_a_word_that_threatens_or_tells_too_much_is_said_with_its_line(cast, word):
    line = FIRST.body.count("\n") + 3
    with pytest.raises(Invalid) as refused:
        saved(cast.admin, changed(f"Attention : 12 {word}."))
    assert refused.value.fields["body"].startswith(f"Ligne {line} : le mot « {word} » ne convient pas")
    assert not LetterTemplate.objects.exists()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("sus\u00adpension", "mot « suspension »"),
        ("radi\u200bation", "mot « radiation »"),
        ("s u s p e n s i o n", "mot « suspension »"),
        ("S.A.N.C.T.I.O.N", "mot « SANCTION »"),
        ("sus-pension", "mot « sus-pension »"),
        ("Vos droits seront réduits", "mots « droits seront réduits »"),
        ("une réduction de vos droits", "mots « réduction de vos droits »"),
    ],
)
def test_a_threat_in_disguise_is_read_as_it_is(written, read):
    assert [str(one) for one in forbidden_words(Text("", f"Sinon, {written}."))] == [
        f"Ligne 1 : le{'s' if ' seront' in read or ' de ' in read else ''} {read} ne "
        f"{'conviennent' if read.startswith('mots') else 'convient'} pas (un courrier invite, il ne menace pas)."
    ]


def test_ordinary_words_pass(cast):
    bus = "Le bus 5 s'arrête devant, tarif réduit. Vous avez le droit d'être accompagné. Bât. A, B, C, D et a b c."
    kept = saved(cast.admin, changed(f"{bus} Radio, industrie, suspect, poursuite de votre projet."))
    assert kept.version == 1
    assert all(not stem.startswith("*") for one in FORBIDDEN for stem in one.words.split())


def test_the_subject_is_read_too(cast):
    with pytest.raises(Invalid) as refused:
        saved(cast.admin, Text("Risque de radiation", FIRST.body))
    assert refused.value.fields["subject"].startswith("Objet : le mot « radiation »")


def test_a_manager_may_keep_a_word_and_says_why(cast):
    text = changed("Le lieu est accessible aux personnes handicapées.")
    with pytest.raises(Invalid) as refused:
        saved(cast.admin, text, reason="Accès du bâtiment")  # no manager
    assert "responsable" in refused.value.fields["body"]
    with pytest.raises(Invalid) as refused:
        saved(cast.head, text)
    assert "dites ici pourquoi" in refused.value.fields["reason"]
    assert saved(cast.head, text, reason=" Accès  du bâtiment ").reason == "Accès du bâtiment"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Bonjour {prenom}", "la variable {prenom} n'existe pas"),
        ("Bonjour {Nom}", "la variable {Nom} n'existe pas"),
        ("Le {jour", "une accolade est seule"),
        ("Merci }", "une accolade est seule"),
        ("{}", "la variable {} n'existe pas"),
        ("À bientôt 😀", "« 😀 » ne peut pas être imprimé"),
    ],
)
def test_what_cannot_be_filled_or_printed_is_refused(cast, line, said):
    with pytest.raises(Invalid) as refused:
        saved(cast.admin, changed(line))
    assert said in refused.value.fields["body"] and refused.value.fields["body"].startswith("Ligne ")
    assert not LetterTemplate.objects.exists()


@pytest.mark.parametrize("name", [name for name, one in VARIABLES.items() if one.required])
def test_what_the_person_must_know_is_in_every_text(cast, name):
    mark = f"{{{name}}}"
    with pytest.raises(Invalid) as refused:
        saved(cast.admin, Text("Votre rendez-vous", FIRST.body.replace(mark, "…")))
    assert refused.value.fields["body"].startswith(f"Il manque {mark}")


def test_versions_are_kept_and_the_origin_comes_back(cast):
    first = saved(cast.admin, changed("Une phrase."))
    with tenant(actor(cast.head)) as acting:
        second = restore_text(acting, kind="first", after=1)
        assert (second.version, second.original) == (2, True)
        assert get_text(acting, "first").text == FIRST
    with pytest.raises(Conflict):
        saved(cast.admin, changed("Une autre."), after=1)
    assert [one.body for one in LetterTemplate.objects.order_by("version")] == [first.body, FIRST.body]


def test_a_text_of_one_departement_is_not_anothers(cast):
    saved(cast.admin, changed("Une phrase."))
    with tenant(actor(cast.other_officer)) as acting:
        assert get_text(acting, "first").original


@pytest.mark.parametrize("name", ["officer_metz", "social_worker", "udaf_lead", "controller", "other_officer"])
def test_others_do_not_change_texts(cast, name):
    with pytest.raises(Refused):
        saved(cast.members[name], FIRST)
    assert client(cast.members[name]).get("/courriers/modeles/").status_code == 403


def test_a_value_is_never_read_again():
    assert fill("{nom} {motif}", {"nom": "{motif}", "motif": "x"}) == "{motif} x"
    assert blocks("a\r\nb\r\n\r\n- c\n- {jour}\n\nd") == [
        {"lines": ["a", "b"]},
        {"listed": ["c", "{jour}"]},
        {"lines": ["d"]},
    ]


def test_the_pages_of_texts(cast):
    browser, address = client(cast.head), "/courriers/modeles/first/"
    assert browser.get("/courriers/modeles/").content.decode().count("Texte d'origine") == 4
    page = browser.get(address).content.decode()
    assert page.count('id="id_body"') == 1
    assert "{accompagnement}" in page and "EXEMPLE Camille" in page
    assert browser.get("/courriers/modeles/inconnu/").status_code == 404
    given = {"subject": FIRST.subject, "body": changed("Sous peine de radiation.").body, "after": 0}
    refused = browser.post(address, given)
    assert refused.status_code == 422 and "« radiation »" in refused.content.decode()
    kept = given | {"body": changed("Bienvenue <b>chez nous</b>.").body}
    tried = browser.post(f"{address}essai/", kept)
    assert tried["Content-Type"] == "application/pdf" and not LetterTemplate.objects.exists()
    assert browser.post(f"{address}essai/", given | {"body": "{x}"}).status_code == 400
    assert browser.post(address, kept).status_code == 302
    page = browser.get(address).content.decode()
    assert 'class="menu-panel" method="post" action="/courriers/modeles/first/origine/"' in page, "asked before"
    assert "Bienvenue &lt;b&gt;chez nous&lt;/b&gt;." in page and "Version 1" in page
    assert browser.post(address, kept).status_code == 422  # read at version 0, now 1
    assert browser.post(f"{address}origine/").status_code == 302
    assert LetterTemplate.objects.count() == 2
    assert browser.get(f"{address}essai/").content.startswith(b"%PDF")
