"""From what the database knows to the values of the `#champs#`: the same for a message and for a trial of its text."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from shared.notifications.linking import Linked
from shared.notifications.rendering import Brand
from shared.notifications.values import Item, Link, Value


def merge_values(
    party: Row[Any] | None,
    person: Row[Any] | None,
    documents: Sequence[Row[Any]],
    linked: Linked,
    created_at: datetime,
    brand: Brand,
) -> dict[str, Value]:
    """The values by folded field name; of several documents, the sum of the amounts and the first due date."""
    values: dict[str, Value] = {
        "nom": party.name if party else "",
        "code": party.code if party else "",
        "matricule": party.code if party else "",
        "lien": Link(linked.url or brand.portal_url),
        "expiration": linked.expires_at,
        "date": created_at,
    }
    if person is not None:
        values |= {
            "civilite": person.civility,
            "prenom": person.given_name,
            "nom_personne": person.family_name,
            "identifiant": person.identifier or (party.code if party else ""),
        }
    if documents:
        first = documents[0]
        amounts = [each.amount for each in documents if each.amount is not None]
        values |= {
            "document": [Item(each.title, each.number, linked.documents.get(each.id, "")) for each in documents],
            "numero": ", ".join(each.number for each in documents if each.number),
            "date": first.issued_on or first.filed_at,
            "montant": sum(amounts) if amounts else None,
            "echeance": first.due_on,
        }
    return values
