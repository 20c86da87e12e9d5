"""The orders, interventions, expense reports, exchanges and opportunities of Atelier Lumen, told as of its last day."""

from dataclasses import dataclass, field
from typing import Any

CODES = (
    ("101", "À planifier"),
    ("103", "Intervention planifiée"),
    ("107", "Pièce en commande"),
    ("110", "Intervention réalisée"),
)

Lines = tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True)
class Affair:
    """One record: entered `days` before the last day; `dates` and `appointment` are days after that one.

    `moves` are so many days after it was entered.
    """

    kind: str
    party: str
    number: str
    title: str
    days: int
    family: str = "customers"
    values: dict[str, Any] = field(default_factory=dict)
    dates: tuple[tuple[str, int], ...] = ()
    appointment: tuple[int, int] | None = None
    lines: Lines = ()
    moves: tuple[tuple[str, int], ...] = ()
    parties: tuple[tuple[str, str], ...] = ()


_ROOM: Lines = (
    ("AUBE-32", "Suspension « Aube », laiton brossé", "6", "189.00"),
    ("RAIL-2M", "Rail « Fil droit » 2 m", "2", "274.00"),
)
_DESK: Lines = (("COPISTE", "Lampe de bureau « Copiste »", "8", "158.00"),)
_WALL: Lines = (("ECLIPSE", "Applique « Éclipse », acier laqué noir", "10", "124.50"),)
_TRAIN: Lines = (("", "Train Lyon – Paris aller et retour", "1", "138.00"), ("", "Repas du soir", "2", "19.50"))
_ROAD: Lines = (("", "Indemnités kilométriques, 214 km", "1", "128.40"), ("", "Péage", "2", "12.30"))

AFFAIRS: tuple[Affair, ...] = (
    Affair(
        "order", "1", "BC-{year}-0118", "Éclairage de la salle", 24, lines=_ROOM, dates=(("due_on", 12),),
        moves=(("deposit", 1), ("validate", 1), ("send", 1)),
    ),
    Affair(
        "order", "5", "BC-{year}-0121", "Postes de travail", 18, lines=_DESK, dates=(("due_on", 8),),
        moves=(("validate", 0), ("send", 1)),
    ),
    Affair(
        "order", "8", "BC-{year}-0109", "Couloirs du premier étage", 40, lines=_WALL, dates=(("due_on", -2),),
        moves=(("deposit", 2), ("validate", 2), ("make_ready", 33)),
    ),
    Affair(
        "order", "12", "BC-{year}-0096", "Remplacement des appliques", 75, lines=_WALL, dates=(("due_on", -30),),
        moves=(("validate", 1), ("make_ready", 30), ("deliver", 38)),
    ),
    Affair("order", "3", "BC-{year}-0124", "Réassort de la boutique", 2, lines=_DESK),
    Affair(
        "intervention", "1", "INT-{year}-041", "Pose et raccordement des suspensions", 9,
        values={"appointment_place": "Sur place, entrée par la cour", "state_code": "103",
                "memo": "Prévoir un escabeau de 3 m. Couper le disjoncteur de la salle."},
        appointment=(3, 8),
    ),
    Affair(
        "intervention", "5", "INT-{year}-042", "Réglage des projecteurs du hall", 6,
        values={"appointment_place": "Accueil du siège", "state_code": "103"}, appointment=(5, 13),
    ),
    Affair(
        "intervention", "8", "INT-{year}-038", "Entretien annuel des luminaires", 21,
        values={"state_code": "107", "memo": "Deux transformateurs à remplacer : pièces commandées."},
    ),
    Affair(
        "intervention", "12", "INT-{year}-035", "Dépannage d’une ligne d’appliques", 34,
        values={"state_code": "110"}, moves=(("finish", 4), ("close", 10)),
    ),
    Affair("intervention", "17", "INT-{year}-043", "Relevé avant étude d’éclairage", 1, values={"state_code": "101"}),
    Affair(
        "expense_report", "E001", "NDF-{year}-031", "Salon de Paris", 20, "employees", lines=_TRAIN,
        values={"memo": "Deux nuits chez un confrère : pas d’hôtel."},
        moves=(("validate", 3), ("confirm", 5), ("settle", 12)),
    ),
    Affair(
        "expense_report", "E003", "NDF-{year}-034", "Chantier de Mâcon", 8, "employees", lines=_ROAD,
        moves=(("validate", 2), ("confirm", 4)),
    ),
    Affair(
        "expense_report", "E005", "NDF-{year}-035", "Livraison à Annecy", 5, "employees", lines=_ROAD,
        moves=(("validate", 1),),
    ),
    Affair("expense_report", "E002", "NDF-{year}-036", "Fournitures d’atelier", 1, "employees", lines=_TRAIN[1:]),
    Affair(
        "exchange_agreement", "F01", "CEI-{year}-02", "Mise à disposition d’un banc d’essai", 60, "suppliers",
        values={"amount": "450.00", "memo": "Banc prêté six mois, entretien à la charge de l’emprunteur."},
        parties=(("suppliers", "F02"), ("customers", "8")), moves=(("submit", 1), ("validate", 9), ("confirm", 12)),
    ),
    Affair(
        "exchange_voucher", "F01", "BEI-{year}-07", "Échange de douilles E27 contre de la verrerie", 4, "suppliers",
        values={"amount": "180.00"}, parties=(("suppliers", "F02"), ("suppliers", "F03")), moves=(("submit", 1),),
    ),
    Affair(
        "opportunity", "21", "OPP-{year}-011", "Rénovation de trois chambres", 30,
        values={"amount": "14800.00"}, dates=(("due_on", 25),),
    ),
    Affair(
        "opportunity", "26", "OPP-{year}-012", "Mise en lumière de la façade", 12,
        values={"amount": "8200.00"}, dates=(("due_on", 40),),
    ),
    Affair(
        "opportunity", "9", "OPP-{year}-008", "Bureaux du second étage", 70,
        values={"amount": "5300.00"}, moves=(("win", 35),),
    ),
    Affair(
        "internal_payment", "F01", "RI-{year}-003", "Participation au banc d’essai", 30, "suppliers",
        values={"amount": "150.00"}, moves=(("confirm", 2),),
    ),
)  # fmt: skip
