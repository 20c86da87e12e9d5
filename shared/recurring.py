"""Recurring work, in one place: what is looked for, how often, and who does it.

What is due is rung for, or done here, beside the tick, when Redis does not take it or no such worker lives.
"""

import logging
import threading
from collections.abc import Callable, Iterable

from flask import Flask, current_app

import shared.jobs
from shared.access import bulk, letter_keeping, personal, running, sweeping
from shared.access.synchronising import is_due
from shared.deposits import reminding, requesting
from shared.documents import comparing, indexing, publishing, recognising, repairing
from shared.engines.beating import beat
from shared.engines.checking import forget as forget_engine
from shared.engines.checking import hears
from shared.events import checking, sealing
from shared.hooks import delivering, forgetting
from shared.intake import api_calls, payslip_states, record_importing
from shared.intake.party_importing import imports_wait
from shared.intake.trying import trials_wait
from shared.intake.watching import forget_link, is_watched
from shared.notifications.codes import erase_expired
from shared.notifications.collecting import collect_reports
from shared.notifications.outbox import due
from shared.notifications.watching import is_watched as dates_are_watched
from shared.people import closing, informing
from shared.queues import QueueName, ring
from shared.retention import payslip_checking, purging
from shared.settings import trying
from shared.settings.bounce_mailbox import bounce_mailbox
from shared.signatures import asking_many, expiring, retrying

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


def each(found: Callable[[], Iterable[object]], queue: QueueName, job: str) -> Callable[[], None]:
    """Ring for every one of what a lost bell, a dead worker or a later hour left to do."""

    def ring_for_each() -> None:
        for ident in found():
            ring_or_do(queue, job, str(ident))

    return ring_for_each


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


def transfer_due() -> None:
    """Have the ERP's folder looked at, and what waits on its page done when its bell was not heard."""
    if is_watched():
        ring_or_do("slow", "collect_transfer")
    else:
        forget_link()
    if trials_wait():
        ring_or_do("slow", "try_connections")


def bounces_due() -> None:
    """Have the mailbox of the returns looked at; without one, nothing of it is down."""
    if bounce_mailbox() is not None:
        ring_or_do("slow", "collect_bounces")
    else:
        forget_engine("bounces")


def hooks_due() -> None:
    """Have the calls made whose time has come."""
    if delivering.is_due():
        ring_or_do("slow", "call_hooks")


def remind_due() -> None:
    """Have the dates of records looked at, where a rule is about one."""
    if dates_are_watched():
        ring_or_do("slow", "remind_of_records")


def recognise_due() -> None:
    """Have scanned documents read for the search, where that is possible."""
    if recognising.is_due():
        ring_or_do("slow", "recognise_documents")


def _some(found: object | None) -> list[object]:
    return [] if found is None else [found]


def _do(app: Flask, job: str, ids: tuple[str, ...]) -> None:
    with app.app_context():
        try:
            getattr(shared.jobs, job)(*ids)
        except Exception:
            log.exception("« %s » failed here and will be tried again", job)


# Name, every so many seconds, what to call. Each runs in its own transaction and may run twice; what takes longer than
# a second is rung for, not done here.
RECURRING: tuple[tuple[str, float, Callable[[], object]], ...] = (
    ("heartbeat", 10, lambda: beat("tick")),
    ("drain what is due", 1, drain_due),
    ("synchronise", 2, synchronise_due),
    ("try settings", 2, each(trying.unheard, "now", "try_setting")),
    ("carry out bulk actions", 5, each(bulk.unfinished, "slow", "carry_out")),
    ("erase codes that did not leave", 60, erase_expired),
    ("prepare what is to be signed", 5, each(retrying.unprepared, "now", "prepare_signatures")),
    ("seal signatures", 5, each(retrying.unsealed, "now", "seal_signatures")),
    ("prove signatures", 5, each(retrying.unproved, "now", "prove_signature")),
    ("ask many for signatures", 5, each(asking_many.unfinished, "slow", "ask_signatures")),
    ("remind and end signatures", 300, lambda: ring_or_do("slow", "tend_signatures")),
    ("remind of records", 60, remind_due),
    ("ask for documents", 5, each(requesting.unfinished, "slow", "ask_documents")),
    ("recall documents asked for", 600, reminding.remind),
    ("ask again for what expires", 600, reminding.renew),
    ("pass logins to personal addresses", 600, personal.pass_over),
    ("erase letters", 60, letter_keeping.erase_expired),
    ("file what came back", 5, collect_reports),
    ("look at what came back by mail", 60, bounces_due),
    ("call who subscribed", 2, hooks_due),
    ("forget old calls of the API", 24 * 3600, api_calls.forget),
    ("forget old calls of hooks", 24 * 3600, forgetting.forget),
    ("look at what the ERP dropped", 15, transfer_due),
    ("check the engines", 10, shared.jobs.check),
    ("forget old tries and sessions", 3600, sweeping.forget),
    ("seal the journal", 5, sealing.seal),
    ("verify the journal", 60, each(lambda: _some(checking.due()), "slow", "verify_journal")),
    ("purge the security log", 24 * 3600, lambda: ring_or_do("slow", "purge_security_log")),
    ("compare with the portal", 15, each(comparing.unfinished, "slow", "compare")),
    ("repair what a comparison found", 15, each(repairing.unfinished, "slow", "repair")),
    ("import parties", 15, each(imports_wait, "slow", "work_on_import")),
    ("import records", 15, each(record_importing.imports_wait, "slow", "work_on_records")),
    ("read and distribute payslips", 5, each(payslip_states.batches_wait, "slow", "work_on_payslips")),
    ("recognise scanned documents", 30, recognise_due),
    ("index what has no words yet", 30, index_due),
    ("list what is past its retention", 24 * 3600, lambda: ring_or_do("slow", "list_expired")),
    ("publish payslips whose notice is old enough", 3600, lambda: ring_or_do("slow", "ripen_payslips")),
    ("verify payslips once a year", 300, each(lambda: _some(payslip_checking.due()), "slow", "verify_payslips")),
    ("delete what was confirmed", 10, each(purging.unfinished, "slow", "purge_documents")),
    ("tell employees of the payslip", 10, each(informing.unfinished, "slow", "inform_employees")),
    ("tell of the closing", 10, each(closing.unfinished, "slow", "announce_closing")),
    ("tell that a certificate ends", 3600, expiring.warn),
    ("sweep storage", 3600, lambda: ring_or_do("slow", "sweep")),
)
