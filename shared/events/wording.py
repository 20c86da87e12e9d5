"""What a verification found, in sentences: what holds, or the first line that does not and what it means."""

from datetime import datetime
from typing import Any

from flask_babel import format_datetime, ngettext
from flask_babel import gettext as _

from shared.events.catalogue import CATALOGUE


def sentences(found: dict[str, Any]) -> list[str]:
    """`found` as `JournalCheck.found` holds it for one chain; the first sentence names the chain."""
    name = chain_name(found["chain"])
    if found["fault"]:
        return [_("%(journal)s : %(fault)s", journal=name, fault=_fault(found)), _advice(found["fault"])]
    lines = ngettext("%(num)s ligne vérifiée", "%(num)s lignes vérifiées", found["checked"])
    told = [_("%(journal)s : %(lines)s, aucune n’a été touchée.", journal=name, lines=lines)]
    if found["purged"]:
        told.append(
            ngettext(
                "%(num)s ligne arrivée à sa limite a été purgée : son point de contrôle signé tient.",
                "%(num)s lignes arrivées à leur limite ont été purgées : leur point de contrôle signé tient.",
                found["purged"],
            )
        )
    if found["waiting"]:
        told.append(
            ngettext(
                "%(num)s ligne récente sera scellée dans un instant.",
                "%(num)s lignes récentes seront scellées dans un instant.",
                found["waiting"],
            )
        )
    return told


def chain_name(chain: str) -> str:
    """How a chain is called on screen."""
    names = {"evidence": _("Journal de preuve"), "security": _("Journal de sécurité")}
    return str(names[chain])


def _fault(found: dict[str, Any]) -> str:
    number, line = found["number"], _line(found)
    words = {
        "altered": _("la ligne n° %(number)s (%(line)s) a été modifiée après coup.", number=number, line=line),
        "deleted": _("la ligne n° %(number)s (%(line)s) a été supprimée.", number=number, line=line),
        "unlinked": _("la ligne n° %(number)s a été retirée avec son scellé.", number=number),
        "cut": _("les dernières lignes, à partir du n° %(number)s, ont été coupées.", number=number),
        "inserted": _("une ligne (%(line)s) a été ajoutée sans passer par Guichet.", line=line),
        "head": _("sa fin n’est pas signée par cette installation."),
        "checkpoint": _("le point de contrôle de la purge n’est pas signé par cette installation."),
    }
    return str(words[found["fault"]])


def _advice(fault: str) -> str:
    if fault in ("head", "checkpoint", "altered"):
        return str(
            _(
                "Si GUICHET_KEY a changé, remettez l’ancienne et vérifiez à nouveau. Sinon, quelqu’un a écrit "
                "directement dans la base : gardez une copie du serveur et comparez avec votre dernière sauvegarde."
            )
        )
    return str(
        _(
            "Quelqu’un a écrit directement dans la base : gardez une copie du serveur et comparez avec votre "
            "dernière sauvegarde."
        )
    )


def _line(found: dict[str, Any]) -> str:
    kind = CATALOGUE.get(found["name"])
    parts = [kind.label if kind else found["name"]]
    if found["at"]:
        parts.append(format_datetime(datetime.fromisoformat(found["at"]), "short"))
    return ", ".join([part for part in parts if part] + [found["event_id"]])
