import pytest

from hub.core.text import (
    clean,
    first_name_keys,
    fold,
    header_key,
    looks_doubly_encoded,
    name_key,
    repair_double_encoding,
    without_accents,
)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("FICTIF", "FICTIF"),
        ("Test-Dupré", "TEST DUPRE"),
        ("ŒUVRE-TEST", "OEUVRE TEST"),
        ("D’Essai", "D ESSAI"),
        ("D'ESSAI", "D ESSAI"),
        ("  de  la\u00a0maquette ", "DE LA MAQUETTE"),
        ("Mme FICTIF", "FICTIF"),
        ("M. L'Exemple", "L EXEMPLE"),
        ("M", "M"),
        ("Mme", "MME"),
        ("Strauß", "STRAUSS"),
        ("Łęcki", "LECKI"),
        ("e\u0301preuve", "EPREUVE"),
        ("", ""),
        (None, ""),
        ("---", ""),
    ],
)
def test_name_key(text, key):
    assert name_key(text) == key


def test_first_names_compare_by_first_token_and_by_compound():
    assert first_name_keys("Jean-Noël") == first_name_keys("JEAN NOEL") == ("JEAN", "JEAN NOEL")
    assert first_name_keys("Jean") == ("JEAN", "JEAN")
    assert first_name_keys("Marie-Ange") != first_name_keys("Mariange")
    assert first_name_keys(None) == ("", "")


def test_fold_keeps_letters_and_loses_accents():
    assert fold("Cœlia ÉVÊQUE") == "coelia eveque"
    assert without_accents("Thionville") == "Thionville"


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("Date de\nNaissance", "date-de-naissance"),
        ("Date de naissance*", "date-de-naissance"),
        ("N°\nTéléphones", "numero-telephones"),
        ("N° CAF", "numero-caf"),
        ("ID IODAS\t", "id-iodas"),
        ("Prime d’activité", "prime-d-activite"),
        ("Prime d'activité", "prime-d-activite"),
        ("Né(e) le", "ne(e)-le"),
        ("NATURE_ORIENTATION", "nature-orientation"),
        ("Reçu en entretien le :", "recu-en-entretien-le"),
        ("\ufeffNom", "nom"),
        ("", ""),
        (None, ""),
    ],
)
def test_header_key(title, key):
    assert header_key(title) == key


@pytest.mark.parametrize(
    "nothing", ["", "  ", "NULL", "null", "-", "N/A", "#N/A", "Non renseigné", "NON RENSEIGNÉ", None]
)
def test_clean_reads_nothing(nothing):
    assert clean(nothing) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (" a  b\u00a0", "a b"),
        ("a\x00b", "a b"),
        ("Null", "Null"),
        ("ligne 1\nligne 2", "ligne 1 ligne 2"),
        ("\u200bFICTIF\ufeff", "FICTIF"),
        ("Noël", "Noël"),
    ],
)
def test_clean_trims_and_drops_what_postgresql_refuses(text, value):
    assert clean(text) == value


def test_double_encoding_is_seen_and_repaired():
    broken = "Sélène d’essai".encode().decode("cp1252")
    assert looks_doubly_encoded(broken)
    assert repair_double_encoding(broken) == "Sélène d’essai"
    assert repair_double_encoding("Sélène") == "Sélène"
    assert not looks_doubly_encoded("Sélène")
