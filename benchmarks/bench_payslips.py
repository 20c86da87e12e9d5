"""A batch of payslips as three payroll programs print them: read, matched, cut and listed, beside a bare loop.

The bare loop is told where each payslip begins, and only extracts the text of each page and cuts the same file, in
the same run. `python -m benchmarks.bench_payslips 1000` tries it smaller; `--publish` distributes what was read.
"""

import argparse
import io
import os
import subprocess
import sys
import tempfile
import threading
import time
from datetime import date
from pathlib import Path

from flask import Flask
from sqlalchemy import func, insert, select

from benchmarks.figures import Figure, ceiling, report
from benchmarks.installation import Installation, installation
from benchmarks.processes import descendants
from shared.config import load
from shared.documents.models import Document, Folder, Notify
from shared.extensions import db, uuid7
from shared.intake import payslip_batching, payslip_finding, payslip_publishing
from shared.intake.payslip_counting import counts_of
from shared.intake.payslip_models import BatchState, PayslipBatch, PayslipLayout
from shared.people.models import Activity, Party
from shared.people.rights_models import PayslipNotice
from shared.sheets.payroll import PayrollSlip, make_batch
from shared.transactions import transaction
from tests.factories.payroll import MONTH, RULES, US
from wsgi import create_app

SLIPS, TARGET, MEMORY = 10_000, 0.4, 400_000_000  # payslips, ratio, bytes
CHUNK = 250  # payslips that one sheet holds
PROGRAMS = ("sillage", "ardoise", "cadence")


def main() -> None:
    """Measure, print, keep."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("slips", type=int, nargs="?", default=SLIPS)
    arguments.add_argument("--publish", action="store_true")
    arguments.add_argument("--print", dest="printed", metavar="FILE")
    arguments.add_argument("--bare", metavar="FILE")
    arguments.add_argument("--drop", metavar="FILE")
    asked = arguments.parse_args()
    if asked.printed:
        print_batch(Path(asked.printed), asked.slips)
    elif asked.drop:
        print(drop(Path(asked.drop)))
    elif asked.bare:
        print(bare(Path(asked.bare), asked.slips))
    else:
        measure(asked.slips, publish=asked.publish)


def measure(count: int, *, publish: bool) -> None:
    """Print the batch in a process of its own, then the bare loop, Guichet, and the bare loop again."""
    with tempfile.TemporaryDirectory() as folder, installation() as made:
        path = Path(folder) / "batch.pdf"
        alone("--print", path, count)
        pages = sum(pages_of(number) for number in range(count))
        print(f"{count:,} payslips, {pages:,} pages, {path.stat().st_size / 1e6:.0f} MB")
        before = alone("--bare", path, count)
        seconds, most = _measured(made, path, count)
        after = alone("--bare", path, count)
        limit = pages / min(before, after)  # the faster of the two: a busy moment must not flatter us
        rate = pages / seconds
        figures = [
            Figure(f"pages of {count:,} payslips, split and matched", rate, "pages/s", limit, rate / limit, TARGET),
            ceiling("memory of the job and its sandbox", most / 1e6, MEMORY / 1e6, "MB"),
        ]
        if publish:
            took = _published(made.app, count)
            print(f"distributed and announced: {count:,} in {took:.0f} s, {count / took:.0f} a second")
        report("payslips", figures)


def pages_of(number: int) -> int:
    """One page or two."""
    return 1 + number % 2


def print_batch(path: Path, count: int) -> None:
    """One file, the three programs in turn, without the marks for screen readers that payroll programs do not make."""
    import pikepdf

    with pikepdf.new() as whole:
        for start in range(0, count, CHUNK):
            program = PROGRAMS[start // CHUNK % len(PROGRAMS)]
            slips = [
                PayrollSlip(f"E{n:05}", f"{name_of(n).upper()} Camille", MONTH, pages=pages_of(n), gross=1800 + n % 997)
                for n in range(start, min(start + CHUNK, count))
            ]
            with pikepdf.open(io.BytesIO(make_batch(program, US, slips))) as some:  # type: ignore[arg-type]
                for page in some.pages:
                    if "/StructParents" in page.obj:
                        del page.obj["/StructParents"]
                whole.pages.extend(some.pages)
        whole.save(path, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def drop(path: Path) -> float:
    """Seconds to take the file in, in a process of its own, as the web does; `--drop` inherits the installation."""
    with create_app(load(dict(os.environ))).app_context():
        began = time.perf_counter()
        with transaction():
            folder = db.session.scalars(select(Folder).where(Folder.shipped_key == "e.payslips")).one()
            files = [("batch.pdf", path.read_bytes())]
            payslip_batching.start(folder=folder, month=MONTH, files=files, by="command")
        return time.perf_counter() - began


def bare(path: Path, count: int) -> float:
    """Seconds to extract the text of each page and to cut each payslip, told where they begin."""
    import pikepdf
    import pypdfium2

    began = time.perf_counter()
    data = path.read_bytes()
    document = pypdfium2.PdfDocument(data)
    for number in range(len(document)):
        page = document[number]
        text_page = page.get_textpage()
        text_page.get_text_bounded()
        text_page.close()
        page.close()
    document.close()
    with pikepdf.open(io.BytesIO(data)) as source:
        first = 0
        for number in range(count):
            with pikepdf.new() as out:
                out.pages.extend(source.pages[first : first + pages_of(number)])
                out.save(io.BytesIO())
            first += pages_of(number)
    return time.perf_counter() - began


def name_of(number: int) -> str:
    """A family name of letters only, another for each employee."""
    letters = ""
    while True:
        number, left = divmod(number, 26)
        letters += "abcdefghijklmnopqrstuvwxyz"[left]
        if not number:
            return f"Martin{letters}"


def alone(option: str, path: Path, count: int, **environ: str) -> float:
    """One step of this benchmark in a process of its own; the seconds that it says."""
    command = [sys.executable, "-m", "benchmarks.bench_payslips", str(count), option, str(path)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, **environ})
    return float(done.stdout or 0)


def _measured(made: Installation, path: Path, count: int) -> tuple[float, int]:
    """Seconds from the file to the list of all its pages, and the most memory of the job meanwhile, in bytes."""
    with made.app.app_context():
        with transaction():
            employees(count)
        dropped = alone("--drop", path, count, **made.environ)
        watch = _Watch()
        began = time.perf_counter()
        batch_id = db.session.scalars(select(PayslipBatch.id)).one()
        desk, goes_on = payslip_batching.Desk(), True
        while goes_on:
            with transaction():
                goes_on = payslip_batching.advance(batch_id=batch_id, desk=desk)
        batch = db.session.get_one(PayslipBatch, batch_id, populate_existing=True)
        counts, after = counts_of(batch, "card"), 0
        while after is not None:
            _rows, after = payslip_finding.pages_of(batch, "all", after)
        seconds = dropped + time.perf_counter() - began
        if batch.state is not BatchState.READY or counts.ready != count:
            raise RuntimeError(f"{batch.state}: {counts}")
        return seconds, watch.most()


def _published(app: Flask, count: int) -> float:
    began = time.perf_counter()
    with app.app_context():
        with transaction():
            batch = db.session.scalars(select(PayslipBatch)).one()
            batch_id = batch.id
            payslip_publishing.ask_publish(batch=batch, by="command")
        goes_on = True
        while goes_on:
            with transaction():
                goes_on = payslip_publishing.advance_publication(batch_id=batch_id)
        filed = db.session.scalar(select(func.count(Document.id)))
        if filed != count:
            raise RuntimeError(f"{filed} filed of {count}")
    return time.perf_counter() - began


def employees(count: int) -> None:
    """Whom the batch is about, the folder and the rules by which it is read."""
    folder = db.session.scalars(select(Folder).where(Folder.shipped_key == "e.payslips")).one()
    folder.notify = Notify.IMMEDIATE
    db.session.add(Activity(name=US.name, siret=US.siret))
    for program, (mark, fields) in RULES.items():
        rule = PayslipLayout(folder_id=folder.id, name=program, name_folded=program, mark=mark, fields=fields)
        rule.by = "command"
        db.session.add(rule)
    parties, notices = [], []
    for number in range(count):
        code, name = f"E{number:05}", f"Camille {name_of(number)}"
        row = {"id": uuid7(), "code": code, "code_folded": code.lower(), "code_sort": code.lower(), "name": name}
        parties.append(row | {"name_folded": name.lower(), "family_id": folder.family_id, "is_business": False})
        day = date(2020, 1, 1)
        notices.append(
            {"party_id": row["id"], "given_on": day, "at_hiring": True, "first_issue_on": day, "by": "command"}
        )
    db.session.execute(insert(Party), parties)
    db.session.execute(insert(PayslipNotice), notices)


def _ours() -> list[int]:
    """This process and its sandbox, not the database."""
    own = os.getpid()
    return [own, *(pid for pid in descendants(own) if b"sandboxed.main" in _read(pid, "cmdline"))]


def _resident(pid: int) -> int:
    lines = _read(pid, "status").splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(b"VmRSS:")), 0)


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""


class _Watch(threading.Thread):
    """The memory of this process and of those it started, looked at ten times a second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._most, self._over = 0, threading.Event()
        self.start()

    def run(self) -> None:
        while not self._over.wait(0.1):
            self._most = max(self._most, sum(_resident(pid) for pid in _ours()))

    def most(self) -> int:
        self._over.set()
        self.join()
        return self._most


if __name__ == "__main__":
    main()
