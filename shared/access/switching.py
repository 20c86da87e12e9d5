"""« Ajouter un autre espace »: two accounts become one person's by proof of both passwords."""

from flask_babel import gettext as _

from shared.access import passwords
from shared.access.choosing import subject_of
from shared.access.joining import join_accounts
from shared.access.models import Account, Seat
from shared.access.signing_in import Asked, answer
from shared.access.throttling import Ticket, succeeded
from shared.errors import Refused


def add_space(*, account: Account, own: str, ticket: Ticket, asked: Asked, password: str) -> list[Seat]:
    """Open from `account` what the other identifier and password open; returns the seats that came.

    `own` is the password of `account`, counted by `ticket`; `asked` is the counted try at the other. Both are
    verified whatever the first says. Raises Refused; wrong, unknown, locked and withdrawn are one sentence.
    """
    is_owner = passwords.verify(account.password_hash, own) and subject_of(account.id) in ticket.allowed
    opened = answer(asked=asked, password=password)
    if not is_owner:
        raise Refused(_("Votre mot de passe actuel n’est pas celui-ci. Rien n’a été changé."), field="own")
    succeeded(ticket)
    if opened is not None and opened.first_time is not None:
        raise Refused(_("Cet accès n’a pas encore servi : connectez-vous d’abord avec lui, puis revenez ici."))
    others = {seat.account.id: seat.account for seat in opened.seats} if opened else {}
    others.pop(account.id, None)
    if not others:
        raise Refused(
            _("Identifiant ou mot de passe incorrect, trop d’essais, ou espace déjà ajouté. Vérifiez les deux.")
        )
    return [seat for other in others.values() for seat in join_accounts(account=account, other=other)]
