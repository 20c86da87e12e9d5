"""What the demo's contracts say."""

from shared.demo.parties import COMPANY
from shared.sheets.amounts import euros, long_date
from shared.sheets.facts import Article, Employee


def hiring(employee: Employee) -> tuple[Article, ...]:
    """The articles of a contract of work without end."""
    she = employee.civility == "Mme"
    who = "La salariée" if she else "Le salarié"
    status = "cadre" if employee.executive else "non-cadre"
    trial = "quatre mois" if employee.executive else "deux mois"
    return (
        Article(
            "Engagement",
            (
                f"{who} est {'engagée' if she else 'engagé'} à compter du {long_date(employee.hired_on)} pour une durée"
                f" indéterminée, en qualité de {employee.job.lower()}, classement {employee.classification}, statut"
                f" {status}, sous réserve des résultats de la visite d’information et de prévention.",
            ),
        ),
        Article(
            "Période d’essai",
            (
                f"Le contrat ne devient définitif qu’à l’issue d’une période d’essai de {trial}, pendant laquelle"
                " chacune des parties peut le rompre en respectant le délai de prévenance légal.",
            ),
        ),
        Article("Fonctions", _duties(who, employee)),
        Article(
            "Lieu de travail",
            (
                f"{who} exerce ses fonctions à l’atelier, {COMPANY.address[0]}, {COMPANY.postcode} {COMPANY.city}."
                " Des déplacements chez les clients de la région peuvent lui être demandés.",
            ),
        ),
        Article(
            "Durée du travail",
            (
                "La durée mensuelle du travail est de 151,67 heures, soit 35 heures par semaine, réparties selon"
                " l’horaire collectif affiché à l’atelier.",
            ),
        ),
        Article(
            "Rémunération",
            (
                f"{who} perçoit une rémunération mensuelle brute de {euros(employee.monthly_gross)}, versée le dernier"
                " jour ouvré du mois. Le bulletin de paie est remis sous forme électronique, sauf opposition, qui peut"
                " être faite à tout moment.",
            ),
        ),
        Article(
            "Congés payés",
            (f"{who} acquiert 2,08 jours ouvrés de congés payés par mois de travail effectif.",),
        ),
        Article(
            "Discrétion et loyauté",
            (
                f"{who} s’engage à ne divulguer ni les modèles, ni les procédés de fabrication, ni les fichiers de la"
                " société, pendant l’exécution du contrat et après sa fin.",
            ),
        ),
        Article(
            "Convention collective et préavis",
            (
                "Le contrat est régi par la convention collective nationale de la métallurgie (IDCC 3248), dont un"
                " exemplaire est consultable à l’atelier. Le préavis en cas de rupture est celui qu’elle fixe.",
            ),
        ),
    )


def remote_work() -> tuple[Article, ...]:
    """The articles of an amendment about remote work."""
    return (
        Article(
            "Objet",
            (
                "Le présent avenant fixe les conditions dans lesquelles une partie du travail peut être exercée à"
                " distance, deux jours par semaine au plus.",
            ),
        ),
        Article(
            "Organisation",
            (
                "Les jours de travail à distance sont fixés d’un commun accord, avec un délai de prévenance de deux"
                " jours ouvrés. Les plages pendant lesquelles il est possible de joindre la personne sont 9 h – 12 h"
                " et 14 h – 17 h.",
            ),
        ),
        Article(
            "Frais et matériel",
            (
                "L’employeur fournit le matériel et verse une allocation forfaitaire de 2,70 € par jour de travail à"
                " distance.",
            ),
        ),
        Article("Autres dispositions", ("Les autres dispositions du contrat de travail demeurent inchangées.",)),
    )


def _duties(who: str, employee: Employee) -> tuple[str, ...]:
    return (
        f"Dans le cadre de ses fonctions de {employee.job.lower()}, {who.lower()} accomplit les tâches qui relèvent"
        " normalement de son emploi et de sa classification, dans le respect des règles de sécurité.",
        "Cette description n’est pas limitative et peut évoluer avec les besoins de l’atelier.",
    )
