"""A person's own password: chosen at the first login, by an activation or a reset link, or changed later."""

import uuid

from flask_babel import gettext as _

from shared.access import passwords
from shared.access.ending import end_sessions
from shared.access.linking import revoke_links
from shared.access.models import Account
from shared.access.throttling import forgive
from shared.clock import now
from shared.errors import Refused
from shared.events.actors import account_actor
from shared.events.recording import record
from shared.extensions import db
from shared.people.models import Staff
from shared.settings.reading import company

LOGIN = "portal.login"


def change_password(*, account: Account, old: str, new: str, keep: uuid.UUID, device: str) -> int:
    """Change one's password, knowing the present one; returns how many other sessions were closed.

    A notice without the password leaves to the verified address. Raises Refused.
    """
    if not passwords.verify(account.password_hash, old):
        raise Refused(_("Le mot de passe actuel n’est pas celui-ci. Rien n’a été changé."), field="old")
    if passwords.verify(account.password_hash, new):
        raise Refused(_("C’est déjà votre mot de passe : choisissez-en un autre."), field="password")
    return set_password(account=account, new=new, device=device, keep=keep)


def choose_first(*, account: Account, new: str, device: str) -> None:
    """The choice that an initial password opens; sent twice at once, it is made once. Raises Refused."""
    db.session.refresh(account, with_for_update={"of": Account})
    if account.password_hash is not None:
        raise Refused(_("Votre mot de passe vient d’être enregistré. Connectez-vous avec lui."))
    set_password(account=account, new=new, device=device)


def set_password(*, account: Account, new: str, device: str, keep: uuid.UUID | None = None) -> int:
    """Make `new` the account's password once it is checked; closes the other sessions, kills the waiting links.

    The first one activates the account; a later one is told to its owner. Raises Refused.
    """
    passwords.check_new(new, own_words(account))
    if account.initial_hash is not None and passwords.verify(account.initial_hash, new):
        raise Refused(
            _("C’est le mot de passe initial, que d’autres ont pu voir : choisissez-en un que vous seul connaissez."),
            field="password",
        )
    first = account.password_hash is None
    account.password_hash = passwords.hash_password(new)
    account.password_changed_at = now()
    account.initial_hash = account.initial_expires_at = None
    account.activated_at = account.activated_at or now()
    revoke_links(account_id=account.id)
    forgive(LOGIN, [subject_of(account.id)])
    ended = end_sessions(account_id=account.id, keep=keep)
    _tell(account, first, device)
    return ended


def subject_of(account_id: uuid.UUID) -> str:
    """What the tries at this account are counted on, whichever identifier was typed."""
    return f"account:{account_id}"


def own_words(account: Account) -> list[str]:
    """Words that a stranger would try first for this person."""
    us, words = company(), [account.person.full_name, account.email]
    for seat in account.seats:
        words += [seat.party.name, seat.party.code, seat.access.identifier]
    return [*words, us.name, us.domain]


def words_of_staff(staff: Staff) -> list[str]:
    """The same for a member of staff."""
    us = company()
    return [staff.name, staff.email, us.name, us.domain]


def _tell(account: Account, first: bool, device: str) -> None:
    name = "account.activated" if first else "account.password_changed"
    seat = account.seats[0] if account.seats else None
    record(
        name,
        by=account_actor(account),
        account_id=account.id,
        access_id=seat.access_id if seat else None,
        party_id=seat.party_id if seat else None,
        facts={"device": device},
    )
