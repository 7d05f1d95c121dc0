"""How people sign in: accounts come from invitations only."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedSignup(DefaultAccountAdapter):
    """Nobody creates an account alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
