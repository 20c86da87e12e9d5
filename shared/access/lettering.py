"""Letters that open an access without an e-mail: an initial password, or a link to choose one, and a QR code.

Printing a password is handing it over: from then on no screen shows it. The letters are French, as the paper is.
"""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from babel import Locale
from sqlalchemy import insert, select, update

from shared import links
from shared.access import initial
from shared.access.bulk_models import BulkAction
from shared.access.letter_keeping import keep
from shared.access.models import Access, Link, LinkPurpose, Seat
from shared.clock import day_of, now, today
from shared.config import config
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.people.countries import HOME, country_name
from shared.people.models import Party
from shared.secrets import unseal
from shared.settings.branding import logo_of
from shared.settings.reading import company, setting
from shared.sheets.writing import AccessLetter, Sender, make_letters


def print_letters(*, action: BulkAction, letters: Sequence[tuple[Access, bool]]) -> None:
    """One page for each access, kept sealed with the action; True beside those whose password may still be read."""
    if not letters:
        return
    lifetime = timedelta(days=int(setting("initial_password_days")))
    made_links = _links([access for access, shows in letters if not shows], lifetime)
    seats = _seats([access for access, _shows in letters])
    sheets = []
    for access, shows in letters:
        sheets.append(_sheet(access, made_links.get(access.id), lifetime, seats.get(access.id)))
        if shows:
            _hand_over(access, seats.get(access.id), action.by)
        holds = {"holds": "password" if shows else "link"}
        record("access.letter_printed", by=action.by, party_id=access.party_id, access_id=access.id, facts=holds)
    ours = company()
    day = today()
    sender = Sender(ours.name, ours.legal, ours.domain, ours.colour, logo_of(ours))
    keep(action, make_letters(sender, sheets, day))


def _sheet(access: Access, link: Link | None, lifetime: timedelta, seat: Seat | None) -> AccessLetter:
    party = access.party
    secret = unseal(access.initial_secret or "", initial.PURPOSE) if link is None else ""
    expires_at = link.expires_at if link is not None else (access.initial_set_at or now()) + lifetime
    if link is None and seat is not None and seat.account.initial_expires_at is not None:
        expires_at = min(expires_at, seat.account.initial_expires_at)
    return AccessLetter(
        name=party.name,
        lines=tuple(_postal(party)),
        portal=config().public_url,
        identifier=access.identifier,
        secret=secret,
        target=links.url(link) if link is not None else config().public_url,
        expires_on=day_of(expires_at),
    )


def _postal(party: Party) -> list[str]:
    place = f"{party.postcode} {party.city}".strip()
    country = "" if party.country in ("", HOME) else country_name(party.country, Locale("fr")).upper()
    return [line for line in (*party.street.splitlines(), place, country) if line]


def _hand_over(access: Access, seat: Seat | None, by: str) -> None:
    """As `initial.hand_over`, for a line that was judged and is held."""
    access.initial_handed_over_at = now()
    if seat is not None and access.initial_set_at is not None and access.initial_set_at <= seat.applied_at:
        access.initial_secret = None
    how = {"how": "printed"}
    record("access.initial_handed_over", by=by, party_id=access.party_id, access_id=access.id, facts=how)


def _seats(accesses: Sequence[Access]) -> dict[uuid.UUID, Seat]:
    query = select(Seat).where(Seat.access_id.in_([access.id for access in accesses]))
    return {seat.access_id: seat for seat in db.session.scalars(query)}


def _links(accesses: Sequence[Access], lifetime: timedelta) -> dict[uuid.UUID, Link]:
    """A fresh activation link for each, which ends the earlier ones; a letter takes its time, so it lives longer."""
    if not accesses:
        return {}
    moment, ids = now(), [access.id for access in accesses]
    waiting = (Link.purpose == LinkPurpose.ACTIVATION, Link.used_at.is_(None), Link.revoked_at.is_(None))
    db.session.execute(update(Link).where(Link.access_id.in_(ids), *waiting).values(revoked_at=moment))
    rows: list[dict[str, Any]] = [
        {
            "id": uuid7(),
            "purpose": LinkPurpose.ACTIVATION,
            "access_id": access.id,
            "party_id": access.party_id,
            "target": "home",
            "created_at": moment,
            "expires_at": moment + lifetime,
        }
        for access in accesses
    ]
    db.session.execute(insert(Link), rows)
    return {row["access_id"]: Link(**row) for row in rows}
