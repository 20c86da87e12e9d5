"""Three lists against the same number of rows from a bare Flask page, and the queries of each page."""

import re
import uuid
from collections.abc import Callable

from flask import Flask
from sqlalchemy import event

from benchmarks import people
from benchmarks.figures import Figure, ceiling, in_turns, report, speed
from benchmarks.installation import Installation, installation
from benchmarks.loading import GZIP, requests_per_second
from benchmarks.serving import BARE, GUICHET, gunicorn
from shared.extensions import db
from shared.transactions import transaction

PARTIES, INVOICES, ROUNDS, MOST_QUERIES = 5_000, 200, 5, 8
DOCUMENTS_A_PAGE, LINES_A_PAGE = 50, 100
STATED = 150  # rows of a statement of so many unpaid invoices: fifty of all, and the hundred oldest of what is open
PORTAL_PAGES = ("/", "/documents", "/statement", "/quotes", "/account", "/documents/{document}")
OFFICE_PAGES = ("/", "/parties", "/parties/{party}", "/access", "/folders", "/explorer", "/history", "/arrivals")


def main() -> None:
    """Measure, print, keep."""
    with installation() as made:
        with made.app.app_context(), transaction():
            people.a_company()
            party, *_others = people.customers(PARTIES)
            document, *_rest = people.invoices(party, INVOICES, [people.a_pdf(20_000)])
            person, staff = people.portal_cookie(party), people.staff_cookie()
        with made.app.app_context(), db.engine.connect() as connection:
            # What PostgreSQL does by itself within minutes of so many inserts.
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")
        report("pages", [*speeds(made, person, staff), *queries(made.app, party, document, person, staff)])


def speeds(made: Installation, person: str, staff: str) -> list[Figure]:
    """Requests a second of each list and of the bare page, in turns."""
    guichet, bare = gunicorn(made, GUICHET), gunicorn(made, BARE)
    sides: dict[str, Callable[[], float]] = {
        "bare list": lambda: requests_per_second(f"{bare}/page?rows={DOCUMENTS_A_PAGE}", GZIP),
        "bare statement": lambda: requests_per_second(f"{bare}/page?rows={STATED}", GZIP),
        "bare grid": lambda: requests_per_second(f"{bare}/page?rows={LINES_A_PAGE}", GZIP),
        "documents": lambda: requests_per_second(f"{guichet}/documents", GZIP, f"Cookie: {person}"),
        "statement": lambda: requests_per_second(f"{guichet}/statement", GZIP, f"Cookie: {person}"),
        "grid": lambda: requests_per_second(f"{guichet}/backoffice/access", GZIP, f"Cookie: {staff}"),
    }
    for side in sides.values():
        side()  # warm: pools filled, templates compiled
    found = in_turns(sides, ROUNDS)
    return [
        speed("portal, list of documents", found["documents"], found["bare list"], 0.35, "req/s"),
        speed("portal, statement of account", found["statement"], found["bare statement"], 0.35, "req/s"),
        speed("back office, grid of accesses", found["grid"], found["bare grid"], 0.35, "req/s"),
    ]


def queries(app: Flask, party: uuid.UUID, document: uuid.UUID, person: str, staff: str) -> list[Figure]:
    """How many statements each page sends to the database."""
    named = {"party": party, "document": document}
    pages = [(path.format(**named), person) for path in PORTAL_PAGES]
    pages += [(f"/backoffice{path.format(**named)}", staff) for path in OFFICE_PAGES]
    return [
        ceiling(
            f"queries of {re.sub(r'[0-9a-f-]{36}', '…', path)}", counted(app, path, cookie), MOST_QUERIES, "queries"
        )
        for path, cookie in pages
    ]


def counted(app: Flask, path: str, cookie: str) -> int:
    """The statements of the second visit: the first fills what a process keeps."""
    client, statements = app.test_client(use_cookies=False), 0

    def count(*_arguments: object) -> None:
        nonlocal statements
        statements += 1

    for _visit in range(2):
        statements = 0
        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", count)
            answer = client.get(path, headers={"Cookie": cookie}, base_url="http://localhost")
            event.remove(db.engine, "before_cursor_execute", count)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status}")
    return statements


if __name__ == "__main__":
    main()
