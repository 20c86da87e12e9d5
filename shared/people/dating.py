"""The birth date of an employee: optional, and it only says until when payslips are kept (D3243-8)."""

from datetime import date

from flask_babel import gettext as _

from shared.clock import add_months, today
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db
from shared.people.models import Party

YOUNGEST, OLDEST = 14, 100  # years


def set_birth_date(*, party: Party, day: date | None, by: str) -> None:
    """Write or forget it. Refused for a day that cannot be, or earlier than the one that stands: payslips that the
    person was promised until then would go before.
    """
    if not party.family.of_people:
        raise Refused(_("« %(name)s » n’est pas un salarié : sa date de naissance n’est pas tenue.", name=party.name))
    if day is not None and not add_months(today(), -12 * OLDEST) < day <= add_months(today(), -12 * YOUNGEST):
        raise Refused(_("Cette date de naissance n’est pas celle d’un salarié : vérifiez l’année."), field="birth_date")
    if day is not None and party.birth_date is not None and day < party.birth_date:
        raise Refused(
            _("Une date plus ancienne avancerait la fin de conservation des bulletins. Rien n’a été changé."),
            field="birth_date",
        )
    if day == party.birth_date:
        return
    party.birth_date = day
    db.session.flush()
    record("party.changed", by=by, party_id=party.id, facts={"fields": ["birth_date"]})
