"""The texts of letters: saved as versions, checked word by word, brought back to the text of origin."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from hub.core.access import can, require
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid
from partners.models import Department
from referrals.documents.texts import ORIGINAL, Text
from referrals.documents.wording import forbidden_words, problems, unkind
from referrals.models import LetterTemplate

MOST_SAID = 5  # forbidden words told at once
QUOTED = ("motive", "bring")  # what letters quote of an appointment or of a campaign
ASK_A_MANAGER = "Un responsable peut les garder, en disant pourquoi."
KEEP_OR_CHANGE = "Changez ces mots, ou dites ici pourquoi vous les gardez."


@transaction.atomic
def save_text(actor: Actor, *, kind: str, text: Text, after: int, reason: str = "") -> LetterTemplate:
    """A new version; `after` is the number of the version its author read (0: the text of origin).

    Raises `Invalid` for an unknown or missing variable, for a word a letter does not hold (unless a manager says in
    `reason` why it is kept), `Conflict` when somebody saved another version meanwhile.
    """
    require(actor, "letter.texts")
    check_text(actor, text, reason=reason)
    return _save(actor, kind, text, after, reason=" ".join(reason.split())[:300])


@transaction.atomic
def restore_text(actor: Actor, *, kind: str, after: int) -> LetterTemplate:
    """Come back to the text shipped with the product, as one more version."""
    require(actor, "letter.texts")
    return _save(actor, kind, ORIGINAL[kind], after, original=True)


def check_text(actor: Actor, text: Text, *, reason: str = "") -> None:
    """Raise `Invalid`, each sentence with the field it concerns."""
    fields = problems(text)
    if found := forbidden_words(text):
        said = " ".join(str(one) for one in found[:MOST_SAID])
        field = "body" if found[0].line else "subject"
        if not can(actor, "letter.override"):
            fields.setdefault(field, f"{said} {ASK_A_MANAGER}")
        elif not reason.strip():
            fields.setdefault(field, said)
            fields["reason"] = KEEP_OR_CHANGE
    if fields:
        raise Invalid("Ce texte est à corriger.", fields=fields)


def refused_words(actor: Actor, words: Mapping[str, str]) -> dict[str, str]:
    """Field → sentence, for what letters will quote (`motive`, `bring`) and do not hold (domain §5).

    A manager keeps such words by saying why (`reason`).
    """
    found = {name: why for name in QUOTED if (why := unkind(words.get(name, "")))}
    if not found or ((may_keep := can(actor, "letter.override")) and words.get("reason", "").strip()):
        return {}
    if may_keep:
        return found | {"reason": KEEP_OR_CHANGE}
    return {name: f"{why} {ASK_A_MANAGER}" if actor.is_wide else why for name, why in found.items()}


def kept_because(words: Mapping[str, str]) -> str:
    """Why words usually refused are kept; '' when there is none among them."""
    kept = any(unkind(words.get(name, "")) for name in QUOTED)
    return " ".join(words.get("reason", "").split())[:300] if kept else ""


def _save(
    actor: Actor, kind: str, text: Text, after: int, *, reason: str = "", original: bool = False
) -> LetterTemplate:
    Department.objects.select_for_update().get(pk=actor.department_id)  # one version at a time
    known = LetterTemplate.objects.filter(department_id=actor.department_id, kind=kind).first()
    last = known.version if known else 0
    if last != after:
        raise Conflict("Quelqu'un vient d'enregistrer une autre version de ce texte : relisez-la avant la vôtre.")
    return LetterTemplate.objects.create(
        department_id=actor.department_id,
        kind=kind,
        version=last + 1,
        subject=" ".join(text.subject.split()),
        body=text.body.replace("\r\n", "\n").strip(),
        original=original,
        reason=reason,
        saved_by_id=actor.user_id,
        saved_at=actor.now,
    )
