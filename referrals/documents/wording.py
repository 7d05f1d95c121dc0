"""What a text of letter may not hold, and what it must: pure checks, said with the word and its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hub.core.pdf import unprintable
from hub.core.text import fold, without_invisible
from referrals.documents.texts import MARK, VARIABLES, Text


@dataclass(frozen=True, slots=True)
class Forbidden:
    """Words (stems, without accents) that a letter to a person does not hold, and why."""

    words: str
    why: str


# domain §5 names suspension, radiation and sanction; the rest says the same threat in other words, tells money, which
# is for the paying body to write, or health, which the product knows nothing of.
THREAT = "un courrier invite, il ne menace pas"
MONEY = "un courrier de rendez-vous ne parle pas d'argent"
HEALTH = "un courrier ne dit rien de la santé"
FORBIDDEN = (
    Forbidden("sanction* suspens* suspend* radiation* radie* radier* penalit* amende* suppression* supprim*", THREAT),
    Forbidden("fraude* fraudul* poursuites contrainte* consequences manquement* obligatoire*", THREAT),
    Forbidden("euro* € montant* versement* allocation* trop-percu* indu indus", MONEY),
    Forbidden("sante malad* handicap* medica* medecin* grossesse* enceinte addiction* hospital* psych*", HEALTH),
    Forbidden("depressi* cancer* therap* alcool* toxico* chirurg*", HEALTH),
)
# The same threat in two words: « vos droits seront réduits », « perte de vos droits ».
RIGHTS = ("droit", "droits")
LESSENED = "reduit* reduir* reduction* diminu* baiss* perte* perd* retir* retrait* interromp* interruption* fin coup*"
NEAR = 5  # words between one and the other, at most
_WORD = re.compile(r"€|[\w-]+")
_SENTENCE = re.compile(r"[.;:!?]+(?=\s|$)")
_SPACED = re.compile(r"(?<!\w)[^\W\d_](?:[ \u00a0\u202f._*-]+[^\W\d_](?!\w)){3,}")  # s u s p e n s i o n


@dataclass(frozen=True, slots=True)
class Found:
    """One forbidden word where it stands: line 0 is the subject."""

    word: str
    line: int
    why: str

    def __str__(self) -> str:
        return f"{place(self.line)} : {self.named} ({self.why})."

    @property
    def named(self) -> str:
        """The word and that it does not do."""
        several = " " in self.word
        return (
            f"{'les mots' if several else 'le mot'} « {self.word} » ne {'conviennent' if several else 'convient'} pas"
        )


def place(line: int) -> str:
    """How a line is called."""
    return f"Ligne {line}" if line else "Objet"


def forbidden_words(text: Text) -> list[Found]:
    """Every forbidden word, in the order of reading, also when hidden characters or spaces part its letters."""
    return [found for line, said in _lines(text) for found in _found(line, _as_read(MARK.sub(" ", said)))]


def unkind(said: str) -> str:
    """Why these words, which a letter quotes, are not written to a person; '' when they may be."""
    return " ".join(f"{_capital(one.named)} ({one.why})." for one in forbidden_words(Text("", said)))


def about_health(said: str) -> str:
    """Why these words are not kept of anybody, '' when nothing in them tells of health (formats §0.5)."""
    found = (one for one in forbidden_words(Text("", said)) if one.why == HEALTH)
    return " ".join(f"{_capital(one.named)} : rien sur la santé." for one in found)


def problems(text: Text) -> dict[str, str]:
    """What makes a text unusable: `subject` and `body` → one sentence (empty when there is none)."""
    found: dict[str, str] = {}
    for line, said in _lines(text):
        if sentence := _unusable(line, said):
            found.setdefault("body" if line else "subject", sentence)
    if not text.subject.strip():
        found["subject"] = "Indiquez l'objet du courrier."
    held = set(MARK.findall(text.body))
    missing = [f"{{{name}}}" for name, one in VARIABLES.items() if one.required and name not in held]
    if missing:
        explained = "la personne doit savoir quand, où, avec qui et pourquoi venir, quoi apporter, et qui appeler"
        found.setdefault("body", f"Il manque {', '.join(missing)} : {explained}.")
    return found


def _unusable(line: int, said: str) -> str:
    unknown = next((name for name in MARK.findall(said) if name not in VARIABLES), None)
    if unknown is not None:
        known = ", ".join(f"{{{name}}}" for name in VARIABLES)
        return f"{place(line)} : la variable {{{unknown}}} n'existe pas. Celles qui existent : {known}."
    if "{" in MARK.sub("", said) or "}" in MARK.sub("", said):
        return f"{place(line)} : une accolade est seule. Une variable s'écrit comme {{jour}}."
    if strange := unprintable(said):
        return f"{place(line)} : « {strange[0]} » ne peut pas être imprimé. Remplacez ce caractère."
    return ""


def _lines(text: Text) -> Iterator[tuple[int, str]]:
    yield 0, text.subject
    yield from enumerate(text.body.replace("\r\n", "\n").split("\n"), 1)


def _found(line: int, said: str) -> Iterator[Found]:
    for sentence in _SENTENCE.split(said):
        words = _WORD.findall(sentence)
        folded = [fold(word) for word in words]
        for at, word in enumerate(words):
            if why := _why(folded[at]):
                yield Found(word, line, why)
            elif folded[at] in RIGHTS and (ends := _lessened(folded, at)):
                yield Found(" ".join(words[ends[0] : ends[1] + 1]), line, THREAT)


def _lessened(words: list[str], right: int) -> tuple[int, int] | None:
    """From where to where words say that rights would be lessened."""
    first = max(0, right - NEAR)
    for other, word in enumerate(words[first : right + NEAR + 1], first):
        if any(_is(word, stem) for stem in LESSENED.split()):
            return min(right, other), max(right, other)
    return None


def _as_read(said: str) -> str:
    """What an eye reads: no invisible character, letters set apart brought together."""
    return _SPACED.sub(lambda apart: "".join(filter(str.isalpha, apart[0])), without_invisible(said))


def _capital(said: str) -> str:
    return said[:1].upper() + said[1:]


def _why(word: str) -> str:
    return next((one.why for one in FORBIDDEN if any(_is(word, stem) for stem in one.words.split())), "")


def _is(word: str, stem: str) -> bool:
    parts = {word, word.replace("-", ""), *word.split("-")}
    return any(part.startswith(stem[:-1]) if stem.endswith("*") else part == stem for part in parts)
