"""`imports/matches/`: lines no rule could settle; who may each be, and what a person decides."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from hub.core.access import get_visible, require, visible
from hub.core.models import record_access
from hub.core.rest.doc import reads, writes
from hub.core.rest.pages import PageQuery, page_of
from hub.core.rest.views import ApiView
from hub.core.urls import route
from partners.models import ImportRow
from referrals.models import MatchDecision
from referrals.selectors.matches import match_record, open_matches
from referrals.serializers.matches import DecisionInput, DecisionOutput, MatchOutput, MatchRecordOutput
from referrals.serializers.referrals import Nothing
from referrals.services.matches import candidate, decide_match, revoke_decision

DECISIONS = ("organization", "decided_by", "beneficiary", "job")


class MatchesView(ApiView):
    @reads("Lignes à rapprocher (Département)", page_of(MatchOutput), query=PageQuery)
    def get(self, request: Request) -> Response:
        """Latest file first; each identity once."""
        order = ("-job__created_at", "line", "id")
        return self.page(open_matches(self.actor), order=order, form=PageQuery, show=self.show)

    def show(self, rows: list[ImportRow]) -> Any:
        record_access("list", detail=f"matches {len(rows)}")
        return MatchOutput(rows, many=True).data


class MatchView(ApiView):
    @reads("Une ligne à côté de chaque personne qu'elle peut désigner", MatchRecordOutput)
    def get(self, request: Request, pk: UUID) -> Response:
        """Compared value by value; a number of social security is only ever the same or not."""
        match = match_record(self.actor, pk)
        record_access("match_seen", subject=match.row.job)
        return Response(MatchRecordOutput(match).data)

    @writes(
        "Dire de qui parle une ligne",
        body=DecisionInput,
        answer=DecisionOutput,
        status=201,
        description="Vaut pour cette source et les mois suivants ; appliquée aussitôt. 409 quand la ligne n'est plus à "
        "rapprocher.",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """`person` with one of the candidates, `nobody`, or `unsure`."""
        row = get_visible(self.actor, ImportRow, pk, "job")
        require(self.actor, "match.decide", row)
        given = self.input(DecisionInput)
        chosen = given.get("beneficiary")
        person = candidate(self.actor, chosen) if chosen else None
        decision = decide_match(self.actor, row=row, answer=given["answer"], beneficiary=person)
        return Response(DecisionOutput(decision).data, status=201)


class DecisionsView(ApiView):
    @reads("Décisions de rapprochement en vigueur (Département)", page_of(DecisionOutput), query=PageQuery)
    def get(self, request: Request) -> Response:
        """Latest first."""
        found = visible(self.actor, MatchDecision).filter(revoked_at=None).select_related(*DECISIONS)
        return self.page(found, order=("-decided_at", "id"), form=PageQuery, show=self.show)

    def show(self, decisions: list[MatchDecision]) -> Any:
        return DecisionOutput(decisions, many=True).data


class RevokeView(ApiView):
    @writes("Annuler une décision : la question est posée à nouveau", body=Nothing, answer=DecisionOutput)
    def post(self, request: Request, pk: UUID) -> Response:
        """What was applied stays; it is undone with its import."""
        decision = get_visible(self.actor, MatchDecision, pk, *DECISIONS)
        revoke_decision(self.actor, decision=decision)
        return Response(DecisionOutput(get_visible(self.actor, MatchDecision, pk, *DECISIONS)).data)


LIST = "match.list"
urlpatterns = [
    route("imports/matches/", MatchesView.as_view(), name="api_matches", access=LIST),
    route("imports/matches/<uuid:pk>/", MatchView.as_view(), name="api_match", access=LIST),
    route("imports/decisions/", DecisionsView.as_view(), name="api_match_decisions", access=LIST),
    route("imports/decisions/<uuid:pk>/revoke/", RevokeView.as_view(), name="api_match_decision_revoke", access=LIST),
]
