"""The three families that an installation starts with. Data: another one needs no programming."""

from datetime import time
from typing import Any

from sqlalchemy import select

from shared.extensions import db
from shared.people.models import ConsentState, EmailSlot, Family

CUSTOMERS, EMPLOYEES, SUPPLIERS = "customers", "employees", "suppliers"

VERSION = 1  # of what is shipped about families: grows when an upgrade brings something to those that stand

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
        "quiet_from": time(20),
        "quiet_until": time(8),
        "quiet_weekends": True,
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
    """Add the families that are missing; returns how many. Those that stand are left as they are.

    But the quiet hours of employees, which one of an earlier release has never been asked about.
    """
    standing = {family.key: family for family in db.session.scalars(select(Family))}
    known = set(standing)
    for key in known & FAMILIES.keys():
        _ship_quiet_hours(standing[key], FAMILIES[key])
    missing = [
        Family(key=key, position=position, shipped_version=VERSION, **values)
        for position, (key, values) in enumerate(FAMILIES.items())
        if key not in known
    ]
    db.session.add_all(missing)
    db.session.flush()
    return len(missing)


def _ship_quiet_hours(family: Family, values: dict[str, Any]) -> None:
    if family.shipped_version < 1 and family.quiet_from is None:
        for name in ("quiet_from", "quiet_until", "quiet_weekends"):
            setattr(family, name, values.get(name, getattr(family, name)))
    family.shipped_version = VERSION
