"""How a signature is asked: level, words, until when, reminders, copies. Checked once, wherever they were typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _

from shared.clock import today
from shared.errors import Refused
from shared.notifications.addresses import normalise
from shared.signatures.models import Circuit, Level

MOST_COPIES = 10
LONGEST_MESSAGE = 1000


@dataclass(frozen=True)
class Terms:
    """How a signature is asked; None follows the folder, then the circuit."""

    level: Level | None = None
    message: str = ""
    due_on: date | None = None
    remind_days: int | None = None
    copies: Sequence[str] = ()


def checked(terms: Terms, circuit: Circuit | None) -> Terms:
    """The terms with what the circuit says where they are silent. Raises Refused with the field that is wrong."""
    due_on, remind_days, copies = terms.due_on, terms.remind_days, list(terms.copies)
    if circuit is not None:
        if due_on is None and circuit.due_days:
            due_on = today() + timedelta(days=circuit.due_days)
        remind_days = remind_days if remind_days is not None else circuit.remind_days
        copies = copies or list(circuit.copies)
    if due_on is not None and due_on < today():
        raise Refused(_("Cette échéance est déjà passée : choisissez un jour à venir."), field="due_on")
    if remind_days is not None and not 1 <= remind_days <= 60:
        raise Refused(_("Une relance part tous les 1 à 60 jours."), field="remind_days")
    if len(terms.message) > LONGEST_MESSAGE:
        raise Refused(_("Ce message dépasse mille caractères : raccourcissez-le."), field="message")
    if len(copies) > MOST_COPIES:
        raise Refused(_("Dix adresses en copie au plus."), field="copies")
    told = list(dict.fromkeys(normalise(each, "copies") for each in copies if each.strip()))
    return Terms(terms.level, " ".join(terms.message.split()), due_on, remind_days, told)
