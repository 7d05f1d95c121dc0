"""Applying a file of people: creations in bulk, changes field by field, tracks with their referent."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection

from hub.core.actor import Actor
from hub.core.bulk import bulk_insert
from hub.core.errors import DomainError
from hub.core.text import fold
from partners.models import Commune, ImportJob, ImportRow, Organization
from partners.models.files import Verdict
from referrals.models import (
    AccessGrant,
    Beneficiary,
    Level,
    NationalNumber,
    SupportAssignment,
    Track,
    TrackDecision,
)
from referrals.models.beneficiaries import OPEN_RIGHTS, RightsState
from referrals.services.access import open_accesses
from referrals.services.gaps import lapse_gaps
from referrals.services.pathways import decide_track
from referrals.services.people import KEYS, fill_keys
from referrals.services.people_undo import heads, keep_written

BATCH = 1000
GROWN = (
    "referrals_beneficiary",
    "referrals_nationalnumber",
    "referrals_trackdecision",
    "referrals_supportassignment",
    "referrals_accessgrant",
)
DATES = ("birth_date", "rights_opened_on", "rights_as_of")
DESIGNATED_KIND = {
    Track.PROFESSIONAL: "employment_service",
    Track.SOCIO_PROFESSIONAL: "udaf",
    Track.SOCIAL: "department",
}
T = TypeVar("T")


def apply_people(actor: Actor, job: ImportJob) -> dict[str, int]:
    """Create and change what the analysis announced; returns how many tracks could not be recorded."""
    writer, since = _Writer(actor, job), heads()
    rows = ImportRow.objects.filter(job=job)
    for batch in _batches(rows.filter(verdict=Verdict.CREATED).order_by("line").iterator(BATCH)):
        writer.create(batch)
    for batch in _batches(rows.filter(verdict=Verdict.CHANGED).order_by("line").iterator(BATCH)):
        writer.change(batch)
    keep_written(actor, job, since)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(GROWN)}")  # the next list joins these: the planner must know their size
    return {"tracks_refused": writer.tracks_refused}


class _Writer:
    """One file being applied: what it needs to know is read once."""

    def __init__(self, actor: Actor, job: ImportJob) -> None:
        self.actor, self.job = actor, job
        self.tracks_refused = 0
        self.communes = {commune.pk: commune for commune in Commune.objects.filter(department_id=actor.department_id)}
        self.organizations = list(Organization.objects.filter(departments=actor.department_id, active=True))

    def create(self, rows: list[ImportRow]) -> None:
        """New files, with their NIR and track."""
        people = []
        for row in rows:
            person = Beneficiary(
                department_id=self.actor.department_id, created_at=self.actor.now, updated_at=self.actor.now
            )
            self._fill(person, row.data["values"])
            row.beneficiary_id = person.pk
            people.append(person)
        bulk_insert(people)
        bulk_insert(
            NationalNumber(
                department_id=self.actor.department_id,
                beneficiary_id=_person(row),
                cipher=base64.b64decode(row.data["nir"][0]),
                hash=row.data["nir"][1],
            )
            for row in rows
            if "nir" in row.data
        )
        _remember(rows)
        self._first_tracks([row for row in rows if "track" in row.data])

    def change(self, rows: list[ImportRow]) -> None:
        """Known people: only the fields the analysis showed as changing."""
        people = Beneficiary.objects.select_for_update().in_bulk([_person(row) for row in rows])
        fields: set[str] = set()
        for row in rows:
            person = people[_person(row)]
            changing = {name: row.data["values"][name] for name in row.data["changes"] if name in row.data["values"]}
            if "rights_as_of" in row.data["values"] and any(
                name.startswith(("rights", "subject")) for name in changing
            ):
                changing["rights_as_of"] = row.data["values"]["rights_as_of"]
            self._fill(person, changing)
            person.updated_at = self.actor.now
            fields |= changing.keys()
        Beneficiary.objects.bulk_update(
            people.values(), [*(fields - {"commune_id"}), "commune", *_COLUMNS], batch_size=500
        )
        closed = [p.pk for p in people.values() if p.rights_state not in (*OPEN_RIGHTS, RightsState.UNKNOWN)]
        lapse_gaps(self.actor, beneficiary_ids=closed, closing="rights_closed", job_id=self.job.pk)
        for row in rows:
            if "nir" in row.data["changes"]:
                self._keep_nir(row)
            if "track" in row.data["changes"]:
                self._new_track(people[_person(row)], row)

    def _fill(self, person: Beneficiary, values: dict[str, Any]) -> None:
        for name, value in values.items():
            if name == "commune_id":
                person.commune = self.communes.get(value)
            else:
                setattr(person, name, date.fromisoformat(value) if name in DATES and value else value)
        fill_keys(person)

    def _keep_nir(self, row: ImportRow) -> None:
        cipher, digest = row.data["nir"]
        NationalNumber.objects.create(
            department_id=self.actor.department_id,
            beneficiary_id=_person(row),
            cipher=base64.b64decode(cipher),
            hash=digest,
        )

    def _first_tracks(self, rows: list[ImportRow]) -> None:
        """Decisions taken before the hub: recorded with their referent; nobody is sent a designation for them."""
        decisions, assignments, grants = [], [], []
        for row in rows:
            decision = self._decision(row)
            if decision is None:
                self.tracks_refused += 1
                continue
            assignment = SupportAssignment(
                department_id=self.actor.department_id,
                beneficiary_id=_person(row),
                organization=decision.designated,
                decision=decision,
                starts_on=decision.effective_on,
            )
            decisions.append(decision)
            assignments.append(assignment)
            if decision.designated and decision.designated.kind_id != "department":
                grants.append(self._grant(assignment, decision.designated))
        bulk_insert(decisions)
        bulk_insert(assignments)
        open_accesses(grants)

    def _decision(self, row: ImportRow) -> TrackDecision | None:
        track, day, hint = row.data["track"]
        designated = self._designated(track, hint)
        decided_on = date.fromisoformat(day) if day else self.actor.today
        if designated is None or decided_on > self.actor.today:
            return None
        return TrackDecision(
            department_id=self.actor.department_id,
            beneficiary_id=_person(row),
            track=track,
            decided_on=decided_on,
            effective_on=decided_on,
            designated=designated,
            motive="Reprise du fichier du Département",
            recorded_at=self.actor.now,
        )

    def _grant(self, assignment: SupportAssignment, organization: Organization) -> AccessGrant:
        return AccessGrant(
            department_id=self.actor.department_id,
            beneficiary_id=assignment.beneficiary_id,
            organization=organization,
            level=Level.FULL if organization.kind_id == "employment_service" else Level.SUPPORT,
            reason="Référent unique",
            source_kind="supportassignment",
            source_id=assignment.pk,
            starts_at=self.actor.now,
        )

    def _new_track(self, person: Beneficiary, row: ImportRow) -> None:
        track, day, hint = row.data["track"]
        designated = self._designated(track, hint)
        decided_on = date.fromisoformat(day) if day else self.actor.today
        try:
            if designated is None:
                raise DomainError
            decide_track(
                self.actor,
                person=person,
                track=track,
                decided_on=decided_on,
                effective_on=decided_on,
                designated=designated,
                motive="Reprise du fichier du Département",
                job_id=self.job.pk,
            )
        except DomainError:
            self.tracks_refused += 1

    def _designated(self, track: str, hint: str | None) -> Organization | None:
        """The organisation the file names, when exactly one bears that name; else the one of the track."""
        if hint and (named := [o for o in self.organizations if fold(hint) in o.search_name]) and len(named) == 1:
            return named[0]
        return next((o for o in self.organizations if o.kind_id == DESIGNATED_KIND[Track(track)]), None)


def _person(row: ImportRow) -> UUID:
    """Whom an applied line is about: its analysis or its creation always says so."""
    assert row.beneficiary_id is not None
    return row.beneficiary_id


def _remember(rows: list[ImportRow]) -> None:
    """Write on each line whom it created."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE partners_importrow r SET beneficiary_id = m.person"
            " FROM unnest(%s::uuid[], %s::uuid[]) AS m(id, person) WHERE m.id = r.id",
            [[row.pk for row in rows], [row.beneficiary_id for row in rows]],
        )


_COLUMNS = [*(key for key in KEYS if key != "territory_id"), "territory", "updated_at"]


def _batches(rows: Iterable[T]) -> Iterator[list[T]]:
    batch: list[T] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
