"""Any other record as a dated statement: its facts, what it says, its lines."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from shared.records.declaring import DATES
from shared.records.kinds import KINDS
from shared.records.models import Record
from shared.settings.reading import company
from shared.sheets.amounts import euros, long_date, number, percent, quantity, short_date
from shared.sheets.attesting import Attestation, Table


def statement_of(record: Record) -> Attestation:
    """The facts of its sheet, as French sheets write them."""
    kind = KINDS[record.kind]
    title = f"{_(kind.label)} {record.number or record.title}".strip()
    return Attestation(
        title=title,
        at=record.moved_at or record.created_at,
        facts=[(label, value) for label, value in _facts(record) if value],
        paragraphs=[part for part in record.memo.split("\n") if part.strip()],
        table=_table(record),
    )


def _facts(record: Record) -> list[tuple[str, str]]:
    kind = KINDS[record.kind]
    told = [(_("Tiers"), f"{record.party.name} ({record.party.code})"), (_("Objet"), record.title)]
    told += [(_(DATES[name]), _written(getattr(record, name))) for name in kind.dates]
    if record.appointment_place:
        told.append((_("Lieu"), record.appointment_place))
    if record.amount is not None:
        told.append((_("Montant TTC"), euros(record.amount)))
    if record.deposit:
        told.append((_("Acompte reçu"), euros(record.deposit)))
    others = ", ".join(row.party.name for row in record.parties)
    return [*told, (_("Parties"), others), (_("État"), _(kind.status(record.status).label))]


def _written(value: date | datetime | None) -> str:
    if isinstance(value, datetime):
        there = value.astimezone(ZoneInfo(company().time_zone))
        return str(_("%(day)s à %(time)s", day=long_date(there.date()), time=f"{there:%H:%M}"))
    return short_date(value) if value else ""


def _table(record: Record) -> Table | None:
    if not record.lines:
        return None
    heads = (_("Référence"), _("Désignation"), _("Quantité"), _("Prix unitaire HT"), _("TVA"))
    rows = [
        (line.reference, line.label, quantity(line.quantity), number(line.price), percent(line.rate))
        for line in record.lines
    ]
    return Table(heads, (2, 5, 1, 2, 1), rows)
