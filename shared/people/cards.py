"""What staff type on a party's card, checked as a whole before it is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from flask_babel import gettext as _

from shared.errors import Refused
from shared.notifications.addresses import normalise
from shared.notifications.headers import clean
from shared.people.models import EmailSlot, Family
from shared.people.numbers import siret_number, vat_number

LONGEST = 200  # characters of a name, a street…
LONGEST_CODE = 40
TEXTS = ("street", "postcode", "city", "phone")
CELL_FIELDS = {slot: f"email_{slot.value}" for slot in EmailSlot}


@dataclass(frozen=True)
class Card:
    """The fields of a party that staff edit. `addresses` holds the cells; an empty one is no address."""

    code: str
    name: str
    is_business: bool = True
    siret: str | None = None
    vat_number: str | None = None
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = "FR"
    phone: str = ""
    locale: str = "fr"
    addresses: Mapping[EmailSlot, str] = field(default_factory=dict)


def checked(card: Card, family: Family) -> Card:
    """The card as it is stored; Refused with the field that is wrong."""
    code, name = printable(card.code, "code"), printable(card.name, "name")
    if not code:
        raise Refused(_("Donnez un code : c’est par lui que ce tiers est reconnu et qu’il s’identifie."), field="code")
    if len(code) > LONGEST_CODE:
        raise Refused(_("Un code compte au plus %(most)s caractères.", most=LONGEST_CODE), field="code")
    if not name:
        raise Refused(_("Donnez un nom."), field="name")
    texts = {each: printable(getattr(card, each), each) for each in TEXTS}
    return replace(
        card,
        code=code,
        name=name,
        siret=siret_number(card.siret or "") if card.is_business else None,
        vat_number=vat_number(card.vat_number or "") if card.is_business else None,
        addresses=_addresses(card.addresses, family),
        street=texts["street"],
        postcode=texts["postcode"],
        city=texts["city"],
        phone=texts["phone"],
    )


def printable(value: str, name: str, longest: int = LONGEST) -> str:
    """One line as it is stored: blanks made single, nothing invisible, nothing that could forge a mail header.

    Raises Refused.
    """
    kept = " ".join(clean(value.strip(), name).split())
    if len(kept) > longest:
        raise Refused(_("Ce texte compte plus de %(most)s caractères : raccourcissez-le.", most=longest), field=name)
    if not kept.isprintable():
        raise Refused(_("Ce texte contient un caractère invisible : effacez-le et tapez-le de nouveau."), field=name)
    return kept


def _addresses(typed: Mapping[EmailSlot, str], family: Family) -> dict[EmailSlot, str]:
    kept: dict[EmailSlot, str] = {}
    for slot, text in typed.items():
        if slot.value not in family.slots or not text.strip():
            continue
        try:
            kept[slot] = normalise(text)
        except Refused as refusal:
            raise Refused(refusal.sentence, field=CELL_FIELDS[slot]) from refusal
    return kept
