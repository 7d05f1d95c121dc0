"""A person known to the Département. No audience tag, no score, nothing about health: a test forbids such fields."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models

from hub.core.models import PersonalModel
from partners.models import Commune, Territory

# Letters a key may hold; a name of 80 may take more once spelt out.
NAME_KEY, SORT_KEY, SEARCH_KEY = 80, 160, 260


class Sex(models.TextChoices):
    FEMALE = "female", "Femme"
    MALE = "male", "Homme"
    UNKNOWN = "", "Non renseigné"


class CafRole(models.TextChoices):
    """Role in the CAF or MSA household file (formats §1.2)."""

    APPLICANT = "DEM", "Demandeur"
    SPOUSE = "CJT", "Conjoint"
    CHILD = "ENF", "Enfant"
    OTHER = "AUT", "Autre"
    HOLDER = "RDO", "Responsable du dossier"
    UNKNOWN = "", "Non renseigné"


class RightsState(models.TextChoices):
    """State of the RSA right (CNAF `ETATDOSRSA`, formats §3.1)."""

    PENDING = "pending", "Demande en attente"
    REFUSED = "refused", "Refusé"
    OPEN = "open", "Ouvert et versable"
    SUSPENDED = "suspended", "Ouvert et suspendu"
    PAYMENT_SUSPENDED = "payment_suspended", "Ouvert, versement suspendu"
    CLOSED = "closed", "Clos"
    CLOSED_EARLIER = "closed_earlier", "Clos un mois antérieur"
    UNKNOWN = "unknown", "Non connu"


# Rights that leave the obligations of L. 262-28 CASF in force (formats §2.5).
OPEN_RIGHTS = (RightsState.OPEN, RightsState.SUSPENDED, RightsState.PAYMENT_SUSPENDED)


@pghistory.track()
class Beneficiary(PersonalModel):
    """Identity, contact, identifiers and rights of one adult; each adult of a couple has an own file."""

    last_name = models.CharField("nom d'usage", max_length=80)
    birth_name = models.CharField("nom de naissance", max_length=80, blank=True)
    first_names = models.CharField("prénoms", max_length=80)
    sex = models.CharField("sexe", max_length=6, choices=Sex.choices, blank=True, default=Sex.UNKNOWN)
    birth_date = models.DateField("date de naissance", null=True, blank=True)
    birth_date_partial = models.CharField("date de naissance incomplète", max_length=10, blank=True)
    died_on = models.DateField("date de décès", null=True, blank=True)

    phone = models.CharField("téléphone", max_length=20, blank=True)
    email = models.EmailField("adresse e-mail", blank=True)
    address = models.CharField("adresse", max_length=200, blank=True)
    postcode = models.CharField("code postal", max_length=5, blank=True)
    city = models.CharField("ville", max_length=80, blank=True)
    commune = models.ForeignKey(Commune, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    territory = models.ForeignKey(Territory, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    # Safe contact: shown before any contact, survives every import.
    do_not_call = models.BooleanField("ne pas appeler", default=False)
    do_not_write = models.BooleanField("ne pas écrire", default=False)
    confidential_address = models.BooleanField("adresse confidentielle", default=False)
    contact_through = models.CharField("contacter par l'intermédiaire de", max_length=200, blank=True)

    caf_fund = models.CharField("organisme payeur", max_length=3, blank=True)
    caf_organization = models.CharField("numéro de l'organisme", max_length=3, blank=True)
    caf_number = models.CharField("numéro d'allocataire", max_length=15, blank=True)
    caf_role = models.CharField("rôle dans le dossier", max_length=3, choices=CafRole.choices, blank=True, default="")
    pes_id = models.CharField("identifiant du service public de l'emploi", max_length=20, blank=True)
    pes_keys = ArrayField(models.CharField(max_length=11), default=list, blank=True)
    internal_id = models.CharField("identifiant interne (Solis)", max_length=40, blank=True)

    rights_state = models.CharField(
        "droit au RSA", max_length=20, choices=RightsState.choices, default=RightsState.UNKNOWN
    )
    rights_opened_on = models.DateField("droit ouvert le", null=True, blank=True)
    rights_as_of = models.DateField(null=True)  # reference date of the CAF flow that said so
    subject_to_obligations = models.BooleanField("soumis aux droits et devoirs", null=True, blank=True)

    restricted = models.BooleanField("dossier restreint", default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    # Search and matching keys: plain columns filled by the service that writes the names.
    sort_key = models.CharField(max_length=SORT_KEY, default="")
    search_key = models.CharField(max_length=SEARCH_KEY, default="")
    last_key = models.CharField(max_length=NAME_KEY, default="")
    birth_key = models.CharField(max_length=NAME_KEY, default="")
    first_key = models.CharField(max_length=NAME_KEY, default="")
    first_full_key = models.CharField(max_length=NAME_KEY, default="")

    class Meta:
        verbose_name = "personne"
        indexes = [
            models.Index(fields=["department_id", "sort_key", "id"], name="person_sorted"),
            models.Index(fields=["department_id", "territory", "sort_key", "id"], name="person_territory"),
            models.Index(fields=["department_id", "birth_date"], name="person_birth"),
            models.Index(fields=["department_id", "caf_number"], name="person_caf"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["department_id", "internal_id"], condition=~models.Q(internal_id=""), name="one_internal_id"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.last_name.upper()} {self.first_names}"


class NationalNumber(PersonalModel):
    """The NIR, in its own table with a stricter lock, since row-level security hides rows and not columns."""

    beneficiary = models.OneToOneField(Beneficiary, on_delete=models.PROTECT, related_name="national_number")
    cipher = models.BinaryField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["department_id", "hash"], name="one_person_per_nir")]

    def __str__(self) -> str:
        return str(self.pk)
