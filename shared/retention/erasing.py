"""Erasing a person: what the law lets go goes, what it keeps stays until its date, and a receipt says both.

RGPD, article 17: erasure does not reach what a legal duty keeps (17.3.b).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, exists, func, select, update

from shared.access.models import Access, Account
from shared.clock import now
from shared.documents.models import Document, Folder
from shared.errors import Refused, Stale
from shared.events.recording import record
from shared.extensions import db
from shared.folding import fold
from shared.notifications.models import Notification, Status
from shared.people.models import Contact, EmailCell, Party, Person
from shared.people.party_models import Note, Site
from shared.people.rights_models import Erasure
from shared.records.remark_models import Remark
from shared.retention import blanking
from shared.retention.destroying import ERASURE, destroy, remove
from shared.retention.models import RetentionHold, RetentionRule
from shared.retention.terms import is_held, term, termed

LONGEST_REASON = 500
ERASED = "Personne effacée"
MOST = 2_000  # documents deleted with a person


@dataclass(frozen=True)
class Kept:
    """Documents that stay: why, and until when; no date while the relation on which it depends goes on."""

    folder: str
    count: int
    law: str
    until: date | None


@dataclass(frozen=True)
class Forecast:
    """What an erasure would take, by what it is, and what it would leave."""

    erased: dict[str, int]
    kept: Sequence[Kept] = field(default_factory=tuple)
    refusal: str = ""  # why it cannot be done now


def foresee(party: Party) -> Forecast:
    """Before anything is done; nothing is written."""
    counted = {
        "documents": _erasable(party),
        "interlocuteurs": select(Contact.id).where(Contact.party_id == party.id),
        "comptes": select(Account.id).where(Account.person_id.in_(_leaving(party))),
        "adresses": select(EmailCell.slot).where(EmailCell.party_id == party.id),
        "notes": select(Note.id).where(Note.party_id == party.id),
        "pieces": blanking.written_on(party),
        "remarques": select(Remark.id).where(Remark.party_id == party.id),
        "messages": select(Notification.id).where(Notification.party_id == party.id),
    }
    columns = [
        select(func.count()).select_from(query.subquery()).scalar_subquery().label(what)
        for what, query in counted.items()
    ]
    erased = dict(db.session.execute(select(*columns)).one()._mapping)
    held = db.session.scalar(
        select(RetentionHold.reason).where(RetentionHold.party_id == party.id, RetentionHold.lifted_at.is_(None))
    )
    refusal = _("Un gel est posé sur ce tiers (%(reason)s) : rien ne peut être effacé.", reason=held) if held else ""
    return Forecast(erased, _kept(party), refusal)


def erase(*, party: Party, reason: str, seen: dict[str, int], by: str) -> Erasure:
    """Erase what `foresee` showed; Stale when that is no longer what was seen, Refused when a hold stands."""
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise Refused(_("Écrivez qui l’a demandé et quand, en 500 caractères au plus."), field="reason")
    db.session.execute(select(Party.id).where(Party.id == party.id).with_for_update())
    forecast = foresee(party)
    if forecast.refusal:
        raise Refused(forecast.refusal)
    if forecast.erased != seen:
        raise Stale(_("Ce qui serait effacé a changé entre-temps. Rien n’a été effacé : relisez la liste."))
    documents = db.session.scalars(select(Document).where(Document.id.in_(_erasable(party))).limit(MOST)).all()
    for document_id in [document.id for document in documents]:
        destroy(document=db.session.get_one(Document, document_id), because=ERASURE, term_on=None, by=by)
    party = db.session.get_one(Party, party.id)
    _forget_messages(party)
    blanking.blank(party=party, instead=ERASED)
    _forget_people(party)
    _forget_card(party, named=bool(forecast.kept) or blanking.is_in_the_accounts(party))
    # The relation ends here: what was kept as long as it went on has its date now.
    kept = [{"folder": k.folder, "count": k.count, "law": k.law, "until": _iso(k.until)} for k in _kept(party)]
    made = Erasure(party_id=party.id, at=now(), by=by, reason=reason, erased=forecast.erased, kept=kept)
    db.session.add(made)
    db.session.flush()
    record("party.erased", by=by, party_id=party.id, facts={"erasure": str(made.id)})
    return made


def _kept(party: Party) -> tuple[Kept, ...]:
    """By folder and duty, with the last day of the last document; a party that leaves starts what waits for it."""
    query = (
        termed(
            Folder.label, func.count(), RetentionRule.law, func.max(term()), func.bool_or(term().is_(None)), is_held()
        )
        .where(Document.party_id == party.id, Document.id.not_in(_erasable(party)))
        .group_by(Folder.label, RetentionRule.law, is_held())
        .order_by(Folder.label)
    )
    return tuple(
        Kept(label, count, _("Gel : ") + law if held else law, None if open_ended else until)
        for label, count, law, until, open_ended, held in db.session.execute(query)
    )


def _erasable(party: Party) -> Any:
    """The documents that no duty keeps."""
    return termed(Document.id).where(Document.party_id == party.id, RetentionRule.is_duty.is_(False), ~is_held())


def _leaving(party: Party) -> Any:
    """The persons who are at no other party: their account goes with them."""
    other = exists().where(Contact.person_id == Person.id, Contact.party_id != party.id)
    here = exists().where(Contact.person_id == Person.id, Contact.party_id == party.id)
    return select(Person.id).where(here, ~other)


def _forget_messages(party: Party) -> None:
    mine = Notification.party_id == party.id
    db.session.execute(
        update(Notification)
        .where(mine, Notification.status == Status.WAITING)
        .values(status=Status.CANCELLED, ended_at=now(), reply=ERASED)
    )
    gone: dict[str, Any] = {
        "address": None,
        "fixed_address": None,
        "subject": None,
        "body": None,
        "edited_subject": None,
        "edited_body": None,
        "secret": None,
        "facts": {},
    }
    db.session.execute(update(Notification).where(mine).values(**gone))


def _forget_people(party: Party) -> None:
    leaving = list(db.session.scalars(_leaving(party)))
    remove(Note.__table__, Note.__table__.c.party_id == party.id)  # type: ignore[arg-type]
    remove(Access.__table__, Access.__table__.c.party_id == party.id)  # type: ignore[arg-type]
    remove(Account.__table__, Account.__table__.c.person_id.in_(leaving))  # type: ignore[arg-type]
    remove(Contact.__table__, Contact.__table__.c.party_id == party.id)  # type: ignore[arg-type]
    remove(Person.__table__, Person.__table__.c.id.in_(leaving))  # type: ignore[arg-type]
    db.session.expire_all()


def _forget_card(party: Party, *, named: bool) -> None:
    """The name stays as long as documents or the accounts bear it: without it nobody could show whose they are."""
    db.session.execute(delete(EmailCell).where(EmailCell.party_id == party.id))
    db.session.execute(
        update(Site)
        .where(Site.party_id == party.id)
        .values(name=ERASED, name_folded=fold(ERASED), street="", postcode="", city="", phone="")
    )
    party = db.session.get_one(Party, party.id, populate_existing=True)
    party.street = party.postcode = party.city = party.phone = ""
    party.closed_at = party.closed_at or now()
    if not named:
        party.name, party.name_folded, party.birth_date = ERASED, fold(ERASED), None
    db.session.flush()


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
