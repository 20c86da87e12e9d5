"""Every grid, search and filter at the size of a real company: as many statements as with few rows, and 1.5 times.

Three databases of one server, filled by the same command in the same proportions (20 documents and 100 notifications
a party), so that only the size differs:

- « big »: 5,000 parties, 100,000 documents, 500,000 notifications;
- « page »: 80 parties, 1,600 documents, 8,000 notifications: just enough to fill one page of every list, since ten
  rows against fifty would measure the drawing of forty more;
- « wide »: 1,300 parties, 26,000 documents, 130,000 notifications, for a narrow filter that finds less than a page
  in « page ».

Each page of the big set is compared with the smallest set on which it shows as many rows. Requests are made in the
process, in turns; the ratio is that of the medians.
"""

import gc
import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import psycopg
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from benchmarks import people
from benchmarks.bench_pages import counted
from benchmarks.figures import Figure, report
from benchmarks.installation import DATABASE, Installation, installation
from benchmarks.size_pages import office_pages, portal_pages
from shared.access.models import Seat
from shared.config import load
from shared.demo.enlarging import enlarge
from shared.documents.models import Document, Folder
from shared.extensions import db
from shared.people.models import Party
from shared.transactions import transaction
from wsgi import create_app

SIZES = {"page": (80, 1_600, 8_000), "wide": (1_300, 26_000, 130_000), "big": (5_000, 100_000, 500_000)}
ROUNDS, MOST = 9, 1.5
DOUBTFUL, SURE = (0.85, 1.15), 36  # so near the target, what else the machine does would decide: more rounds then
VISITS = 11  # before the first turn: from then on PostgreSQL has its plans, made for any value where it thinks so
ROW = re.compile(rb"<tr\b|<li\b|<article\b")
SAMPLE = "100021"  # a customer of all sets, with a seat that is open
PROBED = 3  # rounds after which a page that is far within its target is left alone


@dataclass(frozen=True)
class Side:
    """One database: its application, who asks, and its pages by name."""

    app: Flask
    client: FlaskClient
    pages: dict[str, tuple[str, str]]  # name → (path, cookie)

    def ask(self, name: str) -> tuple[float, int]:
        """Seconds that the answer took, and how many rows it holds."""
        path, cookie = self.pages[name]
        with self.app.app_context():
            start = time.perf_counter()
            answer = self.client.get(path, headers={"Cookie": cookie}, base_url="http://localhost")
            seconds = time.perf_counter() - start
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status}")
        return seconds, len(ROW.findall(answer.data))


def main() -> None:
    """Fill, measure, print, keep."""
    with installation() as made:
        with made.app.app_context(), transaction():
            people.a_company()
            staff = people.staff_cookie()
        sides = {name: _side(made, name, staff) for name in SIZES}
        gc.collect()
        gc.freeze()
        figures: list[Figure] = []
        for name in sides["big"].pages:
            figures += _compared(name, sides)
            print(f"{figures[-1].ratio:5.2f}  {figures[-1].name}", flush=True)
        for side in sides.values():
            with side.app.app_context():
                db.session.remove()
                db.engine.dispose()
        report("size", sorted(figures, key=lambda figure: -figure.ratio / figure.target))


def _side(made: Installation, name: str, staff: str) -> Side:
    """A copy of the shipped database, so that what is shipped bears the same ids everywhere, then enlarged."""
    with made.app.app_context():
        db.session.remove()
        db.engine.dispose()
    _copy_database(made, name)
    app = create_app(load(made.environ | {"DATABASE_URL": made.environ["DATABASE_URL"].replace(DATABASE, name, 1)}))
    parties, documents, notifications = SIZES[name]
    with app.app_context():
        enlarge(parties=parties, documents=documents, notifications=notifications, sure=True)
        with transaction():
            pages = _pages(staff)
    return Side(app, app.test_client(use_cookies=False), pages)


def _copy_database(made: Installation, name: str) -> None:
    address = made.environ["DATABASE_URL"].replace(DATABASE, "postgres", 1)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{DATABASE}"')


def _pages(staff: str) -> dict[str, tuple[str, str]]:
    party = db.session.scalars(select(Party).where(Party.code_folded == SAMPLE)).one()
    seat = db.session.scalars(select(Seat).where(Seat.party_id == party.id)).one()
    document = db.session.scalars(select(Document).where(Document.party_id == party.id).limit(1)).one()
    folder = db.session.scalars(select(Folder).where(Folder.shipped_key == "c.invoices")).one()
    named = {"party": party.id, "document": document.id, "folder": folder.id, "seat": seat.id}
    named |= {"code": party.code, "number": quote(document.number), "address": f"compta@client{party.code}.example"}
    person = people.portal_cookie(party.id)
    pages = {name: (path.format(**named), staff) for name, path in office_pages().items()}
    return pages | {name: (path.format(**named), person) for name, path in portal_pages().items()}


def _compared(name: str, sides: dict[str, Side]) -> Iterator[Figure]:
    """The statements, then the time."""
    small = _alike(name, sides)
    for _visit in range(VISITS - 4):  # those of `_alike` and `counted` are the others
        for each in (small, "big"):
            sides[each].ask(name)
    asked = {each: counted(sides[each].app, *sides[each].pages[name]) for each in (small, "big")}
    yield Figure(
        f"{name}: queries", asked["big"], "queries", asked[small], asked["big"] / asked[small], 1.0, least=False
    )
    times: dict[str, list[float]] = {small: [], "big": []}
    for turn in range(SURE):
        for each in (small, "big") if turn % 2 else ("big", small):
            times[each].append(sides[each].ask(name)[0])
        ratio = _ratio(times[small], times["big"])
        if turn + 1 == PROBED and ratio < MOST * 0.7:
            break
        if turn + 1 >= ROUNDS and not DOUBTFUL[0] < ratio / MOST < DOUBTFUL[1]:
            break
    yield Figure(
        f"{name} (as « {small} »)",
        1_000 * statistics.median(times["big"]),
        "ms",
        1_000 * statistics.median(times[small]),
        ratio,
        MOST,
        least=False,
    )


def _alike(name: str, sides: dict[str, Side]) -> str:
    """The smallest set that shows as many rows; each is asked twice, which also warms it."""
    rows = {each: [side.ask(name)[1] for _visit in range(2)][-1] for each, side in sides.items()}
    return next(each for each in SIZES if each == "wide" or rows[each] >= 0.9 * rows["big"])


def _ratio(small: list[float], big: list[float]) -> float:
    return statistics.median(big) / statistics.median(small)


if __name__ == "__main__":
    main()
