"""The strips above every page of the back office: what everybody at the desk must know before they go on."""

import hashlib

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from shared.engines.finding import MailState, Seen
from shared.people.models import Staff
from shared.people.scopes import holds
from shared.web.filters import moment
from shared.web.navigation import Notice
from shared.web.permissions import Permission


def notices(staff: Staff, seen: Seen) -> list[Notice]:
    """Within a minute of the mail server's last word: the tick asks it every ten seconds."""
    shown = [] if seen.mail.up else [_mail(staff, seen.mail)]
    if seen.stuck and holds(staff, Permission.SIGNATURES_SEE):
        shown.append(_stuck(seen.stuck))
    return [*shown, _held(staff, seen.silent)] if seen.silent else shown


def mark(shown: list[Notice]) -> str:
    """What tells these strips from others: an open page asks again only for others."""
    return hashlib.sha256(repr([(each.text, each.url) for each in shown]).encode()).hexdigest()[:12]


def _stuck(count: int) -> Notice:
    return Notice(
        ngettext(
            "%(num)s demande de signature n’avance pas. Rien n’est perdu : voyez pourquoi et reprenez-la.",
            "%(num)s demandes de signature n’avancent pas. Rien n’est perdu : voyez pourquoi et reprenez-les.",
            count,
        ),
        tone="bad",
        icon="exclamation-triangle",
        url=url_for("backoffice.signatures", state="stuck"),
        label=_("Voir les signatures"),
    )


def _held(staff: Staff, families: tuple[str, ...]) -> Notice:
    may = holds(staff, Permission.HISTORY_SEE)
    return Notice(
        _(
            "Notifications désactivées : %(families)s. Les messages attendent ; ceux de sécurité partent.",
            families=", ".join(families),
        ),
        tone="warn",
        icon="pause-circle",
        url=url_for("backoffice.holds") if may else "",
        label=_("Voir ce qui attend") if may else "",
    )


def _mail(staff: Staff, mail: MailState) -> Notice:
    silent = _("Le serveur de messagerie ne répond pas.")
    if mail.since is not None:
        silent = _("Le serveur de messagerie ne répond pas depuis le %(when)s.", when=moment(mail.since))
    held = ngettext(
        "%(num)s message attend et partira à son retour : rien n’est perdu.",
        "%(num)s messages attendent et partiront à son retour : rien n’est perdu.",
        mail.waiting,
    )
    may = holds(staff, Permission.SETTINGS_SEE)
    return Notice(
        f"{silent} {held}",
        tone="bad",
        icon="exclamation-triangle",
        url=url_for("backoffice.settings_mail") if may else "",
        label=_("Voir la messagerie") if may else "",
    )
