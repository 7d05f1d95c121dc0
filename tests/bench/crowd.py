"""Signed-in members for a crowd of sockets: ten sockets each, as many as one person may have."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client

from hub.core.actor import Actor
from partners.actors import SESSION_KEY
from partners.models import Membership, Organization, User
from partners.services.members import add_member

SOCKETS_EACH = 10


def members(count: int) -> list[Membership]:
    """That many counsellors of one organisation, kept from one run to the next."""
    organization = Organization.objects.get(name="UDAF de la Moselle")
    product = Actor.system(organization.presence_set.get().department_id, datetime.now(UTC))
    password = make_password("a crowd of invented people")
    for number in range(count):
        user, new = User.objects.get_or_create(
            email=f"foule.{number}@exemple.invalid",
            defaults={"first_name": "Foule", "last_name": f"FICTIF-{number}", "password": password},
        )
        if new:
            add_member(product, user=user, organization=organization, functions=["counselling"])
    found = Membership.objects.filter(user__email__startswith="foule.").select_related("user", "organization")
    return list(found[:count])


def cookie(member: Membership) -> str:
    """A session of this member, as his browser would send it."""
    browser = Client()
    browser.force_login(member.user)
    session = browser.session
    session[SESSION_KEY] = str(member.pk)
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"


def headers(count: int, port: int) -> list[dict[str, str]]:
    """Headers of that many sockets."""
    cookies = [cookie(member) for member in members(-(-count // SOCKETS_EACH))]
    origin = f"http://127.0.0.1:{port}"
    return [{"Cookie": cookies[number // SOCKETS_EACH], "Origin": origin} for number in range(count)]
