"""The initial password: drawn or typed, sealed until it is handed over, never shown afterwards."""

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select, update

from shared.access import causes, passwords
from shared.access.elsewhere import is_elsewhere
from shared.access.models import Access, Account, Seat
from shared.access.wanting import locked, wanted
from shared.clock import now
from shared.errors import Refused, Stale
from shared.events.models import Event
from shared.events.recording import record
from shared.extensions import db
from shared.people.models import Contact, Person
from shared.secrets import seal, unseal

PURPOSE = "initial-password"
DOUBLE_CLICK = timedelta(seconds=10)
HANDED_OVER = ("printed", "accepted", "in_person")


class Confirm(Refused):
    """There is a password already: the person must say that it may be replaced."""


def draw(*, access: Access, by: str, seen: int | None = None, confirmed: bool = False) -> None:
    """« Mdp aléatoire »: a new initial password, sealed; the row turns red.

    `seen` is the revision of the row that was clicked: Stale when the row has changed since.
    Raises Confirm when a password stands that was shown, handed over or synchronised.
    """
    if _is_ready(access, by, seen, confirmed):
        _put(access, passwords.draw(), by, "access.initial_drawn")


def type_in(*, access: Access, password: str, by: str, seen: int | None = None, confirmed: bool = False) -> None:
    """The same with a password that staff typed, as strong as one that a customer would choose."""
    passwords.check_new(password, (access.party.code, access.party.name))
    if _is_ready(access, by, seen, confirmed):
        _put(access, password, by, "access.initial_typed")


def show(*, access: Access, by: str) -> str:
    """The password in clear, with an audit line; Refused once it was handed over or used, or where it opens more."""
    locked(access)
    if access.initial_secret is not None and is_elsewhere(access.contact):
        raise Refused(
            _("Cette personne vient aussi pour un autre tiers : son mot de passe ouvrirait les deux, il reste caché.")
        )
    if not is_shown(access):
        raise Refused(_("Ce mot de passe a été remis ou utilisé : il ne peut plus être affiché. Tirez-en un autre."))
    record("access.initial_shown", by=by, party_id=access.party_id, access_id=access.id)
    return unseal(access.initial_secret or "", PURPOSE)


def hand_over(*, access: Access, how: str, by: str) -> None:
    """It is in its owner's hands (`printed`, `accepted` by a channel, `in_person`): nobody sees it again.

    Sealed still while it waits for the synchronisation, which needs it; erased then.
    """
    if how not in HANDED_OVER:
        raise ValueError(how)
    locked(access)
    if not is_shown(access):
        raise Refused(_("Il n’y a plus de mot de passe initial à remettre sur cette ligne."))
    access.initial_handed_over_at = now()
    if is_hashed(access):
        access.initial_secret = None
    db.session.flush()
    record("access.initial_handed_over", by=by, party_id=access.party_id, access_id=access.id, facts={"how": how})


def is_shown(access: Access) -> bool:
    """Whether « afficher » still answers: neither handed over, nor used, nor expired, nor opening another party."""
    if access.initial_secret is None or access.initial_handed_over_at is not None or is_elsewhere(access.contact):
        return False
    if not is_hashed(access):
        return True
    account = _account(access)
    return account is not None and account.initial_expires_at is not None and account.initial_expires_at > now()


def used(event: Event) -> None:
    """Reaction: the person has chosen their own password, the initial one is erased."""
    person = select(Account.person_id).where(Account.id == event.account_id)
    _erase(Contact.person_id.in_(person))


def end_shared(account: Account | None, person: Person) -> bool:
    """The person comes in for one more party: what staff could still read or hand over opens nothing from now on.

    True when the account is left without any password. One that its owner holds already, or has chosen, is theirs.
    """
    handed = select(Access.id).join(Contact, Contact.id == Access.contact_id).where(Contact.person_id == person.id)
    is_theirs = db.session.scalar(handed.where(Access.initial_handed_over_at.is_not(None)).limit(1)) is not None
    _erase(Contact.person_id == person.id)
    if account is None or account.initial_hash is None or is_theirs:
        return False
    account.initial_hash = account.initial_expires_at = None
    return True


def is_hashed(access: Access) -> bool:
    """Whether the synchronisation has taken the password up since it was drawn."""
    query = select(Seat.applied_at).where(Seat.access_id == access.id)
    applied_at = db.session.scalar(query)
    return applied_at is not None and access.initial_set_at is not None and access.initial_set_at <= applied_at


def _is_ready(access: Access, by: str, seen: int | None, confirmed: bool) -> bool:
    """False for the second half of a double click; raises where the password may not be replaced."""
    locked(access)
    if seen is not None and seen != access.revision:
        if _is_double_click(access, by):
            return False
        raise Stale(_("Cette ligne a changé depuis que vous l’affichez. Rien n’a été remplacé : la voici à jour."))
    _refuse_shared_account(access)
    if not confirmed and (access.initial_secret is not None or _has_password(access)):
        raise Confirm(
            _(
                "Un mot de passe existe déjà pour cet accès. "
                "Le remplacer le rend inutilisable et déconnecte la personne."
            )
        )
    return True


def _is_double_click(access: Access, by: str) -> bool:
    just_now = access.initial_set_at is not None and access.initial_set_at > now() - DOUBLE_CLICK
    return just_now and access.changed_by == by and access.cause == causes.PASSWORD


def _put(access: Access, password: str, by: str, event: str) -> None:
    access.initial_secret = seal(password, PURPOSE)
    access.initial_set_at, access.initial_handed_over_at = now(), None
    wanted(access, cause=causes.PASSWORD, by=by, fields=[], event=event)


def _has_password(access: Access) -> bool:
    account = _account(access)
    return account is not None and (account.password_hash is not None or account.initial_hash is not None)


def _erase(whose: ColumnElement[bool]) -> None:
    sealed = Access.contact_id.in_(select(Contact.id).where(whose)) & Access.initial_secret.is_not(None)
    db.session.execute(update(Access).where(sealed).values(initial_secret=None))


def _refuse_shared_account(access: Access) -> None:
    """Who also signs in for another party keeps their password: staff of one must not open the other."""
    if is_elsewhere(access.contact):
        raise Refused(
            _("Cette personne utilise le même compte chez un autre tiers. Cochez « Notifier » : elle recevra un lien.")
        )


def _account(access: Access) -> Account | None:
    query = select(Account).join(Contact, Contact.person_id == Account.person_id).where(Contact.id == access.contact_id)
    return db.session.scalars(query).one_or_none()
