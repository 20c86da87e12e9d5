"""« Qui recevra quoi »: who would be told of a document filed now in a folder, by the very functions that tell them."""

import enum
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, any_, case, cast, exists, func, literal, null, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text, Uuid

from shared.access.models import Seat
from shared.documents.consents import CONSENT_HOLDS, decides, hold
from shared.documents.effective import Settings, excepted, own, settings_of
from shared.documents.models import Folder, FolderException, Notify
from shared.extensions import db
from shared.notifications import choosing, reasons, rules
from shared.notifications.audiences import Recipient, slot_recipient
from shared.notifications.messages import brand_of
from shared.notifications.models import Reason, Template
from shared.notifications.rule_models import Rule
from shared.notifications.surroundings import Surroundings
from shared.notifications.withholding import MAIL, TOO_MANY_BOUNCES, address_of
from shared.people.models import Consent, EmailCell, EmailSlot, Family, Party
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
    """For every open party of the family in `reach` (wants `Party`), or one of them; four queries.

    Parties whose fate depends on the same things are counted together: one of each kind is foretold for all.
    """
    chosen = _chosen(folder, true() if reach is None else reach, party_id)
    kinds = db.session.execute(_kinds(folder, chosen)).all()
    first = select(Party.id).where(chosen).order_by(Party.code_sort, Party.id).limit(limit).cte("first")
    is_listed, examples = Party.id.in_(select(first.c.id)), literal([each.example for each in kinds], ARRAY(Uuid))
    query = _parties(folder, chosen).add_columns(is_listed.label("is_listed"))
    # One array of ids: PostgreSQL looks these up instead of going through the family.
    ids = func.array_cat(func.array(select(first.c.id).scalar_subquery()), examples, type_=ARRAY(Uuid))
    parties = db.session.execute(query.where(Party.id == any_(ids))).all()
    settings = {row.id: settings_of(folder, row.FolderException) for row in parties}
    rule, texts = choosing.announcing(EVENT, AUDIENCE, {each.template_id for each in settings.values()})
    around = _around(parties)
    fates = {row.id: _fate(row, folder, settings[row.id], rule, texts, around) for row in parties}
    forecast = Forecast([fates[row.id] for row in parties if row.is_listed])
    for each in kinds:
        forecast.counts[fates[each.example].outcome] += each.number
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
    notify = reasons.notify_of(rule, recipient)
    if notify is Notify.NONE:
        return Fate(*who, Outcome.SILENT, is_own)
    template = texts.pick(recipient.template_id, recipient.variant)
    found = address_of(_mail(row.id, recipient.slot), around)
    if found is None:
        return Fate(*who, Outcome.NO_ADDRESS, is_own, slot=recipient.slot, template=template)
    outcome = _outcome(recipient, notify, template, bool(row.can_open))
    return Fate(*who, outcome, is_own, slot=found[1], address=found[0], template=template)


def _mail(party_id: uuid.UUID, slot: EmailSlot | None) -> dict[str, Any]:
    """What `address_of` reads of a row of the outbox."""
    return {"channel": MAIL, "fixed_address": None, "party_id": party_id, "slot": slot}


def _outcome(recipient: Recipient, notify: Notify, template: Template | None, can_open: bool) -> Outcome:
    kind = template.kind if template else "service"
    grouped = notify is Notify.GROUPED
    reason = reasons.reason_of(EVENT, recipient, kind, is_grouped=grouped, can_open=lambda _: can_open)
    return {Reason.SYNCHRONISATION: Outcome.WAITS, Reason.PLANNED: Outcome.GROUPED}.get(reason, Outcome.TOLD)


def _chosen(folder: Folder, reach: ColumnElement[bool], party_id: uuid.UUID | None) -> ColumnElement[bool]:
    one = Party.closed_at.is_(None) if party_id is None else Party.id == party_id
    return and_(Party.family_id == folder.family_id, one, reach)


def _kinds(folder: Folder, chosen: ColumnElement[bool]) -> Any:
    """All that `_fate` looks at, how many parties have it in common, and one of them."""
    settings = cast(FolderException.values, Text).label("settings")
    usual = {folder.slot.value, folder.family.slot_fallback} - {None}
    reached = [Party.id.in_(_reached(slot)).label(f"reached_{slot}") for slot in usual]
    elsewhere = case((own("slot").is_not(None), Party.id.in_(_reached(own("slot")))), else_=null()).label("elsewhere")
    seated = Party.id.in_(select(Seat.party_id).where(Seat.allowed).correlate(None)).label("seated")
    held = hold(Party.id, decided=Consent.state).label("held")
    common = (Party.locale, settings, held, seated, elsewhere, *reached)
    query = _joined(select(Party.id, *common), folder).outerjoin(Consent, decides(Party.id))
    each = query.where(chosen).subquery()
    example = func.array_agg(each.c.id, type_=ARRAY(Uuid))[1].label("example")
    return select(func.count().label("number"), example).group_by(*(column for column in each.c if column.name != "id"))


def _reached(slot: Any) -> Select[uuid.UUID]:
    """The parties whose cell takes messages."""
    query = select(EmailCell.party_id).where(EmailCell.slot == slot, EmailCell.bounces < TOO_MANY_BOUNCES)
    return query.correlate(FolderException)


def _parties(folder: Folder, chosen: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    query = select(
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
    return _joined(query, folder).where(chosen).order_by(Party.code_sort, Party.id)


def _joined(query: Select[*tuple[Any, ...]], folder: Folder) -> Select[*tuple[Any, ...]]:
    return (
        query.join(Family, Family.id == Party.family_id)
        .join(Folder, Folder.id == literal(folder.id))
        .outerjoin(FolderException, excepted(Party.id))
    )


def _around(parties: Sequence[Row[Any]]) -> Surroundings:
    """What `address_of` looks at: read for all of them, as the sender reads it for its batch."""
    columns = (EmailCell.party_id, EmailCell.slot, EmailCell.address, EmailCell.bounces)
    around = Surroundings(brand_of(company()), {})
    around.parties = {row.id: row for row in parties}
    cells: Any = db.session.execute(select(*columns).where(EmailCell.party_id.in_(around.parties))).all()
    around.cells = {(row.party_id, row.slot): row for row in cells}
    return around
