"""Reminders: a look over 10,000 and over 1,000,000 records, the same number due in each; then 20,000 due, told of.

Finding them reads the index of the date alone, so that its time grows with what is due and not with what exists.
`python -m benchmarks.bench_reminders small` tries the same with fewer records, and keeps nothing.
"""

import statistics
import sys
import time
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select, text, update

from benchmarks import people
from benchmarks.figures import Figure, ceiling, floor, report
from benchmarks.installation import installation
from shared.clock import now, today
from shared.extensions import db
from shared.notifications.models import Notification
from shared.notifications.rule_models import Rule
from shared.notifications.watching import BATCH, Met, found
from shared.records.reminding import remind
from shared.transactions import transaction

PARTIES, FEW, MANY, DUE, ALL_DUE = 2_000, 10_000, 1_000_000, 2_000, 20_000
TARGET = 1.5  # times the time over few records that the same look may take over many
ROUNDS = 5
PER_SECOND = 100.0  # reminders told of: their event, their line, their cause

INSERT = """
    INSERT INTO record (id, kind, number, number_folded, source, party_id, status, is_open, title, memo, due_on, amount,
        paid, deposit, currency, is_credit_note, appointment_place, appointment_note, appointment_revision,
        refusal_reason, platform, platform_status, revision, created_at, created_by)
    SELECT gen_random_uuid(), 'invoice', :mark || n, :mark || n, 'csv', ids[1 + n % cardinality(ids)], 'validated',
        true, '', '', {due}, 100, 0, 0, 'EUR', false, '', '', 0, '', '', '', 1, now(), 'command'
    FROM generate_series(1, :many) AS n, (SELECT array_agg(id) AS ids FROM party) AS parties
"""
ELSEWHERE = f"date '{today()}' + 60 + (n % 1400)"  # not due for long
TODAY = f"date '{today()}' - 7"


def main() -> None:
    """Measure, print, keep."""
    small = "small" in sys.argv[1:]
    many, all_due = (50_000, 2_000) if small else (MANY, ALL_DUE)
    due = all_due // 10
    with installation() as made:
        with made.app.app_context(), transaction():
            people.a_company()
            people.customers(PARTIES)
            db.session.execute(update(Rule).where(Rule.moment == "date").values(enabled=False))
            chosen = update(Rule).where(Rule.key == "invoice.reminded.7")
            since = now() - timedelta(days=1)
            db.session.execute(chosen.values(enabled=True, since=since, hour=0, working_days=False))
        with made.app.app_context():
            laid("a", due, TODAY)
            laid("b", FEW - due, ELSEWHERE)
            over_few = looked(due)
            laid("c", many - FEW, ELSEWHERE)
            over_many = looked(due)
            laid("d", all_due - due, TODAY)
            over_all = looked(all_due)
        figures = [
            ceiling(f"look for {due:,} due among {many:,} records, beside {FEW:,}", over_many, TARGET * over_few, "s"),
            ceiling(f"look for {all_due:,} due among {many:,}, beside {due:,}", over_all, TARGET * 10 * over_many, "s"),
            told(made.app, all_due),
        ]
        if small:
            print(*figures, sep="\n")
        else:
            report("reminders", figures)


def laid(mark: str, many: int, due: str) -> None:
    """That many open invoices, in one statement; the table is vacuumed, as it is within a minute in production."""
    with transaction():
        db.session.execute(text(INSERT.format(due=due)), {"mark": mark, "many": many})
    with db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE record")


def looked(due: int) -> float:
    """Seconds to find all of them, batch by batch, and tell of none: the median of some rounds."""
    seconds = []
    for _round in range(ROUNDS):
        rule = db.session.scalars(select(Rule).where(Rule.key == "invoice.reminded.7")).one()
        moment, last, seen = now(), None, 0
        began = time.perf_counter()
        while True:
            met = found(rule, moment, "Europe/Paris", last)
            seen += len(met)
            if len(met) < BATCH:
                break
            last: Met | None = met[-1]
        seconds.append(time.perf_counter() - began)
        db.session.rollback()
        if seen != due:
            raise RuntimeError(f"{seen} found, {due} are due")
    return statistics.median(seconds)


def told(app: Flask, due: int) -> Figure:
    """Reminders a second, with their events and lines, a batch per transaction; several of one party share a line."""
    counted = 0
    began = time.perf_counter()
    with app.app_context():
        while (some := _run()) > 0:
            counted += some
        seconds = time.perf_counter() - began
        query = select(func.count()).select_from(Notification).where(Notification.event == "invoice.reminded")
        lines = db.session.scalar(query) or 0
    if counted != due or not 0 < lines <= min(due, PARTIES):
        raise RuntimeError(f"{counted} told of, {lines} lines, {due} are due")
    return floor(f"{due:,} reminders told of, {lines:,} lines", counted / seconds, PER_SECOND, "a second")


def _run() -> int:
    steps, counted = remind(), 0
    while True:
        with transaction():
            some = next(steps, None)
        if some is None:
            return counted
        counted += some


if __name__ == "__main__":
    main()
