"""The state codes that a record may bear: those that staff defined for its kind, and have not closed."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from shared.errors import Refused
from shared.extensions import db
from shared.records.declaring import Kind
from shared.records.models import StateCode


def state_codes(kind: str) -> Sequence[StateCode]:
    """Those that are offered, by code."""
    query = select(StateCode).where(StateCode.kind == kind, StateCode.closed_at.is_(None))
    return db.session.scalars(query.order_by(StateCode.code)).all()


def refuse_unknown(kind: Kind, code: str | None) -> None:
    """Raises Refused for a code that staff have not defined, or have closed."""
    if code and code not in {each.code for each in state_codes(kind.key)}:
        raise Refused(_("« %(code)s » n’est pas un code d’état défini.", code=code), "state_code")
