"""The tick: finds what is due and rings for it, or does it itself when Redis or the workers are away.

Every machine may run one; it acts only while it holds the advisory lock. Run as `python -m shared.ticking`.
"""

import logging
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg
from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

import shared.jobs
from shared.access import bulk, letter_keeping, personal, running, sweeping
from shared.access.synchronising import is_due
from shared.deposits import reminding, requesting
from shared.documents import comparing, indexing, publishing, recognising, repairing
from shared.engines.beating import beat, plain_url
from shared.engines.checking import forget as forget_engine
from shared.engines.checking import hears
from shared.events import checking, sealing
from shared.extensions import db
from shared.intake import payslip_states
from shared.intake.party_importing import imports_wait
from shared.intake.trying import trials_wait
from shared.intake.watching import forget_link, is_watched
from shared.notifications.codes import erase_expired
from shared.notifications.collecting import collect_reports
from shared.notifications.outbox import due
from shared.people import closing, informing
from shared.queues import QueueName, ask_to_stop, ring, stopping, wait
from shared.retention import payslip_checking, purging
from shared.settings import trying
from shared.settings.bounce_mailbox import bounce_mailbox
from shared.signatures import asking_many, expiring, retrying
from shared.transactions import transaction

ONLY_ONE = 7_300_418  # advisory lock; any number, the same everywhere
PULSE = 1.0  # seconds
PATIENCE = 3.0  # seconds before we try again to become the one that ticks

log = logging.getLogger(__name__)

_own_work: dict[tuple[str, ...], threading.Thread] = {}


def ring_or_do(queue: QueueName, job: str, *ids: str) -> None:
    """Have a worker do it; do it here, beside the tick, when Redis does not take it or no such worker lives."""
    if hears(f"worker-{queue}") and ring(queue, job, *ids):
        return
    running = _own_work.get((job, *ids))
    if running and running.is_alive():
        return
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    thread = threading.Thread(target=_do, args=(app, job, ids), name=job)
    _own_work[(job, *ids)] = thread
    thread.start()


def drain_due() -> None:
    """Wake the sender of each channel that has something to send."""
    for channel in ("email", "sms", "fax", "letter"):
        if due(channel):
            ring_or_do("mail", "drain", channel)


def synchronise_due() -> None:
    """Wake the worker of accesses and publications when its bell was not heard."""
    if is_due() or publishing.is_due() or running.is_open():
        ring_or_do("now", "synchronise")


def index_due() -> None:
    """Make searchable what was filed before there was a search, or put there by a command."""
    if indexing.is_due():
        ring_or_do("slow", "index_documents")


def compare_due() -> None:
    """Go on with comparisons with the portal, and their repairs, that a lost bell or a silent storage stopped."""
    for comparison_id in comparing.unfinished():
        ring_or_do("slow", "compare", str(comparison_id))
    for comparison_id in repairing.unfinished():
        ring_or_do("slow", "repair", str(comparison_id))


def try_due() -> None:
    """Make the trials of settings whose bell was not heard."""
    for trial_id in trying.unheard():
        ring_or_do("now", "try_setting", str(trial_id))


def verify_due() -> None:
    """A verification of the journal that was asked for, and one a day by itself."""
    check_id = checking.due()
    if check_id is not None:
        ring_or_do("slow", "verify_journal", str(check_id))


def transfer_due() -> None:
    """Have the ERP's folder looked at, and what waits on its page done when its bell was not heard."""
    if is_watched():
        ring_or_do("slow", "collect_transfer")
    else:
        forget_link()
    if trials_wait():
        ring_or_do("slow", "try_connections")
    for import_id in imports_wait():
        ring_or_do("slow", "work_on_import", str(import_id))


def bounces_due() -> None:
    """Have the mailbox of the returns looked at; without one, nothing of it is down."""
    if bounce_mailbox() is not None:
        ring_or_do("slow", "collect_bounces")
    else:
        forget_engine("bounces")


def payslips_due() -> None:
    """Batches of payslips whose bell was not heard, and those whose hour of publication has come."""
    for batch_id in payslip_states.batches_wait():
        ring_or_do("slow", "work_on_payslips", str(batch_id))


def recognise_due() -> None:
    """Have scanned documents read for the search, where that is possible."""
    if recognising.is_due():
        ring_or_do("slow", "recognise_documents")


def carry_out_due() -> None:
    """Wake the worker of bulk actions that a lost bell or a dead worker left unfinished."""
    for action_id in bulk.unfinished():
        ring_or_do("slow", "carry_out", str(action_id))


def sign_due() -> None:
    """Prepare and seal what a lost bell or a failure left; go on with bulk askings."""
    for request_id in retrying.unprepared():
        ring_or_do("now", "prepare_signatures", str(request_id))
    for request_id in retrying.unsealed():
        ring_or_do("now", "seal_signatures", str(request_id))
    for batch_id in asking_many.unfinished():
        ring_or_do("slow", "ask_signatures", str(batch_id))


def prove_due() -> None:
    """Have the proof made of every signature request that has ended without one."""
    for request_id in retrying.unproved():
        ring_or_do("now", "prove_signature", str(request_id))


def payslip_check_due() -> None:
    """Have the hashes of all payslips verified, once a year, and a check that was asked for finished."""
    check_id = payslip_checking.due()
    if check_id is not None:
        ring_or_do("slow", "verify_payslips", str(check_id))


def rights_due() -> None:
    """Go on with what a lost bell left undone: deletions, notices to employees, the closing told to everyone."""
    for purge_id in purging.unfinished():
        ring_or_do("slow", "purge_documents", str(purge_id))
    for round_id in informing.unfinished():
        ring_or_do("slow", "inform_employees", str(round_id))
    for closing_id in closing.unfinished():
        ring_or_do("slow", "announce_closing", str(closing_id))


def ask_due() -> None:
    """Go on with requests of documents to many parties."""
    for batch_id in requesting.unfinished():
        ring_or_do("slow", "ask_documents", str(batch_id))


# Recurring work, in one place: name, every so many seconds, what to call. Each runs in its own transaction and may
# run twice; what takes longer than a second is rung for, not done here.
RECURRING: tuple[tuple[str, float, Callable[[], object]], ...] = (
    ("heartbeat", 10, lambda: beat("tick")),
    ("drain what is due", 1, drain_due),
    ("synchronise", 2, synchronise_due),
    ("try settings", 2, try_due),
    ("carry out bulk actions", 5, carry_out_due),
    ("erase codes that did not leave", 60, erase_expired),
    ("prepare and seal signatures", 5, sign_due),
    ("remind and end signatures", 300, lambda: ring_or_do("slow", "tend_signatures")),
    ("ask for documents", 5, ask_due),
    ("recall documents asked for", 600, reminding.remind),
    ("ask again for what expires", 600, reminding.renew),
    ("pass logins to personal addresses", 600, personal.pass_over),
    ("erase letters", 60, letter_keeping.erase_expired),
    ("file what came back", 5, collect_reports),
    ("look at what came back by mail", 60, bounces_due),
    ("look at what the ERP dropped", 15, transfer_due),
    ("check the engines", 10, shared.jobs.check),
    ("forget old tries and sessions", 3600, sweeping.forget),
    ("seal the journal", 5, sealing.seal),
    ("verify the journal", 60, verify_due),
    ("purge the security log", 24 * 3600, lambda: ring_or_do("slow", "purge_security_log")),
    ("prove signatures", 5, prove_due),
    ("compare with the portal", 15, compare_due),
    ("read and distribute payslips", 5, payslips_due),
    ("recognise scanned documents", 30, recognise_due),
    ("index what has no words yet", 30, index_due),
    ("list what is past its retention", 24 * 3600, lambda: ring_or_do("slow", "list_expired")),
    ("publish payslips whose notice is old enough", 3600, lambda: ring_or_do("slow", "ripen_payslips")),
    ("verify payslips once a year", 300, payslip_check_due),
    ("deletions, notices and the closing", 10, rights_due),
    ("tell that a certificate ends", 3600, expiring.warn),
    ("sweep storage", 3600, lambda: ring_or_do("slow", "sweep")),
)


@dataclass
class Round:
    """When each line of the table is next due, by the clock of this process."""

    due_at: dict[str, float] = field(default_factory=dict)

    def go(self) -> None:
        """Do what is due; one that fails is logged and neither stops nor delays the others."""
        for name, seconds, work in RECURRING:
            if stopping() or time.monotonic() < self.due_at.get(name, 0.0):
                continue
            self.due_at[name] = time.monotonic() + seconds
            try:
                with transaction():
                    work()
            except Exception:
                log.exception("« %s » failed and will be tried again", name)
            finally:
                db.session.remove()


def tick(app: Flask) -> None:
    """Tick until told to stop."""
    while not stopping():
        try:
            with app.app_context():
                _tick_while_alone()
        except (psycopg.Error, SQLAlchemyError) as error:
            log.warning("The database is away, waiting: %s", str(error).strip().splitlines()[0])
        wait(PATIENCE)


def _tick_while_alone() -> None:
    """Tick as long as the connection that carries the lock lives; return at once when another has it."""
    with psycopg.connect(plain_url(), connect_timeout=5, autocommit=True, application_name="guichet-tick") as alone:
        if alone.execute("SELECT pg_try_advisory_lock(%s)", (ONLY_ONE,)).fetchone() != (True,):
            return
        rounds = Round()
        while not stopping():
            alone.execute("SELECT 1")
            rounds.go()
            wait(PULSE)


def _do(app: Flask, job: str, ids: tuple[str, ...]) -> None:
    with app.app_context():
        try:
            getattr(shared.jobs, job)(*ids)
        except Exception:
            log.exception("« %s » failed here and will be tried again", job)


def main() -> int:
    """Entry point of the process."""
    from wsgi import create_app

    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, lambda _, __: ask_to_stop())
    tick(create_app())
    return 0


if __name__ == "__main__":
    logging.basicConfig(format="%(message)s", level=logging.INFO)
    sys.exit(main())
