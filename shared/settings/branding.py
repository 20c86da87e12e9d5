"""The company as everybody sees it: name, legal line, domain, colour, logo, and who writes to each family."""

import hashlib
from collections.abc import Container

from flask_babel import gettext as _
from sqlalchemy import select

from shared.documents import filing
from shared.documents.inspecting import inspect
from shared.documents.previewing import thumbnail
from shared.documents.storage import Altered, Missing, original_key, read, storage
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db
from shared.notifications.addresses import check_sender, domain_of, normalise
from shared.notifications.headers import clean
from shared.people.models import Activity, ConsentState, Family
from shared.settings.changing import change
from shared.settings.reading import company, mail_domain, setting

FIELDS = ("name", "legal", "domain", "colour", "ink")
LEAST = 4.5  # WCAG 2.2, 1.4.3
LOGO_WIDTH = 480  # pixels: twice what the largest layout shows
LOGO_BYTES = 4 * 1024 * 1024
LOGO_KINDS = ("image/png", "image/jpeg")


def change_company(
    *, name: str, legal: str, domain: str, colour: str, contrast: float, by: str, ink: str = ""
) -> Activity:
    """Write the identity; `contrast` is that of the colour with the text written on it. Raises Refused."""
    ours = company()
    wanted = {
        "name": " ".join(name.split()),
        "legal": " ".join(legal.split()),
        "domain": _domain(domain),
        "colour": colour,
        "ink": ink,
    }
    if not wanted["name"]:
        raise Refused(_("Donnez le nom de la société : il est en tête de chaque page et de chaque message."), "name")
    if contrast < LEAST:
        raise Refused(
            _(
                "Aucun texte ne serait lisible sur cette couleur : contraste %(ratio)s pour 1, il en faut 4,5.",
                ratio=f"{contrast:.1f}".replace(".", ","),
            ),
            "colour",
        )
    changed = [each for each in FIELDS if getattr(ours, each) != wanted[each]]
    if "domain" in changed:
        _check_writers((wanted["domain"], *setting("mail_domains")), "domain")
    for each in changed:
        setattr(ours, each, wanted[each])
    db.session.add(ours)
    db.session.flush()
    if changed:
        record("company.changed", by=by, activity_id=ours.id, facts={"fields": changed})
    return ours


def rename(*, by: str, name: str | None = None, domain: str | None = None) -> None:
    """Change the company's name or its domain, which mail rests on. Raises Refused with the field « value »:
    among others while a family writes from the domain that would go.
    """
    ours = company()
    wanted = (
        {"name": " ".join((name or "").split())} if name is not None else {"domain": _domain(domain or "", "value")}
    )
    if not all(wanted.values()):
        raise Refused(_("Donnez une valeur : ce champ ne reste pas vide."), "value")
    changed = [each for each, value in wanted.items() if getattr(ours, each) != value]
    if "domain" in changed:
        _check_writers((wanted["domain"], *setting("mail_domains")), "value")
    for each in changed:
        setattr(ours, each, wanted[each])
    db.session.add(ours)
    db.session.flush()
    if changed:
        record("company.changed", by=by, activity_id=ours.id, facts={"fields": changed, **wanted})


def change_legal(*, legal: str, by: str) -> None:
    """The line at the foot of pages and messages."""
    ours = company()
    change_company(
        name=ours.name, legal=legal, domain=ours.domain, colour=ours.colour, ink=ours.ink, contrast=LEAST, by=by
    )


def change_colours(*, colour: str, ink: str, contrast: float, by: str) -> None:
    """The company's colour and the text colour on it, empty for the better of black and white.

    `contrast` is that of the pair; raises Refused under 4.5.
    """
    ours = company()
    change_company(
        name=ours.name, legal=ours.legal, domain=ours.domain, colour=colour, ink=ink, contrast=contrast, by=by
    )


def set_logo(*, data: bytes, filename: str, by: str) -> Activity:
    """Draw a PNG or JPEG again and keep the drawing: nothing hidden in the file comes through. Raises Refused."""
    if len(data) > LOGO_BYTES:
        raise Refused(_("Ce logo dépasse 4 Mo : enregistrez-le plus petit."), "logo")
    found = inspect(data, filename)
    if found.mime not in LOGO_KINDS:
        raise Refused(
            _("Le logo est une image PNG ou JPEG. Un SVG peut contenir du code : exportez-le en PNG."), "logo"
        )
    drawn = thumbnail(data, LOGO_WIDTH, "png").data
    filing.keep(data=drawn, inspection=inspect(drawn, "logo.png"))
    ours = company()
    ours.logo_sha256, ours.logo_mime = hashlib.sha256(drawn).hexdigest(), "image/png"
    db.session.add(ours)
    db.session.flush()
    record("company.changed", by=by, activity_id=ours.id, facts={"fields": ["logo"]})
    return ours


def logo_of(activity: Activity) -> bytes:
    """The PNG of its logo; empty when there is none, or when it is no longer stored: a letter leaves without it."""
    if activity.logo_sha256 is None:
        return b""
    try:
        return read(storage(), original_key(activity.logo_sha256))
    except (Missing, Altered):
        return b""


def remove_logo(*, by: str) -> None:
    """Back to the monogram."""
    ours = company()
    if ours.logo_sha256 is None:
        return
    ours.logo_sha256 = ours.logo_mime = None
    db.session.flush()
    record("company.changed", by=by, activity_id=ours.id, facts={"fields": ["logo"]})


def change_family(
    *,
    family: Family,
    sender_name: str,
    sender_address: str,
    reply_to: str,
    default_consent: ConsentState | None,
    by: str,
) -> None:
    """Who messages to a family come from, and what a new business party of it is supposed to have agreed to."""
    before = _of(family)
    family.sender_name = clean(sender_name, "sender_name").strip()
    family.sender_address = (
        check_sender(sender_address, sender_domains(), "sender_address") if sender_address.strip() else ""
    )
    family.reply_to = normalise(reply_to, "reply_to") if reply_to.strip() else ""
    family.default_consent = default_consent
    changed = [name for name, was in before.items() if was != getattr(family, name)]
    db.session.flush()
    if changed:
        record("setting.changed", by=by, facts={"key": f"family.{family.key}", "fields": changed})


def sender_domains() -> list[str]:
    """The domains from which the company may write: its own, and those it lists."""
    return [mail_domain(), *setting("mail_domains")]


def change_sender_domains(*, text: str, by: str) -> None:
    """Write the list of mail domains, one a line; refused while a family writes from one that would go."""
    wanted = sorted({_domain(line, "domains") for line in text.replace(",", "\n").split("\n") if line.strip()})
    _check_writers((mail_domain(), *wanted), "domains")
    change(key="mail_domains", value=wanted, by=by)


def _check_writers(domains: Container[str], field: str) -> None:
    """Raises Refused while a family writes from elsewhere: its messages would leave as forged, without a word."""
    for family in db.session.scalars(select(Family).where(Family.sender_address != "").order_by(Family.position)):
        if domain_of(family.sender_address) not in domains:
            who = {"family": family.label, "address": family.sender_address}
            sentence = _("« %(family)s » écrit depuis %(address)s : changez d’abord cette adresse.", **who)
            if field != "domains":
                own = domain_of(family.sender_address)
                sentence += " " + _("Ou ajoutez d’abord %(domain)s aux domaines de messagerie.", domain=own)
            raise Refused(sentence, field)


def _of(family: Family) -> dict[str, object]:
    return {name: getattr(family, name) for name in ("sender_name", "sender_address", "reply_to", "default_consent")}


def _domain(text: str, field: str = "domain") -> str:
    domain = text.strip().lower().removeprefix("https://").removeprefix("http://").rstrip("/").removeprefix("www.")
    if not domain:
        return ""
    return normalise(f"noreply@{domain}", field).partition("@")[2]
