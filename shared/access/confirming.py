"""Asking a member of staff for their password again, before something that cannot be taken back lightly."""

from flask_babel import gettext as _

from shared.access import passwords
from shared.access.throttling import Ticket, succeeded, take
from shared.errors import Refused
from shared.people.models import Staff

CONFIRM = "staff.confirm"


def ask_confirmation(*, staff: Staff, address: str) -> Ticket:
    """Count one try before it is made; to be committed at once. Raises TooMany."""
    return take(CONFIRM, [f"staff:{staff.id}"], address=address)


def confirm(*, staff: Staff, ticket: Ticket, password: str, field: str = "password") -> None:
    """Raises Refused unless the password is theirs: whoever found the screen open goes no further."""
    if not passwords.verify(staff.password_hash, password) or not ticket.allowed:
        raise Refused(_("Ce n’est pas votre mot de passe, ou il y a eu trop d’essais. Rien n’a été changé."), field)
    succeeded(ticket)
