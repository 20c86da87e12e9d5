"""The changes of one party's exceptions, and the way back to what stood before one of them: all of it, or nothing."""

import uuid
from collections.abc import Sequence
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from shared.documents.cells import check_signature, read_cell, spell
from shared.documents.effective import settings_of
from shared.documents.excepting import CHANGED, Cell, locked, put
from shared.documents.models import Folder, FolderException
from shared.errors import Refused
from shared.events.models import Event
from shared.extensions import db, uuid7
from shared.keyset import Order, Page, by_date, read_page
from shared.people.models import Party, Staff

SHOWN = 5


class Change(NamedTuple):
    """What one save wrote in one folder, and whose it was; `id` names what is undone with it."""

    id: str
    event: Event
    who: str
    is_undone: bool


def changes_of(party: Party, *, after: str = "", before: str = "") -> tuple[list[Change], Page]:
    """A page of the changes of this party's exceptions, the newest first; one query."""
    later = aliased(Event)
    undone = exists().where(
        later.party_id == party.id,
        later.name == CHANGED,
        later.facts["undoes"].astext == Event.facts["change"].astext,
    )
    query = (
        select(Event, func.coalesce(Staff.name, "Guichet").label("who"), undone.label("is_undone"))
        .outerjoin(Staff, Event.actor == func.concat("staff:", Staff.id))
        .where(Event.party_id == party.id, Event.name == CHANGED, Event.facts["change"].astext.is_not(None))
    )
    order, ident = Order(Event.at.expression, by_date, True), Event.id.expression
    found = read_page(query, order, ident, after=after, before=before, size=SHOWN)
    return [Change(row.Event.facts["change"], row.Event, row.who, row.is_undone) for row in found.rows], found


def undo(*, party: Party, change: uuid.UUID, by: str) -> int:
    """Put back all that one save changed; returns how many settings. Refused when one of them was changed since."""
    events = _events(party, change)
    if not events:
        raise Refused(_("Cette modification n’existe pas."))
    folders = {each.id: db.session.get(Folder, uuid.UUID(each.facts["folder"])) for each in events}
    rows = [(each, folder, locked(party, folder)) for each in events if (folder := folders[each.id]) is not None]
    if _is_undone(party, change):
        raise Refused(_("Cette modification est déjà annulée."))
    made, done = uuid7(), 0
    for event, folder, exception in rows:
        names = [cell["field"] for cell in event.facts["cells"]]
        has, had = event.facts["has"], event.facts["had"]
        if any(exception.values.get(name) != has.get(name) for name in names):
            raise Refused(
                _("Un de ces réglages a été modifié depuis : l’annulation effacerait ce travail. Corrigez-le ici.")
            )
        own = {name: had.get(name) for name in names}
        cells = _cells(folder, exception, own)
        put(exception, party=party, folder=folder, own=own, cells=cells, by=by, change=made, undoes=str(change))
        done += len(own)
    return done


def _cells(folder: Folder, exception: FolderException, own: dict[str, str | None]) -> list[Cell]:
    """What holds before and after, checked as if it were typed: the folder may have changed meanwhile."""
    current = settings_of(folder, exception)
    cells = []
    for name, value in own.items():
        after = read_cell(folder, name, value) if value is not None else getattr(folder, name)
        if name == "signature_side":
            check_signature(folder, after)
        cells.append({"field": name, "before": spell(getattr(current, name)), "after": spell(after)})
    return cells


def _events(party: Party, change: uuid.UUID) -> Sequence[Event]:
    query = select(Event).where(Event.party_id == party.id, Event.name == CHANGED)
    return db.session.scalars(query.where(Event.facts["change"].astext == str(change)).order_by(Event.id)).all()


def _is_undone(party: Party, change: uuid.UUID) -> bool:
    same = (Event.party_id == party.id, Event.name == CHANGED, Event.facts["undoes"].astext == str(change))
    return bool(db.session.scalar(select(exists().where(*same))))
