"""`beneficiaries/`: find, read by level, write (the Département), decide a track."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request
from rest_framework.response import Response

from hub.core.access import get_visible, require, visible
from hub.core.actor import Actor
from hub.core.alone import alone
from hub.core.errors import Confirmation
from hub.core.models import record_access
from hub.core.rest.doc import reads, writes
from hub.core.rest.fields import reference
from hub.core.rest.pages import PageQuery, page_of
from hub.core.rest.throttles import MembershipThrottle, NirSearchThrottle, NirShownThrottle
from hub.core.rest.views import ApiView
from hub.core.text import name_key
from hub.core.urls import route
from referrals.api.search import find_by_nir, get_person, search
from referrals.api.shown import files, whole
from referrals.api.watch import watch_openings
from referrals.models import TrackDecision
from referrals.selectors.people import duplicates_of
from referrals.serializers.people import (
    BeneficiaryChange,
    BeneficiaryOutput,
    BeneficiaryQuery,
    NewBeneficiary,
    NirInput,
    NirOutput,
    ReasonInput,
    SafeContactInput,
    TrackDecisionInput,
    TrackDecisionOutput,
    VoidInput,
)
from referrals.services.access import open_file
from referrals.services.pathways import decide_track, void_decision
from referrals.services.people import create_beneficiary, set_safe_contact, show_nir, update_beneficiary

NEW_PERSON = OpenApiExample(
    "Une personne inventée",
    value={"last_name": "FICTIF", "first_names": "Amélie", "birth_date": "1985-04-12", "commune": "57463"},
    request_only=True,
)


class PeopleView(ApiView):
    @reads("Personnes que vous voyez", page_of(BeneficiaryOutput), query=BeneficiaryQuery)
    def get(self, request: Request) -> Response:
        """People by name, territory, track, referent, open gap."""
        found = search(self.actor, self.query(BeneficiaryQuery))
        answer = self.page(
            found,
            order=("sort_key", "id"),
            form=BeneficiaryQuery,
            show=lambda rows: files(self.actor, rows),
        )
        record_access("list", detail=f"api: {len(answer.data['results'])}")
        return answer

    @writes(
        "Ouvrir un dossier (Département)",
        body=NewBeneficiary,
        answer=BeneficiaryOutput,
        status=201,
        examples=[NEW_PERSON],
        description="Un identifiant déjà connu donne 409 `duplicate_person` : le Département vérifie le doublon. "
        "Les mêmes nom, prénom et date de naissance donnent 409 `possible_duplicate`, sauf avec `confirmed`.",
    )
    def post(self, request: Request) -> Response:
        """Create a file."""
        require(self.actor, "person.create")
        values = self.input(NewBeneficiary)
        nir = values.pop("nir", "")
        if not values.pop("confirmed"):
            _refuse_silent_twin(self.actor, values)
        person = create_beneficiary(self.actor, values=values, nir=nir)
        return Response(whole(self.actor, person), status=201)


def _refuse_silent_twin(actor: Actor, values: Mapping[str, Any]) -> None:
    """Of two who open the same file at once, the second waits here until the first is known."""
    last, first, birth = values["last_name"], values["first_names"], values.get("birth_date")
    alone(f"person {actor.department_id} {name_key(last)} {name_key(first)} {birth}")
    if duplicates_of(actor, last_name=last, first_names=first, birth_date=birth):
        raise Confirmation(
            "Un dossier existe déjà avec ce nom et cette date de naissance. Si c'est une autre personne, dites-le "
            "(`confirmed`).",
            code="possible_duplicate",
        )


class PersonView(ApiView):
    @reads(
        "Un dossier, selon votre niveau d'accès",
        BeneficiaryOutput,
        description="403 `reason_required` : le dossier est suivi hors de votre équipe, ouvrez-le avec un motif.",
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """One file, by level; the reading is logged."""
        person = get_person(self.actor, pk)
        record_access("viewed", subject=person, detail="api")
        watch_openings(self.actor)
        return Response(whole(self.actor, person))

    @writes("Corriger un dossier (Département)", body=BeneficiaryChange, answer=BeneficiaryOutput, keyed=False)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change what was sent, leave the rest."""
        person = get_person(self.actor, pk)
        require(self.actor, "person.edit", person)
        values = self.input(BeneficiaryChange)
        nir, version = values.pop("nir", ""), values.pop("version", None)
        update_beneficiary(self.actor, person=person, values=values, nir=nir, version=version)
        return Response(whole(self.actor, get_person(self.actor, pk)))


class SafeContactView(ApiView):
    @writes("Protéger le contact d'une personne", body=SafeContactInput, answer=BeneficiaryOutput)
    def post(self, request: Request, pk: UUID) -> Response:
        """How to reach the person without putting her in danger."""
        person = get_person(self.actor, pk)
        require(self.actor, "person.contact", person)
        set_safe_contact(self.actor, person=person, values=self.input(SafeContactInput))
        return Response(whole(self.actor, person))


class NirView(ApiView):
    idempotent = False  # its answer must not be kept
    throttle_classes = [MembershipThrottle, NirShownThrottle]

    @writes("Lire le NIR, à la demande ; journalisé", answer=NirOutput, keyed=False)
    def post(self, request: Request, pk: UUID) -> Response:
        """The NIR of one person."""
        return Response({"nir": show_nir(self.actor, person=get_person(self.actor, pk))})


class FindByNirView(ApiView):
    idempotent = False  # nor the question
    throttle_classes = [MembershipThrottle, NirSearchThrottle]

    @writes(
        "Chercher par NIR (Département) ; journalisé, 20 par heure",
        body=NirInput,
        answer=page_of(BeneficiaryOutput),
        keyed=False,
        description="Une personne que vous ne voyez pas et une personne absente donnent la même réponse vide.",
    )
    def post(self, request: Request) -> Response:
        """The person with this NIR, among those one sees."""
        require(self.actor, "person.nir")
        found = files(self.actor, find_by_nir(self.actor, self.input(NirInput)["nir"]))
        return Response({"count": len(found), "next": None, "results": found})


class OpenView(ApiView):
    @writes("Ouvrir un dossier hors de son équipe, avec un motif", body=ReasonInput, answer=BeneficiaryOutput)
    def post(self, request: Request, pk: UUID) -> Response:
        """The reason is kept, and read by one's manager."""
        open_file(self.actor, beneficiary_id=pk, reason=self.input(ReasonInput)["reason"])
        return Response(whole(self.actor, get_person(self.actor, pk)))


class TrackDecisionsView(ApiView):
    @reads("Les décisions d'orientation d'une personne", page_of(TrackDecisionOutput), query=PageQuery)
    def get(self, request: Request, pk: UUID) -> Response:
        """Decisions, latest effect first."""
        person = get_person(self.actor, pk)
        found = visible(self.actor, TrackDecision).filter(beneficiary=person).select_related("designated")
        return self.page(
            found,
            order=("-effective_on", "-recorded_at", "id"),
            form=PageQuery,
            show=lambda rows: [decision_shown(row) for row in rows],
        )

    @writes(
        "Décider une orientation et désigner le référent (Département)",
        body=TrackDecisionInput,
        answer=TrackDecisionOutput,
        status=201,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Record a decision; its designation leaves at once."""
        person = get_person(self.actor, pk)
        require(self.actor, "track.decide", person)
        decision = decide_track(self.actor, person=person, **self.input(TrackDecisionInput))
        return Response(decision_shown(decision), status=201)


class VoidDecisionView(ApiView):
    @writes("Annuler une décision saisie par erreur (Département)", body=VoidInput, answer=TrackDecisionOutput)
    def post(self, request: Request, pk: UUID, decision: UUID) -> Response:
        """It never counted."""
        found = get_visible(self.actor, TrackDecision, decision, "designated")
        person = get_person(self.actor, pk)
        require(self.actor, "track.decide", person)
        void_decision(self.actor, decision=found, reason=self.input(VoidInput)["reason"])
        return Response(decision_shown(found))


def decision_shown(decision: TrackDecision) -> dict[str, Any]:
    """A decision as machines read it."""
    fields = ("track", "decided_on", "effective_on", "ended_on", "motive", "informed_on", "recorded_at", "voided_at")
    shown = {"id": decision.pk, "designated": reference(decision.designated)}
    return dict(TrackDecisionOutput(shown | {name: getattr(decision, name) for name in fields}).data)


LIST = "people.list"
urlpatterns = [
    route("beneficiaries/", PeopleView.as_view(), name="api_people", access=LIST),
    route("beneficiaries/find-by-nir/", FindByNirView.as_view(), name="api_find_by_nir", access=LIST),
    route("beneficiaries/<uuid:pk>/", PersonView.as_view(), name="api_person", access=LIST),
    route("beneficiaries/<uuid:pk>/safe-contact/", SafeContactView.as_view(), name="api_safe_contact", access=LIST),
    route("beneficiaries/<uuid:pk>/nir/", NirView.as_view(), name="api_nir", access=LIST),
    route("beneficiaries/<uuid:pk>/open/", OpenView.as_view(), name="api_open_person", access=LIST),
    route("beneficiaries/<uuid:pk>/track-decisions/", TrackDecisionsView.as_view(), name="api_decisions", access=LIST),
    route(
        "beneficiaries/<uuid:pk>/track-decisions/<uuid:decision>/void/",
        VoidDecisionView.as_view(),
        name="api_void_decision",
        access=LIST,
    ),
]
