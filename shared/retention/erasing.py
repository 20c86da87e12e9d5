"""Erasing a person: what the law lets go goes, what it keeps stays until its date, and a receipt says both.

RGPD, article 17: erasure does not reach what a legal duty keeps (17.3.b).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, exists, func, select

from shared.access.models import Account
from shared.clock import now
from shared.documents.models import Document, Folder
from shared.errors import Refused, Stale
from shared.events.recording import record
from shared.extensions import db
from shared.notifications.models import Notification
from shared.people.models import Contact, EmailCell, Party
from shared.people.party_models import Note
from shared.people.rights_models import Erasure
from shared.records.remark_models import Remark
from shared.retention import blanking
from shared.retention.destroying import ERASURE, destroy
from shared.retention.forgetting import ERASED, forget_card, forget_messages, forget_people, leaving
from shared.retention.models import RetentionHold, RetentionRule
from shared.retention.terms import is_held, is_signed, law, term, termed
from shared.signatures.cancelling import cancel
from shared.signatures.finding import running
from shared.signatures.models import SignatureRequest, Signer

LONGEST_REASON = 500


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
        "interlocuteurs": select(Contact.id).where(Contact.party_id == party.id, ~_is_signer(party)),
        "comptes": select(Account.id).where(Account.person_id.in_(leaving(party))),
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
    _ask_no_more(party, by)
    for document_id in db.session.scalars(_erasable(party)).all():
        destroy(document=db.session.get_one(Document, document_id), because=ERASURE, term_on=None, by=by)
    party = db.session.get_one(Party, party.id)
    forget_messages(party)
    blanking.blank(party=party, instead=ERASED)
    forget_people(party)
    forget_card(party, named=bool(forecast.kept) or blanking.is_in_the_accounts(party))
    # The relation ends here: what was kept as long as it went on has its date now.
    kept = [{"folder": k.folder, "count": k.count, "law": k.law, "until": _iso(k.until)} for k in _kept(party)]
    made = Erasure(party_id=party.id, at=now(), by=by, reason=reason, erased=forecast.erased, kept=kept)
    db.session.add(made)
    db.session.flush()
    record("party.erased", by=by, party_id=party.id, facts={"erasure": str(made.id)})
    return made


def _kept(party: Party) -> tuple[Kept, ...]:
    """By folder and duty, with the last day of the last document; a party that leaves starts what waits for it."""
    why = law().label("why")
    query = (
        termed(Folder.label, func.count(), why, func.max(term()), func.bool_or(term().is_(None)), is_held())
        .where(Document.party_id == party.id, Document.id.not_in(_erasable(party)))
        .group_by(Folder.label, why, is_held())
        .order_by(Folder.label, why)
    )
    return tuple(
        Kept(label, count, _("Gel : ") + words if held else words, None if open_ended else until)
        for label, count, words, until, open_ended, held in db.session.execute(query)
    )


def _erasable(party: Party) -> Any:
    """The documents that no duty keeps, and that nobody has signed (17.3.e: what a court may have to look at)."""
    free = (RetentionRule.is_duty.is_(False), ~is_signed(), ~is_held())
    return termed(Document.id).where(Document.party_id == party.id, *free)


def _is_signer(party: Party) -> ColumnElement[bool]:
    """Asked to sign what stays: without the person, nobody could show who has signed, or who has refused."""
    return exists().where(
        Signer.contact_id == Contact.id,
        SignatureRequest.id == Signer.request_id,
        SignatureRequest.document_id.not_in(_erasable(party)),
    )


def _ask_no_more(party: Party, by: str) -> None:
    """Nobody is left who could sign what runs."""
    running_ones = select(SignatureRequest).where(SignatureRequest.party_id == party.id, running())
    for request in db.session.scalars(running_ones.order_by(SignatureRequest.id)).all():
        cancel(request=request, because=ERASED, by=by)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
