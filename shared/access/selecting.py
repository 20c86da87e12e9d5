"""A button on a selection: what it will do to each line, then the confirmation that freezes exactly those lines."""

import hashlib
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import insert, select

from shared.access.bulk_choice import NOTHING, BulkChoice, Folders
from shared.access.bulk_models import BulkAction, BulkKind, BulkRow, Outcome
from shared.access.judging import Line, Verdict, judge, lines_of, others_of
from shared.documents.models import Folder
from shared.errors import Refused, Stale
from shared.events.batches import in_batch
from shared.events.recording import record
from shared.extensions import db
from shared.queues import ring
from shared.transactions import after_commit


@dataclass(frozen=True)
class Forecast:
    """What would happen now: how many lines end how, and the mark of what this was said of."""

    count: int
    verdicts: Mapping[Verdict, int]
    digest: str
    no_street: int  # letters that no window envelope can carry
    others: int  # accesses of other contacts that may be taken along, or that stay as they are

    def number(self, *outcomes: Outcome, reason: str | None = None) -> int:
        """How many lines end so, whatever the reason or for that one."""
        return sum(
            count
            for (outcome, why), count in self.verdicts.items()
            if outcome in outcomes and (reason is None or why == reason)
        )


def foresee(*, kind: BulkKind, party_ids: Sequence[uuid.UUID], choice: BulkChoice = NOTHING) -> Forecast:
    """The exact counts, in one query; nothing is changed."""
    return _forecast(kind, lines_of(party_ids), choice)


def confirm(
    *,
    action_id: uuid.UUID,
    kind: BulkKind,
    party_ids: Sequence[uuid.UUID],
    digest: str,
    by: str,
    choice: BulkChoice = NOTHING,
    filters: dict[str, Any] | None = None,
) -> BulkAction:
    """Freeze these lines and ring for the job; confirmed twice, it is the same action.

    Raises Stale when a line has changed since `digest` was made, Refused for a folder of another family.
    """
    standing = db.session.get(BulkAction, action_id)
    if standing is not None:
        return standing
    lines = lines_of(party_ids)
    families = {line.family_id for line in lines}
    if _digest(kind, lines, choice) != digest:
        raise Stale(_("Des lignes de la sélection ont changé depuis l’aperçu. Rien n’a été fait : recommencez."))
    if kind is BulkKind.RIGHTS and not choice.keeps_folders:
        _refuse_foreign(families, choice.folder_ids)
    action = BulkAction(
        id=action_id,
        kind=kind,
        by=by,
        family_id=families.pop() if len(families) == 1 else None,
        filters=filters or {},
        choice=choice.written(),
        count=len(lines),
    )
    db.session.add(action)
    db.session.flush()
    _freeze(action, lines)
    with in_batch(str(action.id)):
        record("access.bulk_confirmed", by=by, facts={"kind": kind.value, "count": action.count})
    ring_for(action)
    return action


def ring_for(action: BulkAction) -> None:
    """Have the worker take it up once the present transaction is durable; the tick rings again."""
    after_commit(partial(ring, "slow", "carry_out", str(action.id)))


def _forecast(kind: BulkKind, lines: Sequence[Line], choice: BulkChoice) -> Forecast:
    verdicts = {line.party_id: judge(kind, line, choice) for line in lines}
    written = [line for line in lines if verdicts[line.party_id][0] is Outcome.CHANGED and not line.has_street]
    no_street = len(written) if kind is BulkKind.LETTERS else 0
    others = sum(others_of(kind, line) for line in lines)
    return Forecast(len(lines), Counter(verdicts.values()), _digest(kind, lines, choice), no_street, others)


def _digest(kind: BulkKind, lines: Sequence[Line], choice: BulkChoice) -> str:
    """Each party and its access as it stood, and the rights that were chosen; the others are ticked afterwards."""
    folders = "all" if choice.folder_ids is None else " ".join(sorted(map(str, choice.folder_ids)))
    chosen = " ".join([str(choice.keeps_folders), folders, *sorted(choice.given), "-", *sorted(choice.taken)])
    each = (f"{line.party_id} {line.revision}" for line in sorted(lines, key=lambda line: line.party_id))
    return hashlib.sha256("\n".join([kind.value, chosen, *each]).encode()).hexdigest()


def _freeze(action: BulkAction, lines: Sequence[Line]) -> None:
    rows = [
        {
            "bulk_action_id": action.id,
            "party_id": line.party_id,
            "position": position,
            "seen_revision": line.revision,
            "access_id": line.access_id,
        }
        for position, line in enumerate(lines)
    ]
    if rows:
        db.session.execute(insert(BulkRow), rows)


def _refuse_foreign(families: set[uuid.UUID], folder_ids: Folders) -> None:
    if folder_ids is None:
        return
    if not folder_ids:
        raise Refused(_("Cochez au moins un répertoire, ou retirez l’accès : sans répertoire, il n’ouvre rien."))
    known = set(db.session.scalars(select(Folder.id).where(Folder.id.in_(folder_ids), Folder.family_id.in_(families))))
    if known != set(folder_ids) or len(families) > 1:
        raise Refused(_("Un de ces répertoires n’est pas de cette famille. Rien n’a été changé."))
