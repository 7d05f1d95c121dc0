"""Open posts: published, changed, filled. Prescribing one is a referral to whoever employs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from collective_actions.models import Contract, OpenPost
from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Invalid
from partners.models import Organization, Service
from partners.models.services import ServiceNature
from partners.services.directory.places import set_has_places
from partners.services.directory.writing import rewrite_service, write_service

OWN = frozenset({"contract", "months", "starts_on", "prescribers", "positions"})


@transaction.atomic
def open_post(actor: Actor, *, organization: Organization, name: str, contract: str, **written: Any) -> OpenPost:
    """Published at once in the directory. `written`: fields of `OWN`, else those of a service. Raises `Invalid`."""
    require(actor, "service.create", organization)
    own = {field: written.pop(field) for field in OWN & written.keys()}
    service = write_service(actor, organization=organization, name=name, nature=ServiceNature.POST, **written)
    post = OpenPost(service=service, contract=contract, **own)
    _check(post)
    post.save(force_insert=True)
    count_posts(post)
    return post


@transaction.atomic
def edit_post(actor: Actor, *, post: OpenPost, **written: Any) -> OpenPost:
    """Change what is said of it; `filled`: how many are taken. Raises `Invalid`."""
    require(actor, "service.edit", post.service)
    post = OpenPost.objects.select_for_update(of=("self",)).select_related("service").get(pk=post.pk)
    for field in (OWN | {"filled"}) & written.keys():
        setattr(post, field, written.pop(field))
    _check(post)
    post.save()
    if written:
        rewrite_service(actor, service=post.service, **written)
    count_posts(post)
    return post


def fill_post(service_id: UUID) -> None:
    """Somebody who was sent there is hired: one post less to fill, if the service is a post and one is left."""
    post = OpenPost.objects.select_for_update(of=("self",)).filter(pk=service_id).first()
    if post is not None and post.left:
        post.filled += 1
        post.save(update_fields=["filled"])
        count_posts(post)


def count_posts(post: OpenPost) -> None:
    """Tell the directory whether somebody may still be sent there."""
    set_has_places(post.service_id, post.left > 0)


def get_post(service: Service) -> OpenPost | None:
    """The post a service is, if it is one."""
    return OpenPost.objects.select_related("service__organization").filter(service=service).first()


def _check(post: OpenPost) -> None:
    if post.contract not in Contract.values:
        raise Invalid(fields={"contract": "Choisissez dans la liste."})
    if post.positions < 1:
        raise Invalid(fields={"positions": "Au moins un poste."})
    if post.filled > post.positions:
        sentence = f"{post.positions} au plus : c'est le nombre de postes."
        raise Invalid(sentence, fields={"filled": sentence, "positions": f"{post.filled} sont déjà pourvus."})
