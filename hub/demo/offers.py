"""What the invented organisations offer, and the towns of the demo, as data."""

from __future__ import annotations

from typing import Any

# Town, INSEE code, postal code, street.
TOWNS = (
    ("Metz", "57463", "57000", "rue de la Fiction"),
    ("Thionville", "57672", "57100", "place du Modèle"),
    ("Forbach", "57227", "57600", "avenue de l'Exemple"),
    ("Sarreguemines", "57631", "57200", "rue du Spécimen"),
    ("Sarrebourg", "57630", "57400", "quai de l'Invention"),
    ("Hagondange", "57283", "57300", "rue des Personnages"),
)
# What the network's own organisations say of their services: theme, kind, fee, INSEE code, description.
OURS: dict[str, tuple[str, str, str, str, str]] = {
    "Plateforme linguistique": ("lecture-ecriture-calcul--maitriser-le-francais", "information", "gratuit", "",
                                "Un test de français, puis la bonne formation et une place."),
    "Placement en entreprise": ("trouver-un-emploi--repondre-a-des-offres-demploi", "accompagnement", "gratuit", "",
                                "Un développeur de l'emploi présente des profils aux entreprises et suit six mois."),
    "Poste en espaces verts": ("trouver-un-emploi--repondre-a-des-offres-demploi", "accompagnement", "gratuit",
                               "57463", "26 heures par semaine, en équipe, avec un encadrant et un accompagnateur."),
    "Poste en cuisine": ("trouver-un-emploi--repondre-a-des-offres-demploi", "accompagnement", "gratuit", "57463",
                         "26 heures par semaine dans une cuisine d'insertion : plonge, préparation, service."),
    "Aide alimentaire": ("equipement-et-alimentation--alimentation", "aide-materielle", "payant", "57463",
                         "Des courses à 20 % du prix, choisies en rayon, le mardi et le vendredi."),
    "Atelier budget": ("difficultes-financieres--ameliorer-sa-gestion-budgetaire", "atelier", "gratuit", "57463",
                       "Six séances pour prévoir, choisir et garder une marge, autour d'un café."),
    "Prêt de vélo": ("mobilite--acceder-a-un-vehicule", "aide-materielle", "gratuit", "57672",
                     "Un vélo révisé, un casque et un antivol pour trois mois."),
    "Remise en mouvement": ("remobilisation--activites-sportives-et-culturelles", "atelier", "gratuit", "57672",
                            "Sorties à vélo en petit groupe, à son allure, le jeudi matin."),
    "Consultation addictions": ("sante--addictions", "accompagnement", "gratuit", "57463",
                                "Un entretien confidentiel et gratuit, sans jugement, sur rendez-vous."),
    "Bilan de santé": ("sante--acces-aux-soins", "accompagnement", "gratuit", "57463",
                       "Deux heures avec une infirmière, puis un rendez-vous pour comprendre les résultats."),
    "Réparation": ("mobilite--entretenir-reparer-son-vehicule", "aide-materielle", "payant", "57463",
                   "La pièce au prix coûtant, la main-d'œuvre à 25 € de l'heure."),
}  # fmt: skip


def offer(name: str) -> dict[str, Any]:
    """What an organisation of the network says of one of its services, as `create_service` takes it."""
    theme, kind, fee, insee, text = OURS[name]
    city = next((town[0] for town in TOWNS if town[1] == insee), "")
    place = {"insee": insee, "city": city, "reception": ["en-presentiel" if insee else "a-distance"]}
    return {"themes": [theme], "kind": kind, "fee": fee, "description": text, "public": True, **place}
