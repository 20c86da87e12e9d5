"""Phone numbers as a provider wants them: E.164, of a telephone that takes messages."""

from dataclasses import dataclass

import phonenumbers
from flask_babel import gettext as _
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from shared.errors import Refused
from shared.notifications.headers import clean

HOME = "FR"  # of a number typed without its country
TAKES_MESSAGES = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})


@dataclass(frozen=True, slots=True)
class Number:
    """To whom an SMS goes. Raises Refused on anything but a mobile number in E.164."""

    address: str

    def __post_init__(self) -> None:
        if mobile(self.address) != self.address:
            raise Refused(_("Le numéro « %(number)s » n’est pas un numéro international.", number=self.address))


def mobile(typed: str, field: str | None = None, *, country: str = HOME) -> str:
    """« 06 12 34 56 78 » → « +33612345678 »; `country` (ISO 3166) is that of a number without one. Raises Refused."""
    shown = clean(typed, field).strip()
    try:
        number = phonenumbers.parse(shown, country or HOME)
    except NumberParseException as error:
        raise _unreadable(shown, field) from error
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise _unreadable(shown, field)
    if phonenumbers.number_type(number) not in TAKES_MESSAGES:
        raise Refused(_("« %(number)s » n’est pas un numéro de mobile : il ne reçoit pas de SMS.", number=shown), field)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def shown(number: str) -> str:
    """« +33 6 12 34 56 78 », for whoever may read it."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(number), PhoneNumberFormat.INTERNATIONAL)
    except NumberParseException:
        return number


def masked(number: str) -> str:
    """« +33 6 •• •• •• 78 »: enough for its owner to know which one it is."""
    read = shown(number)
    hidden = {at for at, sign in enumerate(read) if sign.isdigit()}
    hidden -= {*sorted(hidden)[:3], *sorted(hidden)[-2:]}
    return "".join("•" if at in hidden else sign for at, sign in enumerate(read))


def _unreadable(typed: str, field: str | None) -> Refused:
    return Refused(
        _("« %(number)s » n’est pas un numéro de téléphone : écrivez-le comme 06 12 34 56 78.", number=typed), field
    )
