"""Who would be asked to sign a document filed now: the people of the folder's circuit, else the main contact."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from shared.access.models import Access, Seat
from shared.documents.classes import NO_SIGNATURE
from shared.documents.effective import Settings, own
from shared.documents.models import Folder, FolderException
from shared.extensions import db
from shared.folding import fold
from shared.notifications.recipients import Recipient
from shared.notifications.signature_audiences import TARGET
from shared.people.models import Contact, EmailSlot, Party, Staff
from shared.signatures.models import Circuit, SignerRole


@dataclass
class Seats:
    """One step that a contact plays: `table` has at most one row a party, the contact whom the step means."""

    table: Any
    is_main: bool
    is_first: bool  # of the rank that is asked at once


@dataclass
class Signing:
    """What a folder asks for; `can_ask` is False where somebody of the company has left."""

    steps: list[Seats] = field(default_factory=list)
    staff: list[Staff] = field(default_factory=list)  # of the rank that is asked at once
    can_ask: bool = True

    def columns(self) -> list[ColumnElement[Any]]:
        """What is read of each party's signers, beside what `joined` adds."""
        return [
            each.table.c[name].label(f"{name}_{number}")
            for number, each in enumerate(self.steps)
            for name in ("contact_id", "email", "is_main", "seated")
        ]

    def common(self) -> list[ColumnElement[Any]]:
        """What the fate of a party depends on."""
        kinds: list[ColumnElement[Any]] = []
        for number, each in enumerate(self.steps):
            found, has_own = each.table.c.contact_id.is_not(None), each.table.c.email != ""
            kinds += [found.label(f"found_{number}"), has_own.label(f"own_{number}")]
            kinds += [each.table.c[name].label(f"{name}_{number}") for name in ("is_main", "seated")]
        ids = [each.table.c.contact_id for each in self.steps]
        twice = or_(*(one == other for place, one in enumerate(ids) for other in ids[:place])) if ids[1:] else None
        return [*kinds, twice.label("twice")] if twice is not None else kinds

    def joined(self, query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        """The query of parties with their signers."""
        for each in self.steps:
            query = query.outerjoin(each.table, each.table.c.party_id == Party.id)
        return query

    def recipients(self, row: Row[Any], settings: Settings, document_ids: Sequence[uuid.UUID]) -> list[Recipient]:
        """Those who are asked at once; none where the request could not be made."""
        numbers = range(len(self.steps))
        ids = [row._mapping[f"contact_id_{number}"] for number in numbers]
        known = [each for each in ids if each is not None]
        lacking = any(not step.is_main and found is None for step, found in zip(self.steps, ids, strict=True))
        if lacking or not self.can_ask or len(set(known)) < len(known):
            return []
        asked = [_contact(row, number, settings) for number in numbers if self.steps[number].is_first]
        told = asked + [_staff(row, each) for each in self.staff]
        return [Recipient(**each, link_target=TARGET, document_ids=tuple(document_ids)) for each in told]


def signing_of(folder: Folder) -> Signing | None:
    """What this folder asks for where it asks for signatures, of all or of one party; two queries, three by roles."""
    if folder.document_class in NO_SIGNATURE:
        return None
    apart = exists().where(FolderException.folder_id == Folder.id, func.coalesce(own("signature_side"), "") != "")
    bound = and_(Circuit.folder_id == Folder.id, Circuit.deleted_at.is_(None))
    query = select(or_(Folder.signature_side.is_not(None), apart), Circuit).outerjoin(Circuit, bound)
    asks, circuit = db.session.execute(query.where(Folder.id == folder.id)).one()
    return _by_steps(folder, circuit) if asks else None


def is_asked(folder: Folder, settings: Settings) -> bool:
    """Whether a PDF of a party with these settings is to be signed."""
    return settings.signature_side is not None and folder.document_class not in NO_SIGNATURE


def _by_steps(folder: Folder, circuit: Circuit | None) -> Signing:
    steps: list[dict[str, Any]] = (
        circuit.steps if circuit else [{"rank": 1, "role": SignerRole.PARTY.value, "contact_role": ""}]
    )
    first = min(int(each["rank"]) for each in steps)
    ours = {uuid.UUID(each["staff_id"]): int(each["rank"]) for each in steps if each["role"] == SignerRole.COMPANY}
    staff = list(db.session.scalars(select(Staff).where(Staff.id.in_(ours)))) if ours else []
    theirs = [each for each in steps if each["role"] != SignerRole.COMPANY]
    spelled = _spelled(folder) if any(each.get("contact_role") for each in theirs) else []
    return Signing(
        steps=[_seats(folder, each.get("contact_role", ""), spelled, int(each["rank"]) == first) for each in theirs],
        staff=[each for each in staff if ours[each.id] == first],
        can_ask=len(staff) == len(ours) and all(each.disabled_at is None for each in staff),
    )


def _spelled(folder: Folder) -> Sequence[str]:
    """The roles of the family's contacts as they were typed: compared without accents nor capitals, here."""
    query = select(Contact.role).join(Party, Party.id == Contact.party_id)
    return db.session.scalars(query.where(Party.family_id == folder.family_id, Contact.role != "").distinct()).all()


def _seats(folder: Folder, role: str, spelled: Sequence[str], is_first: bool) -> Seats:
    alike = [each for each in spelled if fold(each) == fold(role)]
    meant = and_(Contact.closed_at.is_(None), Contact.role.in_(alike)) if role else Contact.is_main
    query = (
        select(
            Contact.party_id,
            Contact.id.label("contact_id"),
            Contact.email,
            Contact.is_main,
            func.coalesce(Seat.allowed, False).label("seated"),
        )
        .join(Party, Party.id == Contact.party_id)
        .outerjoin(Access, Access.contact_id == Contact.id)
        .outerjoin(Seat, Seat.access_id == Access.id)
        .where(Party.family_id == folder.family_id, meant)
    )
    if role:
        query = query.ext(distinct_on(Contact.party_id)).order_by(Contact.party_id, Contact.id)
    return Seats(query.subquery(), is_main=not role, is_first=is_first)


def _contact(row: Row[Any], number: int, settings: Settings) -> dict[str, Any]:
    found = row._mapping
    is_main = found[f"is_main_{number}"] is not False  # the party itself, made where it is missing
    own_address = "" if is_main else found[f"email_{number}"] or ""
    slot = settings.slot if is_main else EmailSlot.CARD
    return {
        "key": f"signer:{number}",
        "locale": row.locale,
        "family_id": row.family_id,
        "party_id": row.id,
        "slot": None if own_address else slot,
        "fixed_address": own_address or None,
        "facts": {"seated": bool(found[f"seated_{number}"])},
    }


def _staff(row: Row[Any], staff: Staff) -> dict[str, Any]:
    return {
        "key": f"staff:{staff.id}",
        "locale": staff.locale,
        "family_id": row.family_id,  # whose hold and quiet hours the line waits for
        "party_id": row.id,
        "staff_id": staff.id,
        "fixed_address": staff.email,
        "variant": "company",
        "facts": {"seated": True},
    }
