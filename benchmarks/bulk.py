"""Bulk actions on thousands of parties that have no access yet: pressed, carried out here or by a worker, awaited."""

import time
import uuid
from collections.abc import Callable, Sequence

from sqlalchemy import insert, select

from benchmarks.installation import Installation
from shared import jobs
from shared.access.bulk_models import BulkAction, BulkKind, BulkState
from shared.access.selecting import confirm, foresee
from shared.extensions import db, uuid7
from shared.folding import fold
from shared.people.codes import sort_key
from shared.people.models import EmailCell, EmailSlot, Family, Party
from shared.transactions import transaction


def parties(number: int, *, addressed: bool) -> list[uuid.UUID]:
    """Customers as an import leaves them: a card, and nobody yet."""
    family = db.session.scalars(select(Family.id).where(Family.key == "customers")).one()
    rows = [_card(at, family) for at in range(1, number + 1)]
    db.session.execute(insert(Party), rows)
    if addressed:
        cells = [
            {"party_id": row["id"], "slot": EmailSlot.CARD, "address": mail, "address_folded": mail}
            for row in rows
            for mail in [f"compta@client{row['code']}.example".lower()]
        ]
        db.session.execute(insert(EmailCell), cells)
    return [row["id"] for row in rows]


def press(made: Installation, kind: BulkKind, ids: Sequence[uuid.UUID]) -> uuid.UUID:
    """The button, confirmed; a worker of `slow` is rung."""
    with made.app.app_context(), transaction():
        digest = foresee(kind=kind, party_ids=ids).digest
        action = confirm(action_id=uuid7(), kind=kind, party_ids=ids, digest=digest, by="command")
        return action.id


def carry_out(made: Installation, kind: BulkKind, ids: Sequence[uuid.UUID]) -> None:
    """The same, done here."""
    action_id = press(made, kind, ids)
    with made.app.app_context():
        jobs.carry_out(str(action_id))


def is_done(made: Installation, action_id: uuid.UUID) -> bool:
    """Whether it has ended."""
    with made.app.app_context():
        state = db.session.scalar(select(BulkAction.state).where(BulkAction.id == action_id))
        return state is BulkState.DONE


def wait_for(what: Callable[[], bool], meanwhile: Callable[[], None] = lambda: None, most: float = 1_800) -> None:
    """Look twice a second; RuntimeError after `most` seconds."""
    until = time.monotonic() + most
    while not what():
        meanwhile()
        if time.monotonic() > until:
            raise RuntimeError("it does not end")
        time.sleep(0.5)


def _card(at: int, family: uuid.UUID) -> dict[str, object]:
    code, name = f"CL{at}", f"Établissements Numéro {at}"
    return {
        "id": uuid7(),
        "family_id": family,
        "code": code,
        "code_folded": fold(code),
        "code_sort": sort_key(code),
        "name": name,
        "name_folded": fold(name),
        "street": f"{at} rue des Lilas",
        "postcode": "35000",
        "city": "Rennes",
    }
