"""Titles of columns met in partners' files, by the name the hub gives them. The first title is shown to people."""

PEOPLE: dict[str, tuple[str, ...]] = {
    "last_name": ("Nom", "Nom bénéficiaire", "Nom d'usage", "Nom usage", "Nom de famille", "Nom usuel"),
    "birth_name": ("Nom de naissance", "Nom naissance", "NOMNAI", "Nom de jeune fille", "Nom patronymique"),
    "first_names": ("Prénom", "Prénoms", "Prénom(s)", "Prénom bénéficiaire"),
    "birth_date": (
        "Date de naissance", "Date naissance", "Date de naissance bénéficiaire", "DTNAI", "DDN", "Né(e) le", "Né le",
    ),
    "sex": ("Civilité", "Sexe", "Qual", "Titre"),
    "nir": (
        "NIR", "Numéro de sécurité sociale", "N° de sécurité sociale", "N° sécurité sociale", "N° Sécu", "NSS",
        "Numéro NIR",
    ),
    "caf_number": (
        "Numéro allocataire CAF/MSA", "Numéro allocataire", "Numéro CAF", "N° CAF", "N° allocataire",
        "N° allocataire CAF", "N° Allocataire / N° CAF", "Matricule", "Matricule CAF", "Numéro allocataire CAF",
    ),
    "caf_role": ("Rôle", "Rôle personne"),
    "caf_fund": ("Organisme payeur", "Caisse", "FONORG"),
    "caf_org": ("Code organisme", "Numéro organisme", "NUMORG"),
    "pes": (
        "Identifiant Pôle emploi", "Identifiant PE", "ID Pôle emploi", "ID France Travail", "Identifiant FT",
        "Identifiant France Travail", "Numéro France Travail", "N° France Travail", "N° Pôle emploi",
    ),
    "internal_id": (
        "Identifiant dans le SI", "ID interne au département", "ID IODAS", "ID Solis", "Identifiant Solis",
        "N° Solis", "ID_CD", "Solis",
    ),
    "phone": (
        "Téléphone", "Téléphone portable", "Tél. portable", "Tel portable", "Portable", "Mobile", "N° Téléphones",
        "N° Téléphone", "N° de téléphone", "Numéro de téléphone", "Téléphones", "Tel", "Tél",
    ),
    "phone_2": ("Téléphone fixe", "Téléphone 2", "Tel fixe", "Autre téléphone"),
    "email": (
        "Email", "E-mail", "Courriel", "Mail", "Adresse mail", "Adresses mails", "Adresse e-mail", "Adresse email",
        "Adresse électronique",
    ),
    "address": ("Adresse", "Adresse postale", "Adresse ligne 1"),
    "address_2": ("Adresse (complément)", "Complément adresse", "Complément d'adresse"),
    "postcode": ("Code postal", "CP"),
    "city": ("Ville", "Commune", "Localité"),
    "postcode_city": ("CP Ville", "Code postal et ville", "CP + Ville"),
    "insee": ("Code INSEE", "INSEE", "Code commune", "Code INSEE commune"),
    "rights_state": ("Droits RSA", "Droit RSA", "État du droit", "État du dossier", "ETATDOSRSA"),
    "subject_to_obligations": ("Soumis à droits et devoirs", "SDD", "Droits et devoirs", "TOPPERSDRODEVORSA"),
    "track": ("Orientation", "Type d'orientation", "Nature orientation", "Décision orientation", "Parcours"),
    "track_date": ("Date orientation", "Date d'orientation", "Date début orientation", "Date de début d'orientation"),
    "organization_hint": (
        "Structure", "Structure d'orientation", "Organisme orientation référent", "Organisme référent",
    ),
    "rights_opened_on": (
        "Date d'ouverture des droits", "Date ouverture droits", "Date ouverture de droits", "Date d'entrée flux",
        "Date de début des droits",
    ),
}  # fmt: skip

# The classic lists: 8 or 9 columns, 12 or 13 with the address block that came in November 2011.
CLASSIC: dict[str, tuple[str, ...]] = {
    "nir": ("NIR",),
    "pes": (
        "Identifiant PE",
        "IdentifiantPE",
        "Identifiant Pôle emploi",
        "Identifiant France Travail",
        "Identifiant FT",
    ),
    "last_name": ("Nom",),
    "first_names": ("Prénom",),
    "birth_date": ("Date naissance", "Date de naissance", "DTNAI"),
    # A list made by hand says the situation in words.
    "situation": ("Situation", "Situation PE", "Situation Pôle emploi", "Statut"),
    "date": (
        "Date",
        "Date inscription",
        "Date d'inscription",
        "Date cessation",
        "Date radiation",
        "Date événement",
        "Date de la situation",
        "Date d'effet",
    ),
    "code": ("Code", "Code catégorie", "Code motif"),
    "motive": ("Motif", "Libellé motif"),
    "months": ("Durée radiation (mois)", "Durée de radiation (mois)", "Durée radiation", "Durée (mois)", "Durée"),
    "nir2": ("NIR2", "NIR 2"),
    "insee": ("Code INSEE", "CodeINSEE"),
    "city": ("Localité", "Commune", "Ville"),
    "agency": ("N° ALE", "ALE", "Agence", "Code agence"),
}
_STOCK = ("nir", "pes", "last_name", "first_names", "birth_date", "date", "code", "nir2")
_EXITS = ("nir", "pes", "last_name", "first_names", "birth_date", "date", "code", "motive", "nir2")
_PLACE = ("insee", "city", None, "agency")
CLASSIC_LAYOUTS: dict[int, tuple[str | None, ...]] = {
    8: _STOCK,
    9: _EXITS,
    12: _STOCK + _PLACE,
    13: _EXITS + _PLACE,
}
REJECT_REASON = "Erreur"  # title of the last column of a file of rejects
CLASSIC_REQUIRED = ("pes", "last_name", "first_names", "birth_date", "date", "code")

# The rich snapshot: one line per person. In its short form, "nom" is the birth name.
SNAPSHOT: dict[str, tuple[str, ...]] = {
    "birth_name": ("Nom de naissance", "individu_nom_naissance"),
    "married_name": (
        "Nom marital",
        "individu_nom_marital",
    ),
    "agency_code": ("Code SAFIR de l'agence", "allocataire_code_pe", "code_safir"),
    "registered_on": (
        "Début d'inscription",
        "inscription_date_debut_ide",
    ),
    "category": ("Catégorie", "inscription_code_categorie", "categorie_inscription", "Catégorie d'inscription"),
    "ceased_on": (
        "Fin d'inscription : date de cessation",
        "inscription_date_cessation_ide",
    ),
    "ceased_code": (
        "Code de cessation",
        "inscription_motif_cessation_ide",
    ),
    "ceased_motive": (
        "Motif de cessation",
        "inscription_lib_cessation_ide",
    ),
    "struck_on": (
        "Fin d'inscription : date de radiation",
        "inscription_date_radiation_ide",
    ),
    "struck_code": (
        "Code de radiation",
        "inscription_motif_radiation_ide",
    ),
    "struck_motive": (
        "Motif de radiation",
        "inscription_lib_radiation_ide",
    ),
    "agency_name": ("Nom de l'agence", "suivi_structure_principale_nom", "struct_principale"),
}
# The extract for Carnet de bord: one line per person registered; its identifier is opaque and matches nobody.
SPIE: dict[str, tuple[str, ...]] = {
    "opaque_id": (
        "Identifiant propre à l'extrait",
        "identifiant_unique_de",
    ),
    "entered_on": (
        "Inscription (extrait)",
        "inscription",
    ),
}
_SNAPSHOT_NAMES: dict[str, tuple[str, ...]] = {
    "nir": ("individu_nir", *PEOPLE["nir"][1:]),
    "pes": ("allocataire_identifiant_pe", "ID Pôle emploi", "ID FT", "N° Pôle emploi", "N° France Travail"),
    "last_name": ("Nom d'usage", "Nom de famille"),
    "first_names": ("individu_prenom", "Prénoms", "Prénom(s)"),
    "birth_date": ("individu_date_naissance", "Né(e) le", "Né le", "DDN"),
    "insee": ("individu_commune_residence",),
}
SNAPSHOT_REQUIRED = ("first_names", "birth_date", "pes", "registered_on", "ceased_on", "struck_on")

REGISTRATION: dict[str, tuple[str, ...]] = {
    **{name: titles + _SNAPSHOT_NAMES.get(name, ()) for name, titles in CLASSIC.items()},
    **SNAPSHOT,
    **SPIE,
}
SPIE_REQUIRED = ("last_name", "first_names", "birth_date", "entered_on")
MANUAL_REQUIRED = ("last_name", "first_names", "birth_date", "situation")
