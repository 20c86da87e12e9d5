"""There is always somebody who may open the door for the others."""

import uuid

from flask_babel import gettext as _
from sqlalchemy import exists, func, select

from shared.errors import Refused
from shared.extensions import db
from shared.people.models import Grant, Role, Staff
from shared.people.roles import ADMINISTRATOR


def keep_one(*, without_staff: uuid.UUID | None = None, without_grant: uuid.UUID | None = None) -> None:
    """Raises Refused when nobody would be left who is administrator of everything and can sign in.

    Holds off any other such change until the end of the transaction: two at once never remove each other.
    """
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("guichet.administrators", 0))))
    whole = (Grant.family_id.is_(None), Grant.folder_id.is_(None), Grant.activity_id.is_(None))
    query = (
        select(Staff.id)
        .join(Grant, Grant.staff_id == Staff.id)
        .join(Role, Role.id == Grant.role_id)
        .where(Role.key == ADMINISTRATOR, *whole, Staff.disabled_at.is_(None), Staff.password_hash.is_not(None))
    )
    if without_staff is not None:
        query = query.where(Staff.id != without_staff)
    if without_grant is not None:
        query = query.where(Grant.id != without_grant)
    if not db.session.scalar(select(exists(query))):
        raise Refused(
            _(
                "C’est le dernier administrateur : plus personne ne pourrait gérer Guichet. "
                "Rien n’a été changé ; donnez d’abord ce rôle à quelqu’un d’autre."
            )
        )
