"""E-mail addresses as they are kept: ASCII, checked for form, never asked of the network."""

import difflib
from collections.abc import Iterable

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _

from shared.errors import Refused
from shared.notifications.headers import clean

# Read in French address books; a domain one slip away from one of these is pointed out, never refused.
USUAL_DOMAINS = (
    "gmail.com", "outlook.com", "outlook.fr", "hotmail.com", "hotmail.fr", "live.fr", "yahoo.com", "yahoo.fr",
    "orange.fr", "wanadoo.fr", "free.fr", "sfr.fr", "neuf.fr", "laposte.net", "bbox.fr", "numericable.fr",
    "icloud.com", "me.com", "aol.com", "gmx.fr", "protonmail.com", "proton.me",
)  # fmt: skip


def normalise(address: str, field: str | None = None) -> str:
    """The address to write to: lower-case ASCII domain (IDNA 2008), local part as typed. Raises Refused."""
    typed = clean(address, field).removeprefix("mailto:").strip()
    _check_form(typed, field)
    try:
        checked = validate_email(typed, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as error:
        raise Refused(_("L’adresse « %(typed)s » n’est pas valable : vérifiez-la.", typed=typed), field) from error
    return f"{checked.local_part}@{checked.ascii_domain}"


def matching(address: str) -> str:
    """What makes two addresses one: everybody's servers ignore the case of the local part."""
    return address.strip().casefold()


def domain_of(address: str) -> str:
    """What stands after the @, in lower case."""
    return address.rpartition("@")[2].lower()


def check_sender(address: str, domains: Iterable[str], field: str | None = None) -> str:
    """A sender must be one of the company's own: messages from elsewhere are refused as forged."""
    address = normalise(address, field)
    allowed = [domain.strip().lower() for domain in domains if domain.strip()]
    if domain_of(address) not in allowed:
        raise Refused(
            _(
                "« %(domain)s » n’est pas un domaine de messagerie de la société (%(allowed)s) : "
                "les messages partiraient en indésirables.",
                domain=domain_of(address),
                allowed=", ".join(allowed) or "—",
            ),
            field,
        )
    return address


def typo_hint(address: str) -> str | None:
    """« camille@gmial.com » → « camille@gmail.com »; None when nothing looks wrong."""
    local, _at, domain = address.strip().lower().rpartition("@")
    if not local or domain in USUAL_DOMAINS:
        return None
    near = difflib.get_close_matches(domain, USUAL_DOMAINS, 1, 0.86)
    # « free.fr » and « fret.fr » are both somebody's: short names are left alone.
    return f"{local}@{near[0]}" if near and len(domain) >= 8 else None


def _check_form(typed: str, field: str | None) -> None:
    local, at, domain = typed.rpartition("@")
    if not typed:
        raise Refused(_("L’adresse e-mail est vide."), field)
    if "<" in typed or ">" in typed:
        raise Refused(_("Écrivez l’adresse seule, sans nom ni chevrons : camille@exemple.fr."), field)
    if "," in typed or ";" in typed or typed.count("@") > 1:
        raise Refused(_("Il y a plusieurs adresses, ou un signe de trop : écrivez-en une seule."), field)
    if not at or not local:
        raise Refused(_("Il manque ce qui précède « @ » dans « %(typed)s », ou le signe « @ ».", typed=typed), field)
    if not domain or "." not in domain.strip("."):
        raise Refused(_("Il manque le domaine après « @ », comme « exemple.fr ».", typed=typed), field)
    if any(sign.isspace() for sign in typed):
        raise Refused(_("L’adresse « %(typed)s » contient une espace : retirez-la.", typed=typed), field)
    if not local.isascii():
        raise Refused(
            _(
                "Avant « @ », les accents ne sont pas admis : beaucoup de messageries refusent « %(local)s ».",
                local=local,
            ),
            field,
        )
