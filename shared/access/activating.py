"""The link that opens an access: looking at it changes nothing, choosing a password uses it up."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from shared.access.choosing import set_password
from shared.access.linking import account_of, live_link
from shared.access.models import Account, Link, LinkPurpose, Seat
from shared.access.seats import open_among
from shared.clock import now
from shared.errors import Refused
from shared.extensions import db
from shared.notifications.models import Notification


@dataclass(frozen=True)
class Invitation:
    """A link that works, its account, and the seats that it will open."""

    link: Link
    account: Account
    seats: tuple[Seat, ...]

    @property
    def identifier(self) -> str:
        """What to type at the next login: the access's, else the first one's."""
        own = [seat for seat in self.seats if seat.access_id == self.link.access_id]
        return (own or list(self.seats))[0].access.identifier


def invitation(token: str, *, lock: bool = False) -> Invitation | None:
    """What an activation link opens; None when it is dead, the access withdrawn, or a password chosen already."""
    link = live_link(token, LinkPurpose.ACTIVATION, lock=lock)
    account = account_of(link) if link is not None else None
    if link is None or account is None or account.password_hash is not None:
        return None
    seats = open_among(account.seats)
    return Invitation(link, account, tuple(seats)) if seats else None


def activate(*, token: str, password: str, device: str) -> Invitation:
    """Choose the first password by an activation link, which is used up. Raises Refused."""
    found = invitation(token, lock=True)
    if found is None:
        raise Refused(_("Ce lien vient de servir ou n’est plus valable. Demandez-en un nouveau : rien n’est perdu."))
    set_password(account=found.account, new=password, device=device)
    found.link.used_at, found.link.revoked_at = now(), None
    prove_address(found.account, found.link)
    return found


def prove_address(account: Account, link: Link) -> None:
    """Whoever used the link reads that mailbox: from now on security messages go there."""
    if link.notification_id is None:
        return
    sent = select(Notification.address).where(Notification.id == link.notification_id, Notification.channel == "email")
    address = db.session.scalar(sent)
    if address:
        account.email, account.email_verified_at = address, now()
