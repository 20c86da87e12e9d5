"""Who is told that a person deposited something."""

import uuid

from sqlalchemy import select

from shared.deposits.models import Deposit
from shared.documents.models import Folder
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.recipients import Recipient
from shared.people.models import Party, Staff
from shared.people.scopes import scope_of


def deposit_staff(event: Event) -> list[Recipient]:
    """The members of staff who file documents in the folder of a deposit: one message each, whatever it holds.

    A folder that wants a grant of its own (sick notes) is told to those alone who have it.
    """
    query = select(Deposit, Folder, Party).join(Folder, Folder.id == Deposit.folder_id)
    found = db.session.execute(
        query.join(Party, Party.id == Deposit.party_id).where(Deposit.id == uuid.UUID(event.facts["deposit"]))
    ).one_or_none()
    if found is None:
        return []
    _deposit, folder, party = found
    facts = {
        "party": party.name,
        "piece": str(event.facts["documents"]),
        "folder_label": folder.label,
        "path": f"/backoffice/explorer?party={party.id}&folder={folder.id}",
    }
    everybody = db.session.scalars(select(Staff).where(Staff.disabled_at.is_(None)).order_by(Staff.id))
    return [
        Recipient(
            key=f"staff:{staff.id}", locale=staff.locale, staff_id=staff.id, fixed_address=staff.email, facts=facts
        )
        for staff in everybody
        if scope_of(staff, "backoffice:documents:file").reaches(folder)
    ]
