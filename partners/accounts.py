"""How people sign in: accounts come from invitations only."""

from __future__ import annotations

from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from partners.actors import signed_in
from partners.models import User


class ClosedSignup(DefaultAccountAdapter):
    """Nobody creates an account alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class Accounts(AuthenticationBackend):
    """Passwords are allauth's; the user of a session is read with his memberships."""

    def get_user(self, user_id: UUID | str) -> User | None:
        """The user a session names, while he may sign in."""
        user = signed_in(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
