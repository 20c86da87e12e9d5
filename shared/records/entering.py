"""A record is entered, by a person, a file or an ERP; entered again, it is completed."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from shared.documents.models import Document
from shared.errors import Refused
from shared.extensions import db, uuid7
from shared.folding import fold
from shared.people.models import Party
from shared.records import attaching, changing, knowing, moving, sharing, stating
from shared.records.checking import checked, kind_named, refuse_unknown_status, together
from shared.records.declaring import Kind
from shared.records.holding import hold
from shared.records.lines import checked_lines, totals, write_lines
from shared.records.models import Record, RecordParty
from shared.records.noting import note


def enter(
    *,
    kind: str,
    party: Party,
    by: str,
    values: Mapping[str, Any],
    lines: Sequence[Mapping[str, Any]] = (),
    documents: Sequence[Document] = (),
    parties: Sequence[Party] = (),
    status: str = "",
    source: str = "backoffice",
    quiet: bool = False,
    record_id: uuid.UUID | None = None,
) -> Record:
    """Create a record, or complete the one of that kind with the same number or `external_id`.

    `values` are columns of the model, `parties` those of an internal exchange besides `party`. `status` is reached by
    its moves, each an event; with `quiet` (history brought in) it is just where the record stands. What is not given
    is left as it is, and nothing that differs is no event. Raises Refused with the field: of another kind, wrong,
    taken by another party, or a status that no move leads to. `record_id` is that of a record that will be new.
    """
    declared = kind_named(kind)
    clean = checked(declared, dict(values))
    wanted = checked_lines(lines)
    if wanted and clean.get("amount") is None and declared.has_amount:
        clean["net_amount"], clean["amount"] = totals(wanted)
    if status:
        refuse_unknown_status(declared, status)
    record = knowing.known(kind=kind, number=clean.get("number") or "", external_id=clean.get("external_id"))
    is_new = record is None
    if record is None:
        record = _create(declared, party, clean, wanted, status if quiet else "", record_id)
        record.created_by, record.source = by, source
        db.session.flush()
    else:
        _complete(record, party, by, clean, wanted)
    join(record=record, parties=parties, by=by, quiet=is_new)
    papers = attaching.tie(record=record, documents=[*documents, *attaching.filed_papers(record)])
    if is_new:
        note(record=record, event="created", by=by, facts={"status": record.status, "source": source})
        changing.note_beginnings(record, by=by, quiet=quiet)
    elif papers:
        note(record=record, event="changed", by=by, facts={"fields": {"documents": [None, str(papers[0].id)]}})
    if quiet and is_new:
        sharing.stand(record)
    if status and not quiet:
        moving.move_to(record=record, status=status, by=by)
    return record


def join(*, record: Record, parties: Sequence[Party], by: str, quiet: bool = False) -> None:
    """Make these parties of an internal exchange too, each once; `quiet` for those it begins with."""
    if parties and not quiet:
        hold(record)
    standing = {row.party_id for row in record.parties} | {record.party_id}
    made = {party.id: party for party in parties if party.id not in standing}
    record.parties.extend(RecordParty(party=party) for party in made.values())
    db.session.flush()
    if made and not quiet:
        record.revision += 1
        names = [party.name for party in made.values()]
        note(record=record, event="changed", by=by, facts={"fields": {"parties": [None, ", ".join(names)]}})


def _create(
    kind: Kind,
    party: Party,
    clean: dict[str, Any],
    lines: list[dict[str, Any]],
    status: str,
    record_id: uuid.UUID | None,
) -> Record:
    knowing.refuse_family(kind, party)
    knowing.refuse_strangers(party, clean)
    together(kind, clean)
    changing.refuse_past(clean.get("appointment_at"), quiet=bool(status))
    stating.refuse_unknown(kind, clean.get("state_code"))
    stands = status or kind.statuses[0].key
    record = Record(kind=kind.key, party=party, status=stands, documents=[], parties=[], lines=[])
    record.id, record.is_open = record_id or uuid7(), kind.status(stands).open
    for name, value in clean.items():
        setattr(record, name, value)
    record.number_folded = fold(record.number or "")
    write_lines(record, lines)
    db.session.add(record)
    return record


def _complete(record: Record, party: Party, by: str, clean: dict[str, Any], lines: list[dict[str, Any]]) -> None:
    if record.party_id != party.id:
        named = record.number or record.external_id or ""
        raise Refused(_("La pièce « %(number)s » est à un autre tiers.", number=named), "party")
    changing.change(record=record, by=by, values=clean, lines=lines or None)
