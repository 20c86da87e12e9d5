"""« Qui recevra quoi »: who would be told of a document filed now in a folder, by the very functions that tell them."""

import enum
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, literal, select, true

from shared.access.models import Seat
from shared.documents.consents import CONSENT_HOLDS, hold
from shared.documents.effective import Settings, excepted, settings_of
from shared.documents.models import Folder, FolderException, Notify
from shared.extensions import db
from shared.notifications import choosing, outbox, rules
from shared.notifications.audiences import Recipient, slot_recipient
from shared.notifications.messages import brand_of
from shared.notifications.models import Reason, Rule, Template
from shared.notifications.resolving import address_of
from shared.notifications.surroundings import Surroundings
from shared.people.models import EmailCell, EmailSlot, Family, Party
from shared.settings.reading import company

EVENT, AUDIENCE = "document.published", "folder_slot"
VIRTUAL = uuid.UUID(int=0)  # the document that nobody has filed yet


class Outcome(enum.StrEnum):
    """What would become of the notice to one party."""

    TOLD = "told"
    GROUPED = "grouped"
    WAITS = "waits"  # until somebody of the party can open the portal
    NO_ADDRESS = "no_address"
    SILENT = "silent"
    NOT_SHARED = "not_shared"
    CONSENT = "consent"
    NO_RULE = "no_rule"


TELLING = (Outcome.TOLD, Outcome.GROUPED, Outcome.WAITS)


@dataclass(frozen=True)
class Fate:
    """One party: who would be told at which address with which text, or not, and why."""

    party_id: uuid.UUID
    code: str
    name: str
    outcome: Outcome
    is_own: bool  # by an exception of this party
    held_because: str = ""
    slot: EmailSlot | None = None  # the cell really used
    address: str = ""
    template: Template | None = None


@dataclass
class Forecast:
    """The first parties by code, and how many there are of each outcome."""

    fates: list[Fate] = field(default_factory=list)
    counts: Counter[Outcome] = field(default_factory=Counter)

    @property
    def told(self) -> int:
        """How many messages would be made, those that wait included."""
        return sum(self.counts[outcome] for outcome in TELLING)


def foretell(
    *, folder: Folder, reach: ColumnElement[bool] | None = None, party_id: uuid.UUID | None = None, limit: int = 50
) -> Forecast:
    """For every open party of the family in `reach` (wants `Party`), or one of them; at most five queries."""
    parties = db.session.execute(_parties(folder, true() if reach is None else reach, party_id)).all()
    settings = {row.id: settings_of(folder, row.FolderException) for row in parties}
    rule, texts = choosing.announcing(EVENT, AUDIENCE, {each.template_id for each in settings.values()})
    around = _around(folder, parties, party_id)
    forecast = Forecast()
    for row in parties:
        fate = _fate(row, folder, settings[row.id], rule, texts, around)
        forecast.counts[fate.outcome] += 1
        if len(forecast.fates) < limit:
            forecast.fates.append(fate)
    return forecast


def _fate(
    row: Row[Any], folder: Folder, settings: Settings, rule: Rule | None, texts: Any, around: Surroundings
) -> Fate:
    who = (row.id, row.code, row.name)
    is_own = row.FolderException is not None and bool(row.FolderException.values)
    if not settings.on_portal:
        return Fate(*who, Outcome.NOT_SHARED, is_own)
    if row.held in CONSENT_HOLDS:
        return Fate(*who, Outcome.CONSENT, is_own, held_because=row.held)
    recipient = slot_recipient(folder, settings, row, [VIRTUAL])
    if rule is None or not rules.meets(rule, recipient):
        return Fate(*who, Outcome.NO_RULE, is_own)
    notify = outbox.notify_of(rule, recipient)
    if notify is Notify.NONE:
        return Fate(*who, Outcome.SILENT, is_own)
    template = texts.pick(recipient.template_id, recipient.variant)
    found = address_of({"fixed_address": None, "party_id": row.id, "slot": recipient.slot}, around)
    if found is None:
        return Fate(*who, Outcome.NO_ADDRESS, is_own, slot=recipient.slot, template=template)
    outcome = _outcome(recipient, notify, template, bool(row.can_open))
    return Fate(*who, outcome, is_own, slot=found[1], address=found[0], template=template)


def _outcome(recipient: Recipient, notify: Notify, template: Template | None, can_open: bool) -> Outcome:
    kind = template.kind if template else "service"
    grouped = notify is Notify.GROUPED
    reason = outbox.reason_of(EVENT, recipient, kind, is_grouped=grouped, can_open=lambda _: can_open)
    return {Reason.SYNCHRONISATION: Outcome.WAITS, Reason.PLANNED: Outcome.GROUPED}.get(reason, Outcome.TOLD)


def _parties(folder: Folder, reach: ColumnElement[bool], party_id: uuid.UUID | None) -> Any:
    one = Party.closed_at.is_(None) if party_id is None else Party.id == party_id
    return (
        select(
            Party.id,
            Party.code,
            Party.name,
            Party.locale,
            Party.family_id,
            Family.slot_fallback,
            FolderException,
            hold(Party.id).label("held"),
            exists().where(Seat.party_id == Party.id, Seat.allowed).label("can_open"),
        )
        .join(Family, Family.id == Party.family_id)
        .join(Folder, Folder.id == literal(folder.id))
        .outerjoin(FolderException, excepted(Party.id))
        .where(Party.family_id == folder.family_id, one, reach)
        .order_by(Party.code_sort, Party.id)
    )


def _around(folder: Folder, parties: Sequence[Row[Any]], party_id: uuid.UUID | None) -> Surroundings:
    """What `address_of` looks at: read for the whole family, as the sender reads it for its batch."""
    columns = (EmailCell.party_id, EmailCell.slot, EmailCell.address, EmailCell.bounces)
    query = select(*columns).join(Party, Party.id == EmailCell.party_id).where(Party.family_id == folder.family_id)
    if party_id is not None:
        query = query.where(Party.id == party_id)
    around = Surroundings(brand_of(company()), {})
    around.parties = {row.id: row for row in parties}
    cells: Any = db.session.execute(query).all()
    around.cells = {(row.party_id, row.slot): row for row in cells}
    return around
