"""Text as partners write it, brought to forms that compare.

Every function is pure and has a fast path for plain ASCII: import loops call them once or twice per line.
"""

import re
import unicodedata

# Letters that canonical decomposition leaves whole, with the spelling used in civil registers.
_LIGATURES = str.maketrans(
    {
        "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ø": "o", "Ø": "O",
        "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "ı": "i",
    }
)  # fmt: skip
_CIVILITIES = frozenset({"M", "MR", "MME", "MLE", "MLLE", "MONSIEUR", "MADAME", "MADEMOISELLE"})
# "Null" is a family name; only the two spellings that databases write mean "nothing".
_NULL_LIKE = frozenset({"", "NULL", "null", "-", "N/A", "n/a", "#N/A"})
_NOT_GIVEN = re.compile(r"non renseign[ée]e?", re.IGNORECASE)
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_NOT_NAME = re.compile(r"[\W_]+")
_SPACES = re.compile(r"\s+")
_HEADER_BREAKS = re.compile(r"[\s_'’‘-]+")
_NUMBER_SIGN = re.compile(r"n[°º]")


def without_accents(text: str) -> str:
    """`text` without diacritics, ligatures spelt out; case kept."""
    if text.isascii():
        return text
    spelt = unicodedata.normalize("NFD", text.translate(_LIGATURES))
    return "".join([char for char in spelt if not unicodedata.combining(char)])


def fold(text: str) -> str:
    """Lower case without accents: the form that searches compare."""
    return without_accents(text).lower()


def name_key(text: str | None) -> str:
    """Comparison key of a person's name: upper case, no accents, single spaces, no leading civility.

    Apostrophes, hyphens and dots become spaces, so that D'ESSAI, D’Essai and D ESSAI are one key.
    """
    if not text:
        return ""
    upper = without_accents(text).upper()
    if upper.isalpha():
        return upper
    words = _NOT_NAME.sub(" ", upper).split()
    if len(words) > 1 and words[0] in _CIVILITIES:
        del words[0]
    return " ".join(words)


def first_name_keys(text: str | None) -> tuple[str, str]:
    """Two keys of first names: the first token, and the whole compound (JEAN NOEL equals JEAN-NOEL, not JEAN)."""
    compound = name_key(text)
    return compound.partition(" ")[0], compound


def header_key(text: str | None) -> str:
    """Key of a column title: "Date de\\nNaissance*" and "date_de_naissance" both give "date-de-naissance"."""
    folded = _NUMBER_SIGN.sub("numero ", fold((text or "").translate(_INVISIBLE)).replace("*", " "))
    return _HEADER_BREAKS.sub("-", folded).strip("-: ")


def without_invisible(text: str) -> str:
    """`text` without the characters nobody sees (soft hyphen, zero-width space…), which part words for a machine."""
    return text.translate(_INVISIBLE)


def clean(text: str | None) -> str | None:
    """`text` trimmed and on one line, or None for what means "nothing" in partners' files (NULL, -, N/A…).

    Control and invisible characters go: PostgreSQL refuses NUL, and a zero-width space breaks comparisons.
    """
    if not text:
        return None
    if not text.isprintable():
        text = "".join(" " if unicodedata.category(char) == "Cc" else char for char in text.translate(_INVISIBLE))
        text = _SPACES.sub(" ", text)
    text = text.strip()
    if "  " in text:
        text = _SPACES.sub(" ", text)
    if text in _NULL_LIKE or (text[0] in "nN" and _NOT_GIVEN.fullmatch(text) is not None):
        return None
    return text


def looks_doubly_encoded(text: str) -> bool:
    """Whether UTF-8 was once read as Windows-1252 (Ã©, â€™), as seen in real extracts."""
    return any(mark in text for mark in ("Ã©", "Ã¨", "Ãª", "Ã«", "Ã§", "Ã´", "Ã®", "Ã¯", "â€™", "Ã‰", "Å“"))


def repair_double_encoding(text: str) -> str:
    """Undo `looks_doubly_encoded`; a text that was not doubly encoded comes back unchanged."""
    if text.isascii():
        return text
    try:
        return b"".join(map(_byte_of, text)).decode("utf-8")
    except UnicodeError:
        return text


def _byte_of(char: str) -> bytes:
    """Windows-1252, and the five bytes it leaves undefined (Á is C3 81)."""
    try:
        return char.encode("cp1252")
    except UnicodeEncodeError:
        return char.encode("latin-1")
