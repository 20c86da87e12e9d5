"""A record is entered, by a person, a file or an ERP; entered again, it is completed."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from shared.documents.models import Document
from shared.errors import Refused
from shared.extensions import db
from shared.folding import fold
from shared.people.models import Party
from shared.records import attaching, changing, knowing, moving, stating
from shared.records.checking import checked, kind_named, together
from shared.records.declaring import Kind
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
) -> Record:
    """Create a record, or complete the one of that kind with the same number or `external_id`.

    `values` are columns of the model, `parties` those of an internal exchange besides `party`. `status` is reached by
    its moves, each an event; with `quiet` (history brought in) it is just where the record stands. What is not given
    is left as it is, and nothing that differs is no event. Raises Refused with the field: of another kind, wrong,
    taken by another party, or a status that no move leads to.
    """
    declared = kind_named(kind)
    clean = checked(declared, dict(values))
    wanted = checked_lines(lines)
    if wanted and clean.get("amount") is None and declared.has_amount:
        clean["net_amount"], clean["amount"] = totals(wanted)
    if status and status not in {each.key for each in declared.statuses}:
        raise Refused(_("« %(status)s » n’est pas un état de ce type de pièce.", status=status), "status")
    record = knowing.known(kind=kind, number=clean.get("number") or "", external_id=clean.get("external_id"))
    if record is not None:
        _complete(record, party, by, clean, wanted)
    else:
        record = _create(declared, party, by, clean, wanted, source, status if quiet else "")
    _join(record, parties, by)
    papers = attaching.tie(record=record, documents=[*documents, *attaching.filed_papers(record)])
    if papers and record.revision > 1:
        note(record=record, event="changed", by=by, facts={"fields": {"documents": [None, str(papers[0].id)]}})
    if status and not quiet:
        moving.move_to(record=record, status=status, by=by)
    return record


def _create(
    kind: Kind,
    party: Party,
    by: str,
    clean: dict[str, Any],
    lines: list[dict[str, Any]],
    source: str,
    status: str,
) -> Record:
    knowing.refuse_family(kind, party)
    knowing.refuse_strangers(party, clean)
    together(kind, clean)
    changing.refuse_past(clean.get("appointment_at"), quiet=bool(status))
    stating.refuse_unknown(kind, clean.get("state_code"))
    stands = status or kind.statuses[0].key
    record = Record(kind=kind.key, party=party, created_by=by, source=source, status=stands, documents=[], parties=[])
    record.is_open = kind.status(stands).open
    for name, value in clean.items():
        setattr(record, name, value)
    record.number_folded = fold(record.number or "")
    db.session.add(record)
    db.session.flush()
    write_lines(record, lines)
    db.session.flush()
    note(record=record, event="created", by=by, facts={"status": stands, "source": source})
    changing.note_beginnings(record, by=by, quiet=bool(status))
    return record


def _complete(record: Record, party: Party, by: str, clean: dict[str, Any], lines: list[dict[str, Any]]) -> None:
    if record.party_id != party.id:
        named = record.number or record.external_id or ""
        raise Refused(_("La pièce « %(number)s » est à un autre tiers.", number=named), "party")
    changing.change(record=record, by=by, values=clean, lines=lines or None)


def _join(record: Record, parties: Sequence[Party], by: str) -> None:
    standing = {row.party_id for row in record.parties} | {record.party_id}
    made = {party.id: party for party in parties if party.id not in standing}
    record.parties.extend(RecordParty(party=party) for party in made.values())
    db.session.flush()
    if made and record.revision > 1:
        names = [party.name for party in made.values()]
        note(record=record, event="changed", by=by, facts={"fields": {"parties": [None, ", ".join(names)]}})
