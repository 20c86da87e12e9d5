"""The notice that comes before the electronic payslip, and the date from which the first one may be issued.

Code du travail, L3243-2 and D3243-7: the employee is told of the right to object, by any means that gives a certain
date, a month before the first issue or at hiring.
"""

import uuid
from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, exists, func, select

from shared.clock import add_months, day_of, now, today
from shared.documents.models import Document, Folder, Publication
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db
from shared.people.models import EmailCell, EmailSlot, Party
from shared.people.rights_models import PayslipNotice
from shared.sheets.amounts import long_date

PAYSLIP = "payslip"


def earliest_publication(party: Party) -> date | None:
    """The first day on which this employee's payslips may be on the portal; None until a notice is given.

    The day of the first slip where there has been one; the day of a notice at hiring; else a month after the notice.
    """
    return earliest_of([party.id])[party.id]


def earliest_of(party_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, date | None]:
    """The same for many, in two queries."""
    first: dict[uuid.UUID, date | None] = dict.fromkeys(party_ids)
    notices = select(PayslipNotice.party_id, PayslipNotice.given_on, PayslipNotice.at_hiring)
    for party_id, given_on, at_hiring in db.session.execute(notices.where(PayslipNotice.party_id.in_(party_ids))):
        day = given_on if at_hiring else add_months(given_on, 1)
        first[party_id] = min(first[party_id] or day, day)
    begun = (
        select(Document.party_id, func.min(Publication.live_at))
        .join(Publication, Publication.document_id == Document.id)
        .join(Folder, Folder.id == Document.folder_id)
        .where(Document.party_id.in_(party_ids), Folder.document_class == PAYSLIP, Publication.live_at.is_not(None))
        .group_by(Document.party_id)
    )
    for party_id, moment in db.session.execute(begun):
        day = day_of(moment)  # type: ignore[arg-type]
        first[party_id] = min(first[party_id] or day, day)
    return first


def stands(party: Party) -> tuple[PayslipNotice | None, date | None]:
    """The notice that counts and the first day of publication, in one query unless a first slip waits."""
    notice = notice_of(party)
    if notice is not None and _allows(notice) <= today():
        return notice, _allows(notice)
    return notice, earliest_publication(party)


def refuse_early(party: Party) -> None:
    """Raises Refused, with the date from which it is possible, while a first payslip may not be published yet."""
    day = earliest_publication(party)
    if day is None:
        raise Refused(
            _(
                "%(name)s n’a pas encore été informé de la remise du bulletin en version électronique. "
                "Donnez l’information depuis sa fiche : le premier bulletin pourra être publié un mois plus tard, "
                "ou tout de suite si elle est donnée à l’embauche.",
                name=party.name,
            )
        )
    if day > today():
        raise Refused(
            _(
                "Le premier bulletin électronique de %(name)s ne peut pas être publié avant le %(day)s, "
                "un mois après son information. Il reste classé.",
                name=party.name,
                day=long_date(day),
            )
        )


def give_notice(*, parties: Sequence[Party], by: str, first_issue_on: date, at_hiring: bool = False) -> int:
    """Tell these employees, by message or by a letter where there is no address; returns how many were told.

    Whoever has been told already is left alone, so that it may run twice. Raises Refused for a party that is no
    person, or for a first issue less than a month away unless they are told at hiring.
    """
    if not at_hiring and first_issue_on < add_months(today(), 1):
        raise Refused(
            _(
                "La première émission doit être au moins un mois après l’information : le %(day)s au plus tôt.",
                day=long_date(add_months(today(), 1)),
            ),
            field="first_issue_on",
        )
    ids = [party.id for party in parties]
    db.session.execute(select(Party.id).where(Party.id.in_(ids)).order_by(Party.id).with_for_update())
    told = set(db.session.scalars(select(PayslipNotice.party_id).where(PayslipNotice.party_id.in_(ids))))
    addressed = set(
        db.session.scalars(
            select(EmailCell.party_id).where(EmailCell.party_id.in_(ids), EmailCell.slot == EmailSlot.CARD)
        )
    )
    waiting = [party for party in parties if party.id not in told]
    for party in waiting:
        if not party.family.of_people:
            raise Refused(_("« %(name)s » n’est pas un salarié : il n’a pas de bulletin.", name=party.name))
        _tell(party, by, first_issue_on, at_hiring, on_paper=party.id not in addressed)
    db.session.flush()
    return len(waiting)


def notice_of(party: Party) -> PayslipNotice | None:
    """The notice that counts: the one that lets a slip be published the soonest."""
    query = select(PayslipNotice).where(PayslipNotice.party_id == party.id)
    found = db.session.scalars(query).all()
    return min(found, key=_allows, default=None)


def is_noticed() -> ColumnElement[bool]:
    """The condition of a list of parties: a notice was given; wants `Party`."""
    return exists().where(PayslipNotice.party_id == Party.id)


def _allows(notice: PayslipNotice) -> date:
    return notice.given_on if notice.at_hiring else add_months(notice.given_on, 1)


def _tell(party: Party, by: str, first_issue_on: date, at_hiring: bool, *, on_paper: bool) -> None:
    notice = PayslipNotice(
        party_id=party.id,
        given_on=today(),
        at_hiring=at_hiring,
        first_issue_on=first_issue_on,
        on_paper=on_paper,
        at=now(),
        by=by,
    )
    db.session.add(notice)
    facts = {
        "first_issue_on": first_issue_on.isoformat(),
        "effective_on": first_issue_on.isoformat(),
        "at_hiring": at_hiring,
        "on_paper": on_paper,
    }
    record("payslip.notice_given", by=by, party_id=party.id, facts=facts)
