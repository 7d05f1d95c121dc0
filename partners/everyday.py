"""Words people use, and those of the themes of the directory: somebody who looks for a flat finds housing.

Without accents, in the singular; the stems of PostgreSQL take care of the other forms.
"""

from __future__ import annotations

_SAID = {
    "vehicule": "voiture auto automobile bagnole scooter moto garage garagiste mecanicien",
    "permis": "conduite autoecole code",
    "logement": "appartement appart maison studio toit hlm bail habitation chambre demenagement demenager",
    "hebergement": "foyer abri sdf hotel urgence",
    "loyer": "expulsion impaye",
    "alimentation": "manger nourriture repas courses colis epicerie cuisine",
    "habillement": "vetement habit chaussure vestiaire",
    "electromenager": "frigo refrigerateur machine meuble mobilier",
    "enfant": "bebe creche nounou halte garderie",
    "violence": "divorce separation conjugale coup",
    "budget": "argent facture compte epargne",
    "endettement": "dette surendettement credit",
    "francais": "fle alphabetisation langue illettrisme lire ecrire",
    "numerique": "ordinateur informatique internet smartphone telephone tablette",
    "soins": "medecin docteur dentiste hopital lunettes mutuelle",
    "addictions": "alcool drogue tabac sevrage",
    "sante": "psychologue psy depression moral",
    "mdph": "handicap invalidite aah",
    "droits": "papier papiers demarche administratif caf titre sejour avocat",
    "emploi": "travail boulot job poste embauche interim",
    "formation": "apprendre stage diplome cours",
    "metier": "orientation profession",
    "entreprise": "micro autoentrepreneur creation patron",
    "sportives": "sport loisir culture vacances",
    "lien": "solitude isolement rencontre",
    "mobilite": "transport bus train velo deplacement trajet",
}  # fmt: skip
EVERYDAY = {word: meant for meant, words in _SAID.items() for word in words.split()}


def meant_by(word: str) -> str:
    """The word of the directory for an everyday one, plural or not; "" when there is none."""
    return EVERYDAY.get(word) or EVERYDAY.get(word.rstrip("sx"), "")
