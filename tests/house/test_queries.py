"""A page asks the database a bounded number of questions, with three rows in each list as with sixty."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event

from shared.extensions import db
from tests.factories.company import a_company, may_see_payslips
from tests.house.pages import browsers, pages

MOST = 8


@pytest.mark.parametrize("rows", [3, 60])
def test_no_page_asks_more_than_eight_questions(app: Flask, rows: int) -> None:
    company = a_company(rows)
    may_see_payslips(company.clerk)
    visitors, asked = browsers(app, company), pages(company)
    faults = []
    for shown in (each for group in asked.values() for each in group):
        db.session.commit()
        with questions() as seen:
            visitors[shown.who].client.get(shown.url)
        if len(seen) > MOST:
            faults.append(f"{shown.who} {shown.url}: {len(seen)}")
    assert not faults, "\n".join(faults)


@contextmanager
def questions() -> Iterator[list[str]]:
    """What is asked until the end of the block; the session is written back at most once a minute, and not counted."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("UPDATE portal_session", "UPDATE staff_session", "SAVEPOINT", "RELEASE")):
            seen.append(statement)

    connection = db.engines[None]
    event.listen(connection, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(connection, "before_cursor_execute", note)
