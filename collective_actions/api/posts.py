"""`open-posts/` and `action-models/`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import F
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from collective_actions.api.actions import allowed, shown
from collective_actions.models import ActionModel, OpenPost
from collective_actions.selectors.actions import get_action
from collective_actions.serializers import actions as action_forms
from collective_actions.serializers import posts as forms
from collective_actions.services.actions.models import forget_model, keep_model, start_from
from collective_actions.services.posts import edit_post, get_post, open_post
from hub.core.access import can, get_visible, visible
from hub.core.errors import NotVisible, Refused
from hub.core.rest.doc import reads, writes
from hub.core.rest.fields import represent
from hub.core.rest.pages import page_of
from hub.core.rest.views import ApiView
from hub.core.urls import MEMBER, route
from partners.selectors.directory.records import get_service


@extend_schema(tags=["services"])
class PostsView(ApiView):
    @reads("Postes ouverts", page_of(forms.PostOutput), query=forms.PostQuery)
    def get(self, request: Request) -> Response:
        """Published ones, by name."""
        left = self.query(forms.PostQuery)["left"]
        rows = visible(self.actor, OpenPost).select_related("service__organization")
        if left is not None:
            room = {"filled__lt": F("positions")}
            rows = rows.filter(**room) if left else rows.exclude(**room)
        return self.page(
            rows, order=("service__search_name", "service_id"), form=forms.PostQuery,
            show=lambda found: [represent(forms.PostOutput, row) for row in found],
        )  # fmt: skip

    @writes("Publier un poste ouvert", body=forms.PostInput, answer=forms.PostOutput, status=201)
    def post(self, request: Request) -> Response:
        """In the directory at once; prescribing it is a referral to its service."""
        given = self.input(forms.PostInput)
        if not can(self.actor, "service.create", given["organization"]):
            raise Refused if given["organization"].pk == self.actor.organization_id else NotVisible
        return Response(represent(forms.PostOutput, open_post(self.actor, **given)), status=201)


@extend_schema(tags=["services"])
class PostView(ApiView):
    @reads("Un poste ouvert", forms.PostOutput)
    def get(self, request: Request, pk: UUID) -> Response:
        """One post."""
        return Response(represent(forms.PostOutput, self._post(pk)))

    @writes("Modifier un poste, dire combien sont pourvus", body=forms.PostEdit, answer=forms.PostOutput, keyed=False)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Only what is given changes."""
        post = self._post(pk)
        if not can(self.actor, "service.edit", post.service):
            raise Refused if post.service.organization_id == self.actor.organization_id else NotVisible
        edit_post(self.actor, post=post, **self.input(forms.PostEdit))
        return Response(represent(forms.PostOutput, self._post(pk)))

    def _post(self, pk: UUID) -> OpenPost:
        post = get_post(get_service(self.actor, pk))
        if post is None:
            raise NotVisible
        return post


@extend_schema(tags=["collective actions"])
class ModelsView(ApiView):
    @reads("Modèles d'action", page_of(forms.ModelOutput), query=action_forms.ModelQuery)
    def get(self, request: Request) -> Response:
        """Those of one's organisation, and those shared in the Département."""
        return self.page(
            visible(self.actor, ActionModel), order=("name", "id"), form=action_forms.ModelQuery,
            show=lambda found: [represent(forms.ModelOutput, row) for row in found],
        )  # fmt: skip

    @writes("Concevoir une action à partir d'un modèle", body=forms.FromModelInput,
            answer=action_forms.ActionOutput, status=201)  # fmt: skip
    def post(self, request: Request) -> Response:
        """A draft that says what the model says."""
        given: dict[str, Any] = self.input(forms.FromModelInput)
        if not can(self.actor, "action.design", given["organization"]):
            raise Refused if given["organization"].pk == self.actor.organization_id else NotVisible
        made = start_from(self.actor, **given)
        return Response(shown(get_action(self.actor, made.pk)), status=201)


@extend_schema(tags=["collective actions"])
class ModelForgetView(ApiView):
    @writes("Retirer un modèle", status=204)
    def post(self, request: Request, pk: UUID) -> Response:
        """Actions made from it stay."""
        model = get_visible(self.actor, ActionModel, pk)
        if not can(self.actor, "model.forget", model):
            raise Refused if model.organization_id == self.actor.organization_id else NotVisible
        forget_model(self.actor, model=model)
        return Response(status=204)


@extend_schema(tags=["collective actions"])
class KeepModelView(ApiView):
    @writes("Garder une action comme modèle", body=forms.ModelInput, answer=forms.ModelOutput, status=201)
    def post(self, request: Request, pk: UUID) -> Response:
        """Without its dates nor partners; again under the same name replaces it."""
        action = get_action(self.actor, pk)
        allowed(self, "action.edit", action, action)
        kept = keep_model(self.actor, action=action, **self.input(forms.ModelInput))
        return Response(represent(forms.ModelOutput, kept), status=201)


urlpatterns = [
    route("open-posts/", PostsView.as_view(), name="api_posts", access=MEMBER),
    route("open-posts/<uuid:pk>/", PostView.as_view(), name="api_post", access=MEMBER),
    route("action-models/", ModelsView.as_view(), name="api_action_models", access=MEMBER),
    route("action-models/<uuid:pk>/forget/", ModelForgetView.as_view(), name="api_model_forget", access=MEMBER),
    route("collective-actions/<uuid:pk>/model/", KeepModelView.as_view(), name="api_model_keep", access=MEMBER),
]
