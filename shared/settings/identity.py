"""Who this installation is: company, domain, identifier and password, locked because mail and links rest on them.

Mailed links are signed with the identifier and the password once these have been changed: changing one ends them all.
"""

import base64
import re
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select

from shared.access.models import Link
from shared.clock import now
from shared.config import config
from shared.errors import Refused
from shared.extensions import db
from shared.notifications.models import Notification, Template
from shared.notifications.promoting import INFORMATION
from shared.settings.branding import rename
from shared.settings.changing import change, change_secret
from shared.settings.reading import company, mail_domain, setting

FIELDS = ("company", "domain", "identifier", "secret")
SIGNING = ("identifier", "secret")  # what mailed links are signed with
IDENTIFIER = re.compile(r"[A-Z0-9](?:[A-Z0-9-]{2,38})[A-Z0-9]\Z")
SHORTEST = 16
RECENT = timedelta(days=30)


@dataclass(frozen=True)
class Identity:
    """What the page shows; the password is never among it."""

    company: str
    domain: str
    identifier: str


def identity() -> Identity:
    """The three that may be shown, with what stands for them until they are set."""
    return Identity(company().name, mail_domain(), setting("installation_id") or drawn_identifier())


def drawn_identifier() -> str:
    """« GUI-0000-0000 », the same at each start: derived from the installation's key."""
    letters = base64.b32encode(config().derive(b"installation-id")).decode()
    return f"GUI-{letters[:4]}-{letters[4:8]}"


def live_links() -> int:
    """How many mailed links still work."""
    alive = (Link.used_at.is_(None), Link.revoked_at.is_(None), Link.expires_at > now())
    return db.session.scalar(select(func.count()).select_from(Link).where(*alive)) or 0


def information_links() -> int:
    """How many messages left this last month with a link of one click that refuses information: no row keeps these."""
    left = (Notification.sent_at > now() - RECENT, Notification.channel == "email", Notification.copy_of_id.is_(None))
    informs = select(Template.id).where(Template.kind == INFORMATION)
    query = select(func.count()).select_from(Notification).where(*left, Notification.template_id.in_(informs))
    return db.session.scalar(query) or 0


def change_identity(*, field: str, value: str, by: str) -> None:
    """Write one of the four; one audit line, none when nothing changes. Raises Refused.

    The caller has asked the password of the person again. `secret` empty raises: it is replaced, never removed.
    """
    if field not in FIELDS:
        raise KeyError(field)
    if field in ("company", "domain"):
        rename(**{"name" if field == "company" else "domain": value}, by=by)
    elif field == "identifier":
        change(key="installation_id", value=_identifier(value), by=by)
    else:
        change_secret(key="installation_secret", text=_secret(value), by=by)


def _identifier(text: str) -> str:
    wanted = text.strip().upper()
    if not IDENTIFIER.match(wanted):
        raise Refused(
            _("L’identifiant compte de 4 à 40 lettres sans accent, chiffres ou tirets, comme GUI-7K3M-9QXP."), "value"
        )
    return wanted


def _secret(text: str) -> str:
    if len(text) < SHORTEST:
        raise Refused(_("Donnez au moins %(count)s caractères, tirés au hasard.", count=SHORTEST), "value")
    return text
