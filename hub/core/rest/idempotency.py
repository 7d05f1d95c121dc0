"""One effect per `Idempotency-Key`: the key is taken in the request's own transaction, and its answer kept with it.

Five requests in parallel: the first takes the key, the others wait for it at the unique constraint and then read its
answer. An answer of 400 and above undoes the transaction, and the key with it: nothing was done, one may try again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid
from hub.core.models import IdempotencyKey

HEADER = "Idempotency-Key"
LONGEST = 80
KEPT = timedelta(hours=24)

Handler = Callable[..., Response]


class IdempotencyConflict(Conflict):
    """The key was used for something else."""

    code = "idempotency_conflict"
    message = "Cette clé d'idempotence a déjà servi pour une autre demande."


def once(handler: Handler) -> Handler:
    """The POST handler, performed once per key; later calls get the first answer."""

    @wraps(handler)
    def perform(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER, "")
        if not key:
            return handler(view, request, *args, **kwargs)
        if len(key) > LONGEST or not (key.isascii() and key.isprintable()):
            raise Invalid(f"L'en-tête {HEADER} compte {LONGEST} caractères au plus.", code="bad_idempotency_key")
        taken, mine = _take(view.actor, key, _fingerprint(request))
        if not mine:
            return Response(json.loads(taken.body) if taken.body else None, status=taken.status)
        response = handler(view, request, *args, **kwargs)
        taken.status, taken.body = (
            response.status_code,
            JSONRenderer().render(response.data).decode(),
        )  # keeps its order
        taken.save(update_fields=["status", "body"])
        return response

    return perform


def _take(actor: Actor, key: str, fingerprint: str) -> tuple[IdempotencyKey, bool]:
    """The key's row and whether it was free; raises `IdempotencyConflict`."""
    keys = IdempotencyKey.objects.filter(user_id=actor.user_id, organization_id=actor.organization_id, key=key)
    row = _insert(actor, key, fingerprint)
    kept = keys.get()
    if kept.created_at < actor.now - KEPT:
        kept.delete()
        row = _insert(actor, key, fingerprint)
        kept = keys.get()
    if kept.pk != row.pk and kept.fingerprint != fingerprint:
        raise IdempotencyConflict
    return kept, kept.pk == row.pk


def _insert(actor: Actor, key: str, fingerprint: str) -> IdempotencyKey:
    """Waits for whoever holds the same key; row-level security refuses ON CONFLICT on named columns."""
    assert actor.user_id and actor.organization_id
    row = IdempotencyKey(
        department_id=actor.department_id,
        user_id=actor.user_id,
        organization_id=actor.organization_id,
        key=key,
        fingerprint=fingerprint,
        created_at=actor.now,
    )
    IdempotencyKey.objects.bulk_create([row], ignore_conflicts=True)
    return row


def _fingerprint(request: Request) -> str:
    """Hash of the address and the body, a file by its content (64 hexadecimal characters)."""
    whole = hashlib.sha256(f"{request.method} {request.path}\n".encode())
    data = request.data
    if hasattr(data, "lists"):
        for name, values in sorted(data.lists()):
            for value in values:
                whole.update(
                    f"{name}=".encode() + (_content(value) if isinstance(value, UploadedFile) else str(value).encode())
                )
    else:
        whole.update(json.dumps(data, sort_keys=True).encode())
    return whole.hexdigest()


def _content(file: UploadedFile) -> bytes:
    digest = hashlib.sha256(str(file.name).encode())
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.digest()
