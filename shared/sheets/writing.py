"""The letter that hands over an access to a person without e-mail, and thousands of them at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.sheets.amounts import NO_BREAK, long_date
from shared.sheets.binding import bind
from shared.sheets.facts import Letter
from shared.sheets.making import make_sheet
from shared.sheets.qr import qr_bitmap, qr_svg
from shared.sheets.selling import addressee_data, company_data

OPENING = (
    "Vos documents vous attendent sur notre portail : vous pouvez les lire, les télécharger et les signer"
    " depuis un ordinateur ou un téléphone.",
    "Pour ouvrir votre accès, rendez-vous à l’adresse ci-dessous ou photographiez le code carré, puis choisissez"
    " votre mot de passe.",
)
BY_LINK = (
    OPENING[0],
    "Pour ouvrir votre accès, photographiez le code carré avec votre téléphone, puis choisissez votre mot de passe."
    " Ensuite, connectez-vous à l’adresse ci-dessous avec votre identifiant.",
)
BY_PASSWORD = (
    OPENING[0],
    "Pour ouvrir votre accès, rendez-vous à l’adresse ci-dessous ou photographiez le code carré, connectez-vous avec"
    " ce mot de passe, qui sert une seule fois, puis choisissez le vôtre.",
)
PAGES = 25  # of one compilation: the compiler remembers the last dozen, and memory follows


@dataclass(frozen=True)
class Sender:
    """Whose letters they are, as their head and foot say it."""

    name: str
    legal: str
    domain: str
    colour: str
    logo: bytes = b""  # a PNG; none: the initials


@dataclass(frozen=True)
class AccessLetter:
    """One page: `target` is what the QR code opens; without `secret`, it is where a password is chosen."""

    name: str
    lines: tuple[str, ...]
    portal: str
    identifier: str
    secret: str
    target: str
    expires_on: date


def make_letters(sender: Sender, letters: Sequence[AccessLetter], written_on: date) -> bytes:
    """One PDF, one page a letter. It holds secrets: it is kept sealed, for an hour at most."""
    title = f"Votre accès au portail {sender.name}"
    common = {
        "subject": title,
        "place-and-date": f"Le{NO_BREAK}{long_date(written_on)}",
        "salutation": "Madame, Monsieur,",
        "qr-alt": "Code carré menant à l’ouverture de votre accès",
        "qr-caption": "À photographier",
        "closing": sender.name,
    }
    company = {
        "name": sender.name,
        "colour": sender.colour,
        "logo": list(sender.logo),
        "lines": [sender.domain],
        "legal": [sender.legal],
    }
    parts = []
    for at in range(0, len(letters), PAGES):
        pages = [_page(letter) for letter in letters[at : at + PAGES]]
        told = {"title": title, "company": company, "shared": common, "letters": pages}
        parts.append(make_sheet("letters", told, standard=None))
    return bind(parts)


def _page(letter: AccessLetter) -> dict[str, Any]:
    access = [
        {"label": "Adresse du portail", "value": letter.portal, "secret": False},
        {"label": "Identifiant", "value": letter.identifier, "secret": True},
    ]
    if letter.secret:
        access.append({"label": "Mot de passe initial", "value": letter.secret, "secret": True})
    return {
        "recipient": {"name": letter.name, "lines": list(letter.lines)},
        "paragraphs": list(BY_PASSWORD if letter.secret else BY_LINK),
        "access": access,
        "qr": qr_bitmap(letter.target),
        "after": _warnings(letter.expires_on),
    }


def _warnings(expires_on: date | None) -> list[str]:
    warnings = ["Ne communiquez ce courrier à personne. Nous ne vous demanderons jamais votre mot de passe."]
    if expires_on:
        limit = f"Cet accès est à ouvrir avant le {long_date(expires_on)}."
        warnings.insert(0, f"{limit} Passé ce délai, demandez-nous un nouveau courrier.")
    return warnings


def make_letter(letter: Letter) -> bytes:
    """The PDF of that letter. It holds a secret: it is printed once, never filed and never logged."""
    return make_sheet("letter", letter_data(letter), standard="ua-1")


def letter_data(letter: Letter) -> dict[str, Any]:
    """What the template shows."""
    access = [
        {"label": "Adresse du portail", "value": letter.portal, "secret": False},
        {"label": "Identifiant", "value": letter.identifier, "secret": True},
    ]
    if letter.secret:
        label = letter.secret_label or "Code d’activation"
        access.append({"label": label, "value": letter.secret, "secret": True})
    recipient = addressee_data(letter.recipient)
    return {
        "title": f"Votre accès au portail {letter.company.name}",
        "subject": f"Votre accès au portail {letter.company.name}",
        "company": company_data(letter.company),
        "recipient": {"name": recipient["name"], "lines": recipient["lines"]},
        "place-and-date": f"{letter.company.city}, le{NO_BREAK}{long_date(letter.written_on)}",
        "salutation": letter.salutation,
        "paragraphs": list(letter.paragraphs or OPENING),
        "access": access,
        "qr": qr_svg(letter.link) if letter.link else "",
        "qr-alt": "Code carré menant à l’ouverture de votre accès",
        "qr-caption": "À photographier",
        "after": _warnings(letter.expires_on),
        "closing": letter.company.signatory or letter.company.name,
    }
