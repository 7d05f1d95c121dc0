"""What can go wrong in the domain: a stable code for machines, a French sentence for people."""

from __future__ import annotations

from collections.abc import Mapping


class DomainError(Exception):
    """A refusal the user can understand; nothing was changed."""

    status = 400
    code = "invalid"
    message = "Cette demande n'a pas pu être traitée."

    def __init__(self, message: str = "", *, code: str = "", fields: Mapping[str, str] | None = None) -> None:
        self.message = message or self.message
        self.code = code or self.code
        self.fields = dict(fields or {})
        super().__init__(self.code)


class Invalid(DomainError):
    """The data given do not make sense; `fields` ties each sentence to its field."""


class SignInRequired(DomainError):
    status = 401
    code = "authentication_required"
    message = "Connectez-vous pour continuer."


class Refused(DomainError):
    """Known object, but this actor may not do this: only ever raised inside one's own organisation."""

    status = 403
    code = "refused"
    message = "Votre habilitation ne permet pas cette action. Demandez à votre responsable."


class ReasonRequired(Refused):
    """The file is outside one's team and territory: it opens with a written reason, kept and reviewed."""

    code = "reason_required"
    message = "Ce dossier est suivi hors de votre équipe : indiquez pourquoi vous l'ouvrez."


class NotVisible(DomainError):
    """Unknown or foreign object: the two answers are the same, so that nothing is learnt."""

    status = 404
    code = "not_found"
    message = "Cette page n'existe pas, ou vous n'y avez pas accès."


class WrongMethod(DomainError):
    """The address only receives forms: opened as a page, it has nothing to show."""

    status = 405
    code = "method_not_allowed"
    message = "Cette adresse reçoit un formulaire : elle ne s'ouvre pas directement."


class Conflict(DomainError):
    """The present state of things forbids the change; the caller gets that state."""

    status = 409
    code = "conflict"
    message = "La situation a changé entre-temps. Voici l'état actuel."


class InvalidTransition(Conflict):
    code = "invalid_transition"

    def __init__(self, message: str = "", *, state: str = "", transition: str = "") -> None:
        self.state = state
        self.transition = transition
        super().__init__(message)


class Confirmation(Conflict):
    """Possible, but the person must say so first (duplicate shown, absence to conclude…)."""

    code = "confirmation_required"


class TooLarge(DomainError):
    status = 413
    code = "too_large"
    message = "Ce fichier est trop volumineux."


class TooMany(DomainError):
    status = 429
    code = "too_many_requests"
    message = "Trop de demandes en peu de temps. Réessayez dans quelques minutes."
