"""The letter that hands over an access to a person without e-mail."""

from typing import Any

from shared.sheets.amounts import NO_BREAK, long_date
from shared.sheets.facts import Letter
from shared.sheets.making import make_sheet
from shared.sheets.qr import qr_svg
from shared.sheets.selling import addressee_data, company_data

OPENING = (
    "Vos documents vous attendent sur notre portail : vous pouvez les lire, les télécharger et les signer"
    " depuis un ordinateur ou un téléphone.",
    "Pour ouvrir votre accès, rendez-vous à l’adresse ci-dessous ou photographiez le code carré, puis choisissez"
    " votre mot de passe.",
)


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
    after = ["Ne communiquez ce courrier à personne. Nous ne vous demanderons jamais votre mot de passe."]
    if letter.expires_on:
        limit = f"Cet accès est à ouvrir avant le {long_date(letter.expires_on)}."
        after.insert(0, f"{limit} Passé ce délai, demandez-nous un nouveau courrier.")
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
        "after": after,
        "closing": letter.company.signatory or letter.company.name,
    }
