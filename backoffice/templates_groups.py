"""The headings that the texts stand under: what each is about, never one left out."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _

from shared.folding import fold
from shared.notifications.field_table import ACCESS, BUSINESS, CODE, DOCUMENT, MANUAL, RECORD, REQUEST, SECURITY
from shared.notifications.models import Template
from shared.records.kinds import KINDS

SIGNATURE = "signature"


def grouped(rows: Iterable[Any], q: str) -> list[tuple[str, list[Any]]]:
    """Heading and rows in the order of the page; `q` narrows by name, subject or heading. A row: text, version, …"""
    sought, found = fold(q).split(), dict[str, list[Any]]()
    for row in rows:
        template, version = row[0], row[1]
        heading = heading_of(template)
        words = fold(f"{template.label} {version.subject} {heading}")
        if all(word in words for word in sought):
            found.setdefault(heading, []).append(row)
    order = [*dict.fromkeys(_headings().values())]
    return sorted(found.items(), key=lambda each: order.index(each[0]))


def heading_of(template: Template) -> str:
    """A text about records stands under their kind; one's own, which may serve several, under « pièces »."""
    headings, about = _headings(), template.key.partition(".")[0]
    if template.context == BUSINESS or (template.context == REQUEST and about == SIGNATURE):
        return headings.get(about, headings[BUSINESS])
    return headings.get(template.context, headings[""])


def _headings() -> dict[str, str]:
    return {
        DOCUMENT: _("Documents"),
        MANUAL: _("Messages libres"),
        **{kind.key: _(kind.plural) for kind in KINDS.values()},
        BUSINESS: _("Pièces : vos modèles"),
        REQUEST: _("Demandes"),
        SIGNATURE: _("Signatures"),
        RECORD: _("Fermeture du service, bulletins"),
        ACCESS: _("Accès au portail"),
        SECURITY: _("Sécurité"),
        CODE: _("Codes à usage unique"),
        "": _("Autres"),
    }
