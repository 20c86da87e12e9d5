"""Those who came: a password of their own, then what they opened and took away. And the first messages of today."""

import random
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from shared.access import granting
from shared.access.choosing import set_password
from shared.access.devices import name_of
from shared.access.models import Access, Seat
from shared.access.signing_in import entered
from shared.clock import at
from shared.demo.company import manager
from shared.demo.logins import demo_password
from shared.demo.parties import BOUNCING
from shared.documents import reading, visible
from shared.documents.models import Document, Publication
from shared.documents.reading import Reader
from shared.extensions import db
from shared.notifications import forcing
from shared.people.models import EmailCell, EmailSlot, Family, Party

SEED = "guichet readers"
ACTIVATED = {"customers": 15, "employees": 6, "suppliers": 1}  # how many of each family chose a password
LATELY = timedelta(days=12)  # what came since is still new for most
TOLD = ("18", "19", "21")  # customers whose access is communicated today
AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile Safari/604.1",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/138.0 Mobile Safari/537.36",
)


def activate_and_read(last: date) -> int:
    """The first of each family choose a password, then read most of what is older than two weeks; how many they are."""
    today = datetime.combine(last, time(5), UTC)
    seats = [seat for family, many in ACTIVATED.items() for seat in _seats(family, many)]
    for seat in seats:
        if seat.account.password_hash is None:
            draw = random.Random(f"{SEED} {seat.party.code}")
            _activate(seat, draw)
            _read(seat, draw, today)
    return len(seats)


def announce() -> None:
    """Three accesses are communicated, and the invoice of the customer whose mailbox does not exist is announced."""
    by = manager()
    for access in db.session.scalars(select(Access).join(Party).where(Party.code.in_(TOLD))):
        granting.notify(access=access, by=by)
    latest = (
        select(Document.id)
        .join(EmailCell, EmailCell.party_id == Document.party_id)
        .join(Publication, Publication.document_id == Document.id)
        .where(EmailCell.slot == EmailSlot.BILLING, EmailCell.address == BOUNCING, Publication.live_at.is_not(None))
        .where(Document.folder.has(shipped_key="c.invoices"))
        .order_by(Document.filed_at.desc())
        .limit(1)
    )
    forcing.force(document_ids=db.session.scalars(latest).all(), by=by)


def _seats(family: str, many: int) -> list[Seat]:
    query = (
        select(Seat)
        .join(Party, Party.id == Seat.party_id)
        .join(Family, Family.id == Party.family_id)
        .where(Family.key == family)
        .options(joinedload(Seat.account), joinedload(Seat.party))
        .order_by(Party.code_sort)
        .limit(many)
    )
    return list(db.session.scalars(query))


def _activate(seat: Seat, draw: random.Random) -> None:
    agent = draw.choice(AGENTS)
    cell = db.session.get(EmailCell, (seat.party_id, EmailSlot.CARD))
    with at(_by_day(seat.applied_at + timedelta(days=draw.randint(1, 4)), draw)):
        set_password(account=seat.account, new=demo_password("portal"), device=name_of(agent))
        if cell is not None:
            seat.account.email, seat.account.email_verified_at = cell.address, seat.account.activated_at


def _read(seat: Seat, draw: random.Random, today: datetime) -> None:
    reader = Reader(by=f"account:{seat.account_id}", seat=seat, ip="127.0.0.1", agent=draw.choice(AGENTS))
    since = seat.account.activated_at or seat.applied_at
    came = since
    published = db.session.execute(
        visible.visible_to(seat).with_only_columns(Document.id, Publication.live_at, maintain_column_froms=True)
    ).all()
    live = sorted((row[1], row[0]) for row in published if row[1] is not None)
    for live_at, document_id in live:
        moment = _by_day(max(live_at, since) + timedelta(days=draw.randint(1, 4)), draw)
        if moment > today or draw.random() > (0.25 if live_at > today - LATELY else 0.85):
            continue
        came = max(came, moment)
        with at(moment):
            sheet = reading.find(document_id=document_id, reader=reader)
            assert sheet is not None
            reading.opened(sheet=sheet, reader=reader)
            if draw.random() < 0.7:
                reading.downloaded(sheet=sheet, reader=reader)
    with at(came):
        entered(seat=seat, device=name_of(reader.agent))


def _by_day(moment: datetime, draw: random.Random) -> datetime:
    """The same day, between breakfast and dinner."""
    return moment.replace(hour=draw.randint(6, 18), minute=draw.randint(0, 59))
