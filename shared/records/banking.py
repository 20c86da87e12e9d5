"""Where customers pay: an IBAN is entered by one person and shown once a second person or factor has verified it.

Swapping the account on an invoice is how companies are robbed: each change is on the log, and told to administrators.
"""

import uuid
from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from stdnum import bic as bics
from stdnum import iban as ibans
from stdnum.exceptions import ValidationError

from shared.clock import now
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db
from shared.people.models import Activity
from shared.records.money_models import BankAccount

LONGEST_HOLDER = 70  # of EPC069-12
SECOND_PERSON, SECOND_FACTOR = "second_person", "second_factor"


def enter(*, holder: str, iban: str, bic: str, by: str) -> BankAccount:
    """Keep an account, shown to nobody yet; it replaces the one that waits. Raises Refused, naming the field.

    The check digits are those of ISO 13616; the BIC may be left out (SEPA, since 2016).
    """
    name, number, code = " ".join(holder.split()), _iban(iban), _bic(bic)
    if not name or len(name) > LONGEST_HOLDER or not name.isprintable():
        raise Refused(_("Le titulaire compte de 1 à 70 caractères."), "holder")
    activity = _activity()
    for former in _waiting(activity):
        _retire(former, by)
    made = BankAccount(activity_id=activity, holder=name, iban=number, bic=code, entered_by=by)
    db.session.add(made)
    db.session.flush()
    record("bank_account.entered", by=by, facts=_facts(made))
    return made


def verify(*, account: BankAccount, by: str, second_factor: bool = False) -> bool:
    """Show it to customers in place of the former one; False when it is shown already.

    `second_factor`: whoever entered it has just proved theirs again. Raises Refused otherwise, and once it is retired.
    """
    db.session.refresh(account, with_for_update=True)
    if account.retired_at is not None:
        raise Refused(_("Ce compte a été retiré ou remplacé : saisissez-le de nouveau."))
    if account.verified_at is not None:
        return False
    if account.entered_by == by and not second_factor:
        raise Refused(
            _("Vous avez saisi ce compte : une autre personne le vérifie, ou vous-même avec votre second facteur."),
            "code",
        )
    former = current()
    if former is not None:
        _retire(former, by)
    account.verified_at, account.verified_by = now(), by
    account.verified_how = SECOND_FACTOR if account.entered_by == by else SECOND_PERSON
    db.session.flush()
    record("bank_account.verified", by=by, facts=_facts(account) | {"how": account.verified_how})
    return True


def retire(*, account: BankAccount, by: str) -> bool:
    """Show it no more; False when it is already so."""
    db.session.refresh(account, with_for_update=True)
    if account.retired_at is not None:
        return False
    _retire(account, by)
    return True


def current() -> BankAccount | None:
    """The account on which customers pay: verified, and not retired since."""
    shown = (BankAccount.verified_at.is_not(None), BankAccount.retired_at.is_(None))
    query = select(BankAccount).join(Activity, Activity.id == BankAccount.activity_id)
    return db.session.scalars(query.where(*shown).order_by(Activity.position, Activity.id).limit(1)).first()


def standing() -> Sequence[BankAccount]:
    """Those that are shown or wait for their verification, the newest first."""
    query = select(BankAccount).where(BankAccount.retired_at.is_(None))
    return db.session.scalars(query.order_by(BankAccount.entered_at.desc(), BankAccount.id.desc())).all()


def spaced(iban: str) -> str:
    """« FR76 3000 6000 0112 3456 7890 189 », with no-break spaces."""
    return "\u00a0".join(iban[at : at + 4] for at in range(0, len(iban), 4))


def masked(iban: str) -> str:
    """Enough to recognise it: « FR76 … 0189 »."""
    return f"{iban[:4]}\u00a0…\u00a0{iban[-4:]}"


def _retire(account: BankAccount, by: str) -> None:
    account.retired_at = now()
    db.session.flush()
    record("bank_account.retired", by=by, facts=_facts(account))


def _facts(account: BankAccount) -> dict[str, str]:
    return {"account": str(account.id), "iban": masked(account.iban), "holder": account.holder}


def _waiting(activity_id: uuid.UUID) -> Sequence[BankAccount]:
    waits = (BankAccount.verified_at.is_(None), BankAccount.retired_at.is_(None))
    return db.session.scalars(select(BankAccount).where(BankAccount.activity_id == activity_id, *waits)).all()


def _activity() -> uuid.UUID:
    found = db.session.scalars(select(Activity.id).order_by(Activity.position, Activity.id).limit(1)).first()
    if found is None:
        raise Refused(_("Donnez d’abord le nom de votre société, dans « Apparence »."))
    return found


def _iban(written: str) -> str:
    try:
        return str(ibans.validate(written))
    except ValidationError:
        raise Refused(_("Cet IBAN n’existe pas : vérifiez chaque caractère."), "iban") from None


def _bic(written: str) -> str:
    if not written.strip():
        return ""
    try:
        return str(bics.validate(written))
    except ValidationError:
        raise Refused(_("Ce code BIC n’existe pas : il compte 8 ou 11 caractères."), "bic") from None
