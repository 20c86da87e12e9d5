"""Six figures that show that somebody reads a mailbox or holds a telephone: drawn, sent once, tried five times.

Whoever guesses has five tries a code and twenty-five a day, counted in PostgreSQL. Wrong, expired, replaced, used and
never sent are one answer: nothing tells whether an older code was right.
"""

import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select, update

from shared.access.code_columns import CodeColumns
from shared.access.throttling import within
from shared.clock import now
from shared.config import config
from shared.errors import Refused
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.codes import entrust_code, silence
from shared.transactions import transaction

FIGURES, LIFE = 6, timedelta(minutes=10)
TRIES, TRIES_A_DAY, DAY = 5, 25, timedelta(hours=24)
ISSUED_FOR_ONE, ISSUED_TO_ONE, HOUR = 5, 10, timedelta(hours=1)  # codes asked by one person, sent to one address

Kept = TypeVar("Kept", bound=CodeColumns)


def issue(row: Kept, *, whose: ColumnElement[bool], asked: str, bound: str, tell: Callable[[Kept], Event]) -> Kept:
    """Draw a code for `row` and send it by the event that `tell` records; the earlier ones of `whose` die.

    `asked` names who asks, `bound` what the code is good for. The caller holds a lock on whose it is. Raises Refused.
    """
    _slow_down(asked, row.address)
    model = type(row)
    live = (whose, model.used_at.is_(None), model.voided_at.is_(None))
    former = db.session.execute(
        update(model).where(*live).values(voided_at=now()).returning(model.notification_id)
    ).scalars()
    silence([each for each in former if each is not None])
    code = f"{secrets.randbelow(10**FIGURES):0{FIGURES}d}"
    row.code_hash = _hash(bound, code)
    row.issued_at, row.expires_at, row.tries = now(), now() + LIFE, 0
    db.session.add(row)
    db.session.flush()
    event = tell(row)
    db.session.flush()
    row.notification_id = entrust_code(event_id=event.id, code=code, until=row.expires_at)
    if row.notification_id is None:
        raise Refused(_("L’envoi de ce code est arrêté dans « Paramétrage notification(s) » : prévenez-nous."), "code")
    return row


def use(
    model: type[Kept], *, whose: ColumnElement[bool], bound: str, typed: str, exhausted: Callable[[Kept], None]
) -> Kept:
    """Use up the live code of `whose` by what was typed; raises Refused (field `code`).

    The row stays locked until the caller commits: of fifty at once, one is right. A wrong try is committed here, with
    the lock still held, since the refusal undoes the rest: nothing may have been written before.
    """
    live = (whose, model.used_at.is_(None), model.voided_at.is_(None))
    row = db.session.scalars(
        select(model).where(*live).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if row is not None and row.tries < TRIES and _tries_today(model, whose) < TRIES_A_DAY:
        right = row.expires_at > now() and hmac.compare_digest(row.code_hash, _hash(bound, tidy(typed)))
        if right:
            row.used_at = now()
            db.session.flush()
            return row
    if row is not None:
        _count(row, exhausted)
    raise Refused(
        _("Ce code n’est pas le bon, ou il ne marche plus. Vérifiez-le, ou demandez-en un autre."), field="code"
    )


def tidy(typed: str) -> str:
    """What was typed without the blanks and signs that people put between figures."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", typed) if not sign.isspace() and sign not in "-.·")


def _slow_down(asked: str, address: str) -> None:
    may = within("code.asked", asked, ISSUED_FOR_ONE, HOUR) and within("code.sent", address, ISSUED_TO_ONE, HOUR)
    if not may:
        raise Refused(
            _("Plusieurs codes viennent déjà de partir. Attendez une heure avant d’en demander un autre."), field="code"
        )


def _tries_today(model: type[CodeColumns], whose: ColumnElement[bool]) -> int:
    query = select(func.coalesce(func.sum(model.tries), 0)).where(whose, model.issued_at > now() - DAY)
    return int(db.session.scalar(query) or 0)


def _count(row: Kept, exhausted: Callable[[Kept], None]) -> None:
    """One more wrong try; the one after the fifth kills the code and is written down."""
    with transaction():
        row.tries += 1
        if row.tries > TRIES:
            row.voided_at = now()
            exhausted(row)


def _hash(bound: str, code: str) -> str:
    """Keyed: a copy of the database does not tell the code, though there are but a million."""
    return hmac.new(config().derive(b"one-time-code"), f"{bound}\0{code}".encode(), hashlib.sha256).hexdigest()
