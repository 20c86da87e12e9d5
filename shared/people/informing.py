"""Rounds of notices of the electronic payslip: counted first, then given by a job, with letters for those on paper."""

import uuid
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import Select, exists, select
from sqlalchemy.orm import contains_eager

from shared.clock import add_months, now, today
from shared.errors import Refused, Stale
from shared.extensions import db
from shared.people.models import EmailCell, EmailSlot, Family, Party
from shared.people.payslip_notice import give_notice, is_noticed
from shared.people.rights_models import NoticeRound, PayslipNotice
from shared.people.scopes import Scope
from shared.queues import ring
from shared.sheets.amounts import long_date
from shared.transactions import after_commit

BATCH = 200
MOST = 20_000  # employees in one round


def uninformed(family: Family, scope: Scope) -> Select[Party]:
    """The employees in reach whom nobody has told yet, the departed left out."""
    gone = Party.left_on.is_not(None) & (Party.left_on < today())
    return (
        select(Party)
        .where(Party.family_id == family.id, scope.parties(), Party.closed_at.is_(None), ~gone, ~is_noticed())
        .order_by(Party.code_sort, Party.id)
    )


def begin(*, family: Family, scope: Scope, expected: int, first_issue_on: date, by: str) -> NoticeRound:
    """Have all of them told. Raises Refused for a date that is too soon, Stale when their number changed."""
    if not family.of_people:
        raise Refused(_("Cette famille n’est pas faite de personnes : elle n’a pas de bulletins."))
    if first_issue_on < add_months(today(), 1):
        raise Refused(
            _(
                "La première émission doit être au moins un mois après l’information : le %(day)s au plus tôt.",
                day=long_date(add_months(today(), 1)),
            ),
            field="first_issue_on",
        )
    ids = db.session.scalars(uninformed(family, scope).with_only_columns(Party.id).limit(MOST)).all()
    if len(ids) != expected:
        raise Stale(
            _("La liste a changé : elle compte maintenant %(num)s salariés. Personne n’a été informé.", num=len(ids))
        )
    if not ids:
        raise Refused(_("Tous les salariés sont déjà informés : il n’y a rien à envoyer."))
    made = NoticeRound(
        asked_at=now(),
        asked_by=by,
        family_id=family.id,
        first_issue_on=first_issue_on,
        chosen=[str(each) for each in ids],
        total=len(ids),
    )
    db.session.add(made)
    db.session.flush()
    ident = str(made.id)
    after_commit(lambda: ring("slow", "inform_employees", ident))
    return made


def advance(*, round_id: uuid.UUID) -> bool:
    """Tell the next two hundred; False when all are told. May run twice: whoever was told is left alone."""
    found = db.session.get(NoticeRound, round_id, with_for_update=True)
    if found is None or found.ended_at is not None:
        return False
    ids = [uuid.UUID(each) for each in found.chosen[found.done : found.done + BATCH]]
    parties = db.session.scalars(select(Party).where(Party.id.in_(ids))).all()
    addressed = exists().where(EmailCell.party_id == Party.id, EmailCell.slot == EmailSlot.CARD)
    on_paper = set(db.session.scalars(select(Party.id).where(Party.id.in_(ids), ~addressed, ~is_noticed())))
    # The month counts from the day somebody is really told: a round that waited a night waits longer.
    first = max(found.first_issue_on, add_months(today(), 1))
    give_notice(parties=parties, by=found.asked_by, first_issue_on=first)
    found.letters += len(on_paper)
    found.done += len(ids)
    if found.done < found.total:
        return True
    found.ended_at = now()
    return False


def unfinished() -> list[uuid.UUID]:
    """The rounds that a lost bell left undone."""
    return list(db.session.scalars(select(NoticeRound.id).where(NoticeRound.ended_at.is_(None))))


def latest(family: Family) -> NoticeRound | None:
    """The last round of a family."""
    query = select(NoticeRound).where(NoticeRound.family_id == family.id).order_by(NoticeRound.asked_at.desc())
    return db.session.scalars(query.limit(1)).first()


def letters(family: Family, scope: Scope, limit: int = 200) -> list[PayslipNotice]:
    """The notices of those without an address, the latest first: to print and hand over."""
    query = select(PayslipNotice).join(Party, Party.id == PayslipNotice.party_id)
    query = query.options(contains_eager(PayslipNotice.party))
    query = query.where(Party.family_id == family.id, scope.parties(), PayslipNotice.on_paper)
    return list(db.session.scalars(query.order_by(PayslipNotice.at.desc(), PayslipNotice.id.desc()).limit(limit)))
