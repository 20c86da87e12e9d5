"""What every edited row has in common: held while it is written, refused when somebody saved in between."""

from typing import Any, Protocol

from flask_babel import gettext as _

from shared.errors import Stale
from shared.extensions import db


class Revised(Protocol):
    """A row that counts its edits."""

    id: Any
    revision: int


def held(row: Revised, revision: int) -> None:
    """Hold the row until the end of the transaction; Stale when it was saved since `revision`."""
    db.session.flush()
    db.session.refresh(row, with_for_update={"of": type(row)})
    if row.revision != revision:
        raise Stale(_("Quelqu’un a enregistré cette fiche pendant que vous la modifiiez. Rien n’a été écrasé."))


def put(row: Any, values: dict[str, Any]) -> dict[str, list[Any]]:
    """Write `values` on the row; returns what changed: field → [before, after]."""
    changed = {name: [getattr(row, name), value] for name, value in values.items() if getattr(row, name) != value}
    for name, (_before, value) in changed.items():
        setattr(row, name, value)
    return changed
