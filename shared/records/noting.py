"""What happens to a record, said once in the catalogue's words: `<kind>.<event>` with the facts they all have."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from shared.events.models import Event
from shared.events.recording import record as record_event
from shared.records.models import Record


def note(*, record: Record, event: str, by: str, facts: dict[str, Any] | None = None) -> Event:
    """Record `<kind>.<event>`: `record`, `number`, `kind`, and `facts` in JSON (amounts with a dot, ISO dates)."""
    told = {"record": str(record.id), "number": record.number, "kind": record.kind}
    told |= {name: plain(value) for name, value in (facts or {}).items()}
    return record_event(
        f"{record.kind}.{event}",
        by=by,
        party_id=record.party_id,
        record_id=record.id,
        activity_id=record.activity_id,
        facts=told,
    )


def plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
