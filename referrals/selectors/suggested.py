"""Services that answer what stands in the way of a person, near where she lives; one gesture away from a referral."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from hub.core.access import find, visible
from hub.core.actor import Actor
from partners.models import Commune, Service
from partners.models.services import SENT_TO
from partners.selectors.directory.search import services_near
from referrals.models import Barrier, BarrierNote, Beneficiary

MOST = 4
# Barriers of the DSP → tokens of the directory: `c:` a category of themes, `t:` one theme (formats §5).
TOKENS: dict[str, tuple[str, ...]] = {
    Barrier.HOUSING: ("c:logement-hebergement",),
    Barrier.CONSTRAINT: ("t:sante--acces-aux-soins", "t:sante--constituer-un-dossier-mdph-invalidite"),
    Barrier.SOCIAL: (
        "c:difficultes-financieres",
        "t:remobilisation--lien-social",
        "t:difficultes-administratives-ou-juridiques--accompagnement-pour-lacces-aux-droits",
    ),
    Barrier.EMPLOYMENT: ("c:trouver-un-emploi", "c:preparer-sa-candidature"),
    Barrier.SCHOOLING: ("c:se-former", "c:lecture-ecriture-calcul"),
    Barrier.SKILLS: ("t:preparer-sa-candidature--valoriser-ses-competences", "c:choisir-un-metier"),
    Barrier.MOBILITY: ("c:mobilite",),
    Barrier.CHILDCARE: ("t:famille--garde-denfants",),
}


def barriers_of(actor: Actor, person: Beneficiary) -> BarrierNote | None:
    """The latest note, when one may read it."""
    return visible(actor, BarrierNote).filter(beneficiary=person).order_by("-noted_at").first()


def suggested_services(actor: Actor, person: Beneficiary, note: BarrierNote) -> list[Service]:
    """The nearest services for these barriers that receive referrals, those without place last.

    Where somebody with a confidential address lives is not told by what is near.
    """
    tokens = [token for barrier in note.barriers for token in TOKENS[barrier]]
    return services_near(actor, tokens, known_commune(person), most=MOST) if tokens else []


def need_answered(actor: Actor, person: Beneficiary, service_key: str) -> str:
    """Of what stands in her way, what this service answers: the need of a referral to it, to be changed at will.

    "" when nothing is known of it. Never of health, nor for a sensitive service: that is written by hand or not at all.
    """
    service = find(actor, Service, service_key) if service_key else None
    note = barriers_of(actor, person) if service and not service.sensitive else None
    if service is None or note is None:
        return ""
    known = set(service.facets)
    found = [one for one in note.barriers if one != Barrier.CONSTRAINT and known.intersection(TOKENS[one])]
    return ", ".join(str(Barrier(one).label) for one in found)


def known_commune(person: Beneficiary) -> Commune | None:
    """The commune one may look around for her."""
    return None if person.confidential_address else person.commune


def referral_url(person: Beneficiary, service: Service) -> str:
    """The referral to this service, ready to be written; of an action, its dates."""
    if service.nature not in SENT_TO:
        return f"{reverse('service', args=[service.pk])}?{urlencode({'pour': str(person.pk)})}"
    chosen = urlencode({"to": service.organization_id, "service": service.pk})
    return f"{reverse('referral_compose', args=[person.pk])}?{chosen}"


def directory_url(person: Beneficiary) -> str:
    """The directory around where the person lives; a service found there is one click from her referral."""
    commune = known_commune(person)
    around = {"commune": commune.pk} if commune else {}
    return f"{reverse('directory')}?{urlencode({'pour': str(person.pk), **around})}"
