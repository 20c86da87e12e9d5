"""What a worker may be asked for: a name, ids, one verb, one commit. Each may run twice.

Only public functions of this module are accepted from Redis. The caller opens the application context.
What signs PDFs weighs forty megabytes: it is loaded by the process that signs, see `engines.working`, and no other.
"""

import contextlib
import logging
import uuid
from collections.abc import Iterator

from shared.access import running
from shared.access.bulk import advance
from shared.access.synchronising import synchronise as synchronise_accesses
from shared.deposits.requesting import advance as advance_requests
from shared.documents import comparing, repairing
from shared.documents.indexing import index_batch
from shared.documents.publishing import make_live
from shared.documents.recognising import recognise_batch
from shared.documents.ripening import ripen
from shared.documents.sweeping import sweep as sweep_storage
from shared.engines.checking import check_engines
from shared.events import checking
from shared.events.purging import purge_security_log as purge_lines
from shared.hooks import delivering
from shared.intake import payslip_batching, payslip_publishing, record_applying
from shared.intake.collecting import collect
from shared.intake.party_importing import advance_import
from shared.intake.trying import run_trials
from shared.notifications.fetching import fetch_reports
from shared.notifications.releasing import release_openable
from shared.notifications.sending import drain as drain_channel
from shared.people import closing, informing
from shared.queues import stopping, wait
from shared.records.reminding import remind
from shared.retention import payslip_checking, purging
from shared.settings import trying
from shared.signatures import asking_many, retrying
from shared.signatures.cancelling import expire_due
from shared.signatures.reminding import remind_due
from shared.transactions import transaction
from shared.turns import in_turns, step_by_step, to_the_end

ROUNDS = 20  # of a synchronisation whose rows another worker holds meanwhile; the tick rings again for the rest
PAUSE = 0.2  # seconds
log = logging.getLogger(__name__)


def drain(channel: str) -> None:
    """Send what is due on this channel; it commits row by row, as a message cannot be unsent."""
    drain_channel(channel)


def remind_of_records() -> None:
    """Tell of the records whose date has met the moment of a rule, a batch per transaction."""
    step_by_step(remind())


def synchronise() -> None:
    """Bring the portal to what the back office wants: accesses, then documents, then the lines that waited for them.

    A batch per transaction. A run that somebody asked for counts them, and ends when nothing is left.
    """
    for _round in range(ROUNDS):
        for what, batch in (("accesses", synchronise_accesses), ("documents", make_live)):
            done = 1
            while done and not stopping():
                with transaction():
                    done = batch()
                    running.count(what, done)
        with transaction():
            running.count("lines", release_openable())
        with transaction():
            ended = running.finish()
        if ended or stopping() or wait(PAUSE):
            return


def sweep() -> None:
    """Remove objects that nothing points to any more, and hash a sample of the others."""
    with transaction():
        sweep_storage()


def verify_journal(check_id: str) -> None:
    """Verify both chains of the journal; how far it is shows on the page that asked."""
    with transaction():
        checking.run(check_id=uuid.UUID(check_id), keep=_keep)


def purge_security_log() -> None:
    """Take away the security lines that are past their limit, a batch per transaction."""
    to_the_end(purge_lines)


def collect_bounces() -> None:
    """File what came back to the mailbox, a message per transaction."""
    step_by_step(fetch_reports())


def try_setting(trial_id: str) -> None:
    """Try what an administrator set, a stage per transaction, so that the page follows."""
    step_by_step(trying.run(uuid.UUID(trial_id)))


def index_documents() -> None:
    """Write the words of documents filed before there was a search, a batch per transaction."""
    to_the_end(index_batch)


def check() -> None:
    """Ask every engine how it is."""
    with transaction():
        check_engines()


def _keep() -> None:
    """Commit what a long job knows so far."""
    with transaction():
        pass


def call_hooks() -> None:
    """Call who subscribed to what happened, a call per transaction."""
    in_turns("call_hooks", "", delivering.deliver_next)


def collect_transfer() -> None:
    """Take in what the ERP dropped on its server; it commits file by file, as a file cannot be unmoved."""
    collect()


def try_connections() -> None:
    """Do the connection tests that were asked for."""
    with transaction():
        run_trials()


def ask_documents(batch_id: str) -> None:
    """Ask many parties for a document, a batch per transaction."""
    to_the_end(lambda: advance_requests(batch_id=uuid.UUID(batch_id)))


def carry_out(action_id: str) -> None:
    """Go on with a bulk action of the access grid, or take it back, a batch per transaction."""
    to_the_end(lambda: advance(action_id=uuid.UUID(action_id)))


def work_on_import(import_id: str) -> None:
    """Preview, apply or undo an import of parties: all of it or nothing."""
    advance_import(import_id=uuid.UUID(import_id))


def work_on_records(import_id: str) -> None:
    """Enter the lines of an imported file of records, all of them or none."""
    record_applying.carry_out(import_id=uuid.UUID(import_id))


def work_on_payslips(batch_id: str) -> None:
    """Read a batch of payslips, or distribute it, a step per transaction."""
    ident, desk = uuid.UUID(batch_id), payslip_batching.Desk()
    in_turns("work_on_payslips", batch_id, lambda: payslip_batching.advance(batch_id=ident, desk=desk))
    in_turns("work_on_payslips", batch_id, lambda: payslip_publishing.advance_publication(batch_id=ident))


def recognise_documents() -> None:
    """Read the text of scanned documents for the search, where Tesseract is installed."""
    in_turns("recognise_documents", "", lambda: recognise_batch() > 0)


def compare(comparison_id: str) -> None:
    """Go on with a comparison with the portal, a batch per transaction."""
    in_turns("compare", comparison_id, lambda: comparing.advance(comparison_id=uuid.UUID(comparison_id)))


def repair(comparison_id: str) -> None:
    """Go on with the repair of what a comparison found, a batch per transaction."""
    in_turns("repair", comparison_id, lambda: repairing.advance_repair(comparison_id=uuid.UUID(comparison_id)))


def prepare_signatures(request_id: str) -> None:
    """Make the file of a signature request ready and ask who signs first; what fails is kept and tried again."""
    from shared.signatures import opening

    with _tried_again(uuid.UUID(request_id)) as ident, transaction():
        opening.prepare_request(request_id=ident)


def seal_signatures(request_id: str) -> None:
    """Put what was accepted into the file, a seal per transaction; what fails is kept and tried again."""
    from shared.signatures.finishing import seal_next

    with _tried_again(uuid.UUID(request_id)) as ident:
        to_the_end(lambda: seal_next(request_id=ident))


def ask_signatures(batch_id: str) -> None:
    """Go on with a bulk asking, a batch per transaction."""
    in_turns("ask_signatures", batch_id, lambda: asking_many.advance(batch_id=uuid.UUID(batch_id)))


def tend_signatures() -> None:
    """Send the reminders of the day, end what is too late, a batch per transaction."""
    for batch in (expire_due, remind_due):
        to_the_end(batch)


def prove_signature(request_id: str) -> None:
    """Make the proof of a signature request that has ended; what fails is kept and tried again."""
    from shared.signatures import proving

    with _tried_again(uuid.UUID(request_id)) as ident, transaction():
        proving.prove(ident)


def list_expired() -> None:
    """Bring the list of what is past its retention up to date."""
    with transaction():
        purging.list_due()


def purge_documents(purge_id: str) -> None:
    """Go on with the deletion of a confirmed list, a batch per transaction."""
    in_turns("purge_documents", purge_id, lambda: purging.advance(purge_id=uuid.UUID(purge_id)))


def verify_payslips(check_id: str) -> None:
    """Go on with the check of the hashes of all payslips, a batch per transaction."""
    in_turns("verify_payslips", check_id, lambda: payslip_checking.advance(check_id=uuid.UUID(check_id)))


def ripen_payslips() -> None:
    """Put on the portal the first payslips whose month of notice has passed, a batch per transaction."""
    to_the_end(ripen)


def inform_employees(round_id: str) -> None:
    """Go on with a round of notices of the electronic payslip, a batch per transaction."""
    in_turns("inform_employees", round_id, lambda: informing.advance(round_id=uuid.UUID(round_id)))


def announce_closing(closing_id: str) -> None:
    """Tell everyone that the service closes, or that it does not after all, a batch per transaction."""
    in_turns("announce_closing", closing_id, lambda: closing.advance(closing_id=uuid.UUID(closing_id)))


@contextlib.contextmanager
def _tried_again(request_id: uuid.UUID) -> Iterator[uuid.UUID]:
    """What fails for a signature request is written on it, and tried again by the tick."""
    try:
        yield request_id
    except Exception as error:
        with transaction():
            retrying.failed(request_id=request_id, error=error)
        log.exception("Signature request %s did not go on", request_id)
