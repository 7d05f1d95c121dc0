"""The base of every API view: one actor, one way to read input, one way to answer a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DataError
from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from hub.core.actor import Actor
from hub.core.errors import Invalid, TooLarge
from hub.core.pages import paginate
from hub.core.rest.fields import acting, ready
from hub.core.rest.idempotency import once
from hub.core.rest.pages import PageQuery
from hub.core.rest.schema import ApiSchema
from hub.core.rest.throttles import MembershipThrottle

MULTIPART = "multipart/form-data"
FORM_ROOM = 64 * 1024  # what the other fields of a file form may weigh


class ApiView(APIView):
    """A route of the API. POST handlers obey `Idempotency-Key` unless `idempotent` says otherwise."""

    schema = ApiSchema()
    idempotent = True
    throttle_classes = [MembershipThrottle]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "post" in vars(cls) and cls.idempotent:
            cls.post = once(vars(cls)["post"])  # type: ignore[attr-defined]

    @property
    def actor(self) -> Actor:
        """Who acts; the route has already refused whoever is nobody."""
        return acting()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse a body too large before a byte of it is read: DRF itself sets no limit."""
        super().initial(request, *args, **kwargs)
        multipart = (request.content_type or "").startswith(MULTIPART)
        limit = settings.MAX_UPLOAD_BYTES + FORM_ROOM if multipart else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if int(request.META.get("CONTENT_LENGTH") or 0) > limit:
            raise TooLarge("Cet envoi est trop volumineux.")

    def input(self, form: type[Serializer[Any]]) -> dict[str, Any]:
        """The body, checked; raises DRF's ValidationError."""
        return dict(ready(form).run_validation(self.request.data))

    def query(self, form: type[Serializer[Any]]) -> dict[str, Any]:
        """The query string, checked; raises DRF's ValidationError, `Invalid` for a parameter nobody would read."""
        given, taken = self.request.query_params, ready(form).fields
        if unknown := sorted(set(given) - set(taken)):
            sentence = f"Paramètre inconnu. Cette liste accepte : {', '.join(taken)}."
            raise Invalid(code="unknown_parameter", message=sentence, fields=dict.fromkeys(unknown, sentence))
        return dict(ready(form).run_validation(given))

    def page(
        self,
        rows: QuerySet[Any],
        *,
        order: tuple[str, ...],
        form: type[PageQuery],
        show: Callable[[list[Any]], Iterable[Any]],
    ) -> Response:
        """`{count, next, results}`: the exact number of rows, one page of them in `order`, the address of the next."""
        asked = self.query(form)
        count = rows.count()
        try:
            page = paginate(rows, order=order, after=asked["cursor"], size=asked["page_size"])
        except (ValidationError, DataError, TypeError, ValueError) as error:
            raise Invalid("Ce lien de page n'est plus valable.", code="bad_cursor") from error
        return Response({"count": count, "next": self._next(page.next), "results": list(show(page.rows))})

    def _next(self, cursor: str) -> str | None:
        if not cursor:
            return None
        query = self.request._request.GET.copy()
        query["cursor"] = cursor
        return self.request._request.build_absolute_uri(f"{self.request.path}?{query.urlencode()}")
