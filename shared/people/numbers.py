"""Company numbers: checked by their own rule, kept without spaces."""

from flask_babel import gettext as _
from stdnum import exceptions
from stdnum.eu import vat
from stdnum.fr import siret

from shared.errors import Refused


def siret_number(text: str) -> str | None:
    """The 14 digits of a SIRET, None for nothing typed; Refused when the number cannot exist."""
    if not text.strip():
        return None
    try:
        return str(siret.validate(text))
    except exceptions.ValidationError as error:
        raise Refused(_why_siret(text, error), field="siret") from error


def vat_number(text: str) -> str | None:
    """A European VAT number in capitals, None for nothing typed; Refused when the number cannot exist."""
    if not text.strip():
        return None
    try:
        return str(vat.validate(text))
    except exceptions.ValidationError as error:
        raise Refused(
            _(
                "« %(number)s » n’est pas un numéro de TVA européen valable : il commence par le pays (FR, BE…) "
                "et son contrôle doit tomber juste. Relisez-le sur une facture du tiers.",
                number=text.strip(),
            ),
            field="vat_number",
        ) from error


def _why_siret(text: str, error: exceptions.ValidationError) -> str:
    if isinstance(error, exceptions.InvalidLength):
        return str(_("Un SIRET compte 14 chiffres ; « %(number)s » n’en a pas 14.", number=text.strip()))
    if isinstance(error, exceptions.InvalidFormat):
        return str(_("Un SIRET ne contient que des chiffres ; corrigez « %(number)s ».", number=text.strip()))
    return str(
        _(
            "Le contrôle du SIRET « %(number)s » ne tombe pas juste : un chiffre est faux ou deux sont inversés.",
            number=text.strip(),
        )
    )
