"""Who signs on the portal: the person of the seat, for what is asked of them; anything else is a 404."""

import uuid
from typing import Any

from flask import abort, request, url_for
from sqlalchemy.orm import joinedload

from shared.documents.models import Document
from shared.extensions import db
from shared.signatures.accepting import Who
from shared.signatures.finding import asked_of, signed_by
from shared.signatures.models import SignatureRequest, Signer
from shared.web import refusals, visitors
from shared.web.signing_desk import Desk

MOST_TOGETHER = 20


def signer_or_404(signer_id: uuid.UUID) -> Signer:
    """This person's own part in a request; a stranger's answers like one that never was."""
    query = signed_by(visitors.seat()).where(Signer.id == signer_id)
    found: Signer | None = db.session.scalars(query.options(*around_it())).one_or_none()
    if found is None:
        refusals.refused("portal.denied")
        abort(404)
    return found


def several_or_404() -> list[Signer]:
    """Those that the page names, in its order, all asked of this person; 404 if one is not."""
    wanted = _wanted()
    query = signed_by(visitors.seat()).where(Signer.id.in_(wanted)).options(*around_it())
    found = {signer.id: signer for signer in db.session.scalars(query)}
    if not wanted or len(found) != len(wanted):
        refusals.refused("portal.denied")
        abort(404)
    return [found[one] for one in wanted]


def awaiting() -> list[Signer]:
    """What awaits this person's signature, the oldest first."""
    query = asked_of(visitors.seat()).options(*around_it()).limit(100)
    return list(db.session.scalars(query))


def desk() -> Desk:
    """The pages of signing as they stand on the portal."""
    account = visitors.seat().account
    who = Who(by=visitors.actor(), account=account, ip=visitors.client_ip(), user_agent=visitors.user_agent())
    prefix = url_for("portal.signatures")
    return Desk(layout="layouts/portal.html", prefix=prefix, who=who, leave=prefix, is_portal=True)


def around_it() -> tuple[Any, ...]:
    """What every page reads of a signer's request, in the same query."""
    asked = joinedload(Signer.request)
    return (
        asked.joinedload(SignatureRequest.document).joinedload(Document.folder),
        asked.joinedload(SignatureRequest.prepared_version),
        asked.joinedload(SignatureRequest.party),
        joinedload(Signer.contact),
    )


def _wanted() -> list[uuid.UUID]:
    """The ids of `?with=…&with=…`, or of the form."""
    told = request.values.getlist("with")[:MOST_TOGETHER]
    try:
        return list(dict.fromkeys(uuid.UUID(one) for one in told))
    except ValueError:
        return []
