"""What the portal's pages lose while a worker reads a batch of payslips: asked for in turns with the worker held.

`python -m benchmarks.bench_beside 3000` tries it with fewer than 10,000 payslips.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import select

from benchmarks import people
from benchmarks.bench_payslips import SLIPS, alone, employees
from benchmarks.figures import Figure, report
from benchmarks.installation import Installation, installation
from benchmarks.loading import GZIP, requests_per_second
from benchmarks.processes import still
from benchmarks.serving import GUICHET, gunicorn
from shared.extensions import db
from shared.intake.payslip_models import BatchState, PayslipBatch
from shared.transactions import transaction

ROUNDS, INVOICES, TARGET, PATIENCE = 5, 50, 0.8, 300.0


def main() -> None:
    """Measure, print, keep."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else SLIPS
    with tempfile.TemporaryDirectory() as folder, installation() as made:
        path = Path(folder) / "batch.pdf"
        alone("--print", path, count)
        with made.app.app_context(), transaction():
            people.a_company()
            parties = people.customers(INVOICES)
            people.invoices(parties[0], INVOICES, [people.a_pdf(20_000)])
            person = people.portal_cookie(parties[0])
            employees(count)
        url = f"{gunicorn(made, GUICHET)}/documents"
        alone("--drop", path, count, **made.environ)
        report("beside", [_measured(made, url, f"Cookie: {person}", count)])


def _measured(made: Installation, url: str, cookie: str, count: int) -> Figure:
    requests_per_second(url, GZIP, cookie)
    worker = made.python("-m", "shared.engines.working", "slow")
    until = time.monotonic() + PATIENCE
    while not _batch(made).read and time.monotonic() < until:
        time.sleep(0.1)
    held, beside = [], []
    for _round in range(ROUNDS):
        with still(worker.pid):
            held.append(requests_per_second(url, GZIP, cookie))
        beside.append(requests_per_second(url, GZIP, cookie))
    if _batch(made).state is not BatchState.READING:
        raise RuntimeError("all was read before the pages were measured: ask for more payslips")
    ratio = statistics.median(with_it / without for with_it, without in zip(beside, held, strict=True))
    name = f"portal's documents while {count:,} payslips are read"
    return Figure(name, statistics.median(beside), "req/s", statistics.median(held), ratio, TARGET)


def _batch(made: Installation) -> PayslipBatch:
    with made.app.app_context():
        return db.session.scalars(select(PayslipBatch).execution_options(populate_existing=True)).one()


if __name__ == "__main__":
    main()
