"""The invented network as data: organisations, their teams and services, and one account per role."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "pacte demo moselle"  # noqa: S105  (printed by the demo itself; refused elsewhere)
EVERYWHERE = ("T57-1", "T57-2", "T57-3", "T57-4", "T57-5")
METZ, THIONVILLE = "T57-1", "T57-2"


@dataclass(frozen=True, slots=True)
class TeamPlan:
    """A team: its name, the territory it works on, Pôle emploi's agency code."""

    name: str
    territory: str = ""
    agency: str = ""
    sees_people: bool = True


@dataclass(frozen=True, slots=True)
class ServicePlan:
    name: str


@dataclass(frozen=True, slots=True)
class OrganizationPlan:
    """An organisation of one Département (`57` unless said otherwise)."""

    key: str
    kind: str
    name: str
    city: str = "Metz"
    teams: tuple[TeamPlan, ...] = ()
    services: tuple[ServicePlan, ...] = ()
    department: str = "57"


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """One invented member: what he is called in the demo, what he does, where."""

    key: str
    title: str
    first_name: str
    last_name: str
    organization: str
    functions: str
    territories: tuple[str, ...] = EVERYWHERE
    team: str = ""
    manager: bool = False

    @property
    def email(self) -> str:
        return f"{self.key.replace('_', '.')}@pacte.invalid"


CMS = tuple(
    TeamPlan(f"CMS {name}", territory)
    for territory, name in zip(
        EVERYWHERE, ("Metz", "Thionville", "Forbach", "Sarreguemines", "Sarrebourg"), strict=True
    )
)
AGENCIES = tuple(
    TeamPlan(f"Agence de {name}", territory, code)
    for name, territory, code in (
        ("Metz", "T57-1", "57010"),
        ("Thionville", "T57-2", "57020"),
        ("Forbach", "T57-3", "57030"),
        ("Sarreguemines", "T57-4", "57040"),
        ("Sarrebourg", "T57-5", "57050"),
    )
)

ORGANIZATIONS = (
    OrganizationPlan("moselle", "department", "Département de la Moselle", teams=CMS),
    OrganizationPlan("pole_emploi", "employment_service", "Pôle emploi Moselle", teams=AGENCIES),
    OrganizationPlan(
        "udaf", "udaf", "UDAF de la Moselle",
        teams=(TeamPlan("Accompagnement"), TeamPlan("Protection des majeurs", sees_people=False)),
    ),
    OrganizationPlan("region", "region", "Région Grand Est", services=(ServicePlan("Plateforme linguistique"),)),
    OrganizationPlan("agency", "agency", "Moselle Attractivité", services=(ServicePlan("Placement en entreprise"),)),
    OrganizationPlan(
        "siae", "siae", "Chantier Fictif",
        services=(ServicePlan("Poste en espaces verts"), ServicePlan("Poste en cuisine")),
    ),
    OrganizationPlan(
        "association", "association", "Épicerie Fictive",
        services=(ServicePlan("Aide alimentaire"), ServicePlan("Atelier budget")),
    ),
    OrganizationPlan(
        "association2", "association", "Atelier Vélo Imaginaire", "Thionville",
        services=(ServicePlan("Prêt de vélo"), ServicePlan("Remise en mouvement")),
    ),
    OrganizationPlan("training", "training_body", "Centre de Formation Fictif"),
    OrganizationPlan("network", "association", "Réseau Fictif des associations"),
    OrganizationPlan(
        "health", "health", "Maison de l'Écoute Fictive",
        services=(ServicePlan("Consultation addictions"), ServicePlan("Bilan de santé")),
    ),
    # Nobody there has an account: it answers from its mail.
    OrganizationPlan("garage", "association", "Garage Solidaire Fictif", services=(ServicePlan("Réparation"),)),
    OrganizationPlan("elsewhere", "department", "Département fictif", "Fictif-Nord", department="99"),
)  # fmt: skip

OFFICER = "coordination people_import registration_lists"
ACCOUNTS = (
    AccountPlan(
        "officer_metz", "Chargée d'insertion, Metz", "Claire", "MODÈLE-DURAND", "moselle", OFFICER, (METZ,)
    ),
    AccountPlan(
        "officer_thionville", "Chargé d'insertion, Thionville", "Karim", "EXEMPLE-HAMIDI", "moselle", OFFICER,
        (THIONVILLE,),
    ),
    AccountPlan("head", "Cheffe de service", "Hélène", "FICTIF-LAMBERTZ", "moselle", "supervision", manager=True),
    AccountPlan(
        "social_worker", "Travailleuse sociale, CMS Metz", "Sophie", "INVENTÉ-MARCHAL", "moselle",
        "social_work people_import", (METZ,), "CMS Metz",
    ),
    AccountPlan("recruiter", "Chargé de recrutement", "Julien", "SPÉCIMEN-FABER", "moselle", "recruitment"),
    AccountPlan(
        "developer", "Développeuse de l'emploi", "Nadia", "MAQUETTE-KELLER", "agency", "job_development", manager=True
    ),
    AccountPlan(
        "adviser", "Conseiller Pôle emploi, agence de Metz", "Laurent", "FABLE-COLLIGNON", "pole_emploi",
        "counselling registration_lists", (METZ,), "Agence de Metz", manager=True,
    ),
    AccountPlan(
        "udaf_worker", "Référente UDAF", "Amélie", "ROMANESQUE-DAUM", "udaf", "counselling", (METZ,), "Accompagnement"
    ),
    AccountPlan(
        "udaf_lead", "Cheffe d'équipe UDAF", "Véronique", "CHIMÈRE-OURY", "udaf", "counselling", EVERYWHERE,
        "Accompagnement", manager=True,
    ),
    AccountPlan(
        "guardian", "UDAF, protection des majeurs", "Paul", "MIRAGE-STEINER", "udaf", "counselling", (),
        "Protection des majeurs",
    ),
    AccountPlan(
        "trainer", "Chargée de formation, Région", "Inès", "LÉGENDE-ROLLAND", "region", "rosters", manager=True
    ),
    AccountPlan(
        "teacher", "Formateur, centre de formation", "Bastien", "SIMULACRE-WAGNER", "training", "counselling rosters",
        manager=True,
    ),
    AccountPlan(
        "siae_worker", "Accompagnateur, chantier d'insertion", "Thomas", "FACTICE-NOWAK", "siae", "counselling",
        (METZ,), manager=True,
    ),
    AccountPlan(
        "charity", "Responsable bénévolat, Épicerie", "Josiane", "PASTICHE-HENRION", "association", "counselling needs",
        (METZ,), manager=True,
    ),
    AccountPlan(
        "charity2", "Responsable, Atelier vélo", "Mehdi", "GABARIT-BENALI", "association2", "counselling needs",
        (THIONVILLE,), manager=True,
    ),
    AccountPlan(
        "network_head", "Tête de réseau associative", "Brigitte", "ESQUISSE-THIRIET", "network", "network_lead needs",
        manager=True,
    ),
    AccountPlan(
        "listener", "Infirmière, Maison de l'écoute", "Louise", "SUPPOSÉ-VAUTRIN", "health", "counselling", (METZ,),
        manager=True,
    ),
    AccountPlan("admin", "Administratrice de la plateforme", "Magali", "TEST-DUPRÉ", "moselle", "administration"),
    AccountPlan("controller", "Contrôleur", "Gilles", "PROTOTYPE-WEISSE", "moselle", "control"),
    AccountPlan(
        "elsewhere_officer", "Chargée d'insertion d'un autre Département", "Anaïs", "IMAGINAIRE-ROCHA", "elsewhere",
        OFFICER, ("T99-1",), manager=True,
    ),
)  # fmt: skip
BY_EMAIL = {account.email: account for account in ACCOUNTS}
