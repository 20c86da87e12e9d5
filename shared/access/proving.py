"""The password typed again by somebody who is in already, before what only they may take away."""

from flask_babel import gettext as _

from shared.access import passwords
from shared.access.choosing import LOGIN, subject_of
from shared.access.models import Account
from shared.access.throttling import Ticket, succeeded, take
from shared.errors import Refused


def ask_proof(*, account: Account, address: str, device: str | None) -> Ticket:
    """Count one try before it is made, as at the door; to be committed at once. Raises TooMany."""
    mine = [subject_of(account.id)]
    return take(LOGIN, mine, address=address, device=device, known=mine)


def prove(*, account: Account, password: str, ticket: Ticket) -> None:
    """Refused unless it is the password of this account; `ticket` is the try, counted and committed before."""
    if not passwords.verify(account.password_hash, password) or subject_of(account.id) not in ticket.allowed:
        raise Refused(_("Ce mot de passe n’est pas le vôtre. Rien n’a été téléchargé."), field="password")
    succeeded(ticket)
