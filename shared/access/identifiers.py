"""By what a person names an account at the login: a code, an e-mail address or a phone number."""

import re
import unicodedata

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from shared.access.models import Account, Identifier, Seat
from shared.extensions import db
from shared.folding import fold

FEWEST, MOST = 3, 8


def spellings(identifier: str) -> list[str]:
    """The folded forms under which an identifier may stand: with and without spaces, a phone number in national form.

    The first one is the same for every way of typing it (case, spaces, width).
    """
    folded = fold(unicodedata.normalize("NFKC", identifier))[:320]
    bare = folded.replace(" ", "")
    forms = [bare, folded]
    figures = re.sub(r"[ ().-]", "", bare)
    if re.fullmatch(r"\+?\d{9,15}", figures):
        forms += [figures, national(figures)]
    return list(dict.fromkeys(forms))


def national(phone: str) -> str:
    """The one form under which a phone number is kept: figures only, a French one without its +33."""
    figures = re.sub(r"[^\d+]", "", unicodedata.normalize("NFKC", phone))
    return re.sub(r"^(\+33|0033)", "0", figures)


def accounts_named(identifier: str, most: int = MOST) -> list[Account]:
    """The accounts that an identifier names, the latest used first, with their seats and parties, in one query."""
    ids = (
        select(Account.id)
        .join(Identifier, Identifier.account_id == Account.id)
        .where(Identifier.value_folded.in_(spellings(identifier)))
        .group_by(Account.id)
        .order_by(Account.last_login_at.desc().nulls_last(), Account.id)
        .limit(most)
    )
    query = (
        select(Account)
        .where(Account.id.in_(ids))
        .outerjoin(Account.seats)
        .options(contains_eager(Account.seats).options(joinedload(Seat.party), joinedload(Seat.access)))
        .order_by(Account.last_login_at.desc().nulls_last(), Account.id, Seat.id)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(query).unique())


def most_shared() -> int:
    """How many accounts the most shared identifier names, from 3 to 8.

    Every login costs that many verifications: its length says nothing about the identifier typed.
    """
    counts = select(func.count().label("shared")).select_from(Identifier).group_by(Identifier.value_folded).subquery()
    return min(MOST, max(FEWEST, db.session.scalar(select(func.max(counts.c.shared))) or 0))
