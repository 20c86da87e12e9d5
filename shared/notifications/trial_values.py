"""The values that a trial of a text was asked with, kept on its line: made up, or one party's, never a live link."""

from collections.abc import Mapping
from typing import Any

from shared.notifications.values import Item, Link, Value, Values, items, spelled

TRIED = "template.tried"
VALUES, DOCUMENTS, LINK = "values", "documents", "link"


def frozen(values: Values, locale: str, zone: str, link: str) -> dict[str, Any]:
    """As the facts of a line: words as they will read, documents by name and reference, one address for all links."""
    words = {
        key: spelled(value, locale, zone)
        for key, value in values.items()
        if value is not None and not isinstance(value, Link) and key != "document"
    }
    papers = [[each.name, each.reference] for each in items(values.get("document"))]
    return {VALUES: words, DOCUMENTS: papers, LINK: link}


def thawed(facts: Mapping[str, Any]) -> dict[str, Value]:
    """The values of such a line."""
    link = Link(facts[LINK])
    values: dict[str, Value] = dict(facts[VALUES])
    values["document"] = [Item(name, reference) for name, reference in facts[DOCUMENTS]]
    return values | {"lien": link, "desinscription": link}
