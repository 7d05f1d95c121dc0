"""Titles of columns met in rosters, by the name the hub gives them. The first title is shown to people.

Three families: our template, the Région Île-de-France's extract, France Travail's (titles with prefixes `c_`, `dc_`,
`dd_`, `dn_`).
"""

ROSTER: dict[str, tuple[str, ...]] = {
    "session_number": ("N° session", "Numéro de session", "Numéro session", "Id Session DOKELIO", "dn_session_id"),
    "catalogue_number": ("N° session (catalogue)", "dc_numeroicsession"),
    "title": (
        "Intitulé", "Intitulé de la formation", "Intitulé formation", "Formation", "Libellé Action", "dc_lblformation",
    ),
    "action_number": ("N° action", "Numéro action", "dc_numeroicaction"),
    "organization": (
        "Organisme", "Organisme de formation", "Raison sociale", "Raison sociale organisme", "dc_raisonsociale",
    ),
    "siret": ("SIRET organisme", "SIRET", "dc_siret"),
    "place": ("Lieu", "Lieu de formation", "Ville", "dc_ville_lieuformation"),
    "postcode": ("Code postal", "CP", "dc_cp_lieuformation"),
    "insee": ("Code INSEE", "dc_insee_lieuformation"),
    "session_start": ("Date début session", "Début session", "Date de début de session", "dd_datedebutplanformation"),
    "session_end": ("Date fin session", "Fin session", "Date de fin de session", "dd_datefinplanformation"),
    "last_name": ("Nom", "Individu.Nom", "Nom stagiaire", "Nom d'usage", "c_nomcorrespondance"),
    "birth_name": ("Nom de naissance", "Nom naissance"),
    "first_names": ("Prénom", "Prénoms", "Individu.Prénom", "Prénom stagiaire", "c_prenomcorrespondance"),
    "birth_date": ("Date de naissance", "Date naissance", "Né(e) le", "DDN"),
    "pes": (
        "Identifiant France Travail", "Identifiant FT", "Identifiant Pôle emploi", "Identifiant PE",
        "N° France Travail", "N° Pôle emploi", "c_individulocal",
    ),
    "phone": ("Téléphone", "Tel Portable", "Téléphone portable", "Portable", "c_telephone1"),
    "phone_2": ("Téléphone 2", "Téléphone fixe", "c_telephone2"),
    "email": ("Courriel", "Mail", "E-mail", "Email", "Adresse e-mail", "c_adresseemail"),
    "entered_on": ("Date entrée", "Date d'entrée", "Date entrée en formation"),
    "planned_end": ("Date fin prévue", "Date de fin prévue", "Date sortie prévue", "Date de sortie prévue"),
    "left_on": ("Date sortie", "Date de sortie", "Date sortie réelle", "Date de sortie réelle"),
    "motive": ("Motif de sortie", "Motif sortie", "Motif"),
    "result": ("Résultat", "Résultat de la formation"),
}  # fmt: skip
# Our template: what the other shapes have besides is not asked of whoever types a list.
TEMPLATE = tuple(
    titles[0] for name, titles in ROSTER.items() if name not in ("catalogue_number", "insee", "phone_2")
)  # fmt: skip
REQUIRED = ("last_name", "first_names")
