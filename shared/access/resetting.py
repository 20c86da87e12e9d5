"""A forgotten password: a mailed link of a day at most, the same answer whether the account exists or not."""

from datetime import timedelta

from flask_babel import gettext as _

from shared.access.activating import prove_address
from shared.access.choosing import set_password, subject_of
from shared.access.identifiers import accounts_named, spellings
from shared.access.linking import account_of, live_link
from shared.access.models import Account, LinkPurpose
from shared.access.seats import open_among
from shared.access.throttling import within
from shared.clock import now
from shared.errors import Refused
from shared.events.actors import ANONYMOUS
from shared.events.recording import record

RESET, ASKING = "portal.reset", "portal.reset_asked"
MOST, WINDOW = 3, timedelta(hours=1)


def ask_reset(*, identifier: str, device: str) -> None:
    """Have a link mailed to each account that the identifier names and lets in; silent about everything.

    At most three an hour for one account: a mailbox is not a target.
    """
    accounts = accounts_named(identifier)
    if not accounts:
        within(RESET, f"nobody:{spellings(identifier)[0]}", MOST, WINDOW)
    for account in accounts:
        seats = open_among(account.seats)
        if within(RESET, subject_of(account.id), MOST, WINDOW) and seats:
            record(
                "account.reset_requested",
                by=ANONYMOUS,
                account_id=account.id,
                access_id=seats[0].access_id,
                party_id=seats[0].party_id,
                facts={"device": device},
            )


def resettable(token: str, *, lock: bool = False) -> Account | None:
    """Whose password a reset link may change; None when the link is dead or no access is open any more."""
    link = live_link(token, LinkPurpose.RESET, lock=lock)
    account = account_of(link) if link is not None else None
    return account if account is not None and open_among(account.seats) else None


def reset(*, token: str, password: str, device: str) -> Account:
    """Choose a new password by a reset link, which is used up; every session ends and nobody is signed in.

    Raises Refused.
    """
    account = resettable(token, lock=True)
    link = live_link(token, LinkPurpose.RESET)
    if account is None or link is None:
        raise Refused(_("Ce lien vient de servir ou n’est plus valable. Demandez-en un nouveau : rien n’est perdu."))
    set_password(account=account, new=password, device=device)
    link.used_at, link.revoked_at = now(), None
    if account.email_verified_at is None:
        prove_address(account, link)
    return account
