"""The three families that an installation starts with. Data: another one needs no programming."""

from typing import Any

from sqlalchemy import select

from shared.extensions import db
from shared.people.models import ConsentState, EmailSlot, Family

CUSTOMERS, EMPLOYEES, SUPPLIERS = "customers", "employees", "suppliers"

FAMILIES: dict[str, dict[str, Any]] = {
    CUSTOMERS: {
        "label": "Clients",
        "one": "client",
        "root": "CLIENTS",
        "home_label": "espace client",
        "slots": [slot.value for slot in EmailSlot],
        "default_consent": ConsentState.ACCEPTED,
    },
    EMPLOYEES: {
        "label": "Salariés",
        "one": "salarié",
        "root": "SALARIES",
        "home_label": "espace salarié",
        "of_people": True,
        "slots": [EmailSlot.CARD.value],
    },
    SUPPLIERS: {
        "label": "Fournisseurs",
        "one": "fournisseur",
        "root": "FOURNISSEURS",
        "home_label": "espace fournisseur",
        "slots": [EmailSlot.CARD.value],
    },
}


def ship_families() -> int:
    """Add the families that are missing; returns how many. Those that stand are left as they are."""
    known = set(db.session.scalars(select(Family.key)))
    missing = [
        Family(key=key, position=position, **values)
        for position, (key, values) in enumerate(FAMILIES.items())
        if key not in known
    ]
    db.session.add_all(missing)
    db.session.flush()
    return len(missing)
