"""Themes of services: the 69 codes of data·inclusion schema v1, with plain French labels, by category."""

from __future__ import annotations

_CATEGORIES: dict[tuple[str, str], dict[str, str]] = {
    ("choisir-un-metier", "Choisir un métier"): {
        "confirmer-son-choix-de-metier": "Confirmer son choix de métier",
        "connaitre-les-opportunites-demploi": "Connaître les opportunités d'emploi",
        "decouvrir-un-metier-ou-un-secteur-dactivite": "Découvrir un métier ou un secteur",
        "identifier-ses-points-forts-et-ses-competences": "Identifier ses points forts",
    },
    ("creer-une-entreprise", "Créer une entreprise"): {
        "definir-son-projet-de-creation-dentreprise": "Définir son projet",
        "developper-son-entreprise": "Développer son entreprise",
        "structurer-son-projet-de-creation-dentreprise": "Structurer son projet",
    },
    ("difficultes-administratives-ou-juridiques", "Droits et démarches"): {
        "accompagnement-aux-demarches-administratives": "Démarches administratives",
        "accompagnement-pour-lacces-a-la-citoyennete": "Accès à la citoyenneté",
        "accompagnement-pour-lacces-aux-droits": "Accès aux droits",
        "beneficier-dune-mesure-daccompagnement-adapte": "Mesure d'accompagnement adapté",
        "connaitre-ses-droits-face-a-une-discrimination": "Discriminations",
        "prendre-en-compte-une-problematique-judiciaire": "Situation judiciaire",
    },
    ("difficultes-financieres", "Difficultés financières"): {
        "acquerir-une-autonomie-budgetaire": "Autonomie budgétaire",
        "ameliorer-sa-gestion-budgetaire": "Gestion du budget",
        "mettre-en-place-une-mesure-de-protection-financiere": "Mesure de protection financière",
        "prevenir-une-degradation-de-la-situation-financiere": "Prévenir les difficultés",
        "situation-dendettement-surendettement": "Endettement, surendettement",
    },
    ("equipement-et-alimentation", "Équipement et alimentation"): {
        "aide-menagere": "Aide ménagère",
        "alimentation": "Alimentation",
        "electromenager": "Électroménager",
        "habillement": "Habillement",
    },
    ("famille", "Famille"): {
        "garde-denfants": "Garde d'enfants",
        "prise-en-charge-personne-dependante": "Personne dépendante",
        "soutien-a-la-parentalite-et-a-leducation": "Parentalité, éducation",
        "soutien-aidants": "Soutien aux aidants",
        "surmonter-conflits-separation-violence": "Conflits, séparation, violences",
    },
    ("lecture-ecriture-calcul", "Lecture, écriture, calcul"): {
        "maitriser-le-calcul": "Maîtriser le calcul",
        "maitriser-le-francais": "Maîtriser le français",
    },
    ("logement-hebergement", "Logement"): {
        "acheter-un-logement": "Acheter un logement",
        "changer-de-logement": "Changer de logement",
        "louer-un-logement": "Louer un logement",
        "rechercher-une-solution-dhebergement-temporaire": "Hébergement temporaire",
        "reduire-les-impayes-de-loyer": "Impayés de loyer",
        "se-maintenir-dans-le-logement": "Se maintenir dans le logement",
        "sinformer-sur-les-demarches-liees-a-lacces-au-logement": "Démarches d'accès au logement",
    },
    ("mobilite", "Mobilité"): {
        "acceder-a-un-vehicule": "Accéder à un véhicule",
        "entretenir-reparer-son-vehicule": "Entretenir, réparer son véhicule",
        "etre-accompagne-dans-son-parcours-mobilite": "Accompagnement à la mobilité",
        "financer-ma-mobilite": "Financer sa mobilité",
        "preparer-un-permis": "Préparer un permis",
        "mobilite-douce-partagee-collective": "Mobilité douce, partagée, collective",
    },
    ("numerique", "Numérique"): {
        "acceder-a-des-services-en-ligne": "Services en ligne",
        "acceder-a-une-connexion-internet": "Connexion internet",
        "acquerir-un-equipement": "Acquérir un équipement",
        "maitriser-les-fondamentaux-du-numerique": "Maîtriser les bases",
    },
    ("preparer-sa-candidature", "Préparer sa candidature"): {
        "developper-son-reseau": "Développer son réseau",
        "organiser-ses-demarches-de-recherche-demploi": "Organiser sa recherche",
        "realiser-un-cv-et-ou-une-lettre-de-motivation": "CV, lettre de motivation",
        "valoriser-ses-competences": "Valoriser ses compétences",
    },
    ("remobilisation", "Remobilisation"): {
        "activites-sportives-et-culturelles": "Activités sportives et culturelles",
        "benevolat-action-citoyenne": "Bénévolat, action citoyenne",
        "bien-etre-confiance-en-soi": "Bien-être, confiance en soi",
        "lien-social": "Lien social",
    },
    ("sante", "Santé"): {
        "acces-aux-soins": "Accès aux soins",
        "addictions": "Addictions",
        "constituer-un-dossier-mdph-invalidite": "Dossier MDPH, invalidité",
        "sante-mentale": "Santé mentale",
        "sante-sexuelle": "Santé sexuelle",
    },
    ("se-former", "Se former"): {
        "monter-son-dossier-de-formation": "Monter son dossier de formation",
        "trouver-sa-formation": "Trouver sa formation",
    },
    ("souvrir-a-linternational", "S'ouvrir à l'international"): {
        "connaitre-les-opportunites-demploi-a-letranger": "Emploi à l'étranger",
        "sinformer-sur-les-aides-pour-travailler-a-letranger": "Aides pour travailler à l'étranger",
        "sorganiser-suite-a-son-retour-en-france": "Retour en France",
    },
    ("trouver-un-emploi", "Trouver un emploi"): {
        "convaincre-un-recruteur-en-entretien": "Convaincre en entretien",
        "faire-des-candidatures-spontanees": "Candidatures spontanées",
        "maintien-dans-lemploi": "Maintien dans l'emploi",
        "repondre-a-des-offres-demploi": "Répondre à des offres",
        "suivre-ses-candidatures-et-relancer-les-employeurs": "Suivre ses candidatures",
    },
}

THEMES = [
    (label, [(f"{category}--{code}", name) for code, name in themes.items()])
    for (category, label), themes in _CATEGORIES.items()
]
"""Choices of a select, grouped by category."""

THEME_LABELS = {code: f"{label} : {name}" for label, themes in THEMES for code, name in themes}


def theme_label(code: str) -> str:
    """The French name of a theme, or the code itself when it is not one of the schema."""
    return THEME_LABELS.get(code, code)
