"""Documents that staff ask for."""

from shared.deposits.models import RequestBatch
from shared.deposits.requesting import Wanted, advance, ask, ask_many
from shared.extensions import db
from tests.factories import counter, office

BY = "command"
URSSAF = Wanted("Attestation de vigilance", months=6)


def a_batch() -> RequestBatch:
    """An attestation that was asked of every supplier with an access; another of one of them."""
    seat = counter.a_seat(office.customer(key="suppliers"))
    made = ask_many(
        family=office.family("suppliers"), folder=office.folder("s.certificates"), search="", wanted=URSSAF, by=BY
    )
    while advance(batch_id=made.id):
        pass
    ask(party=seat.party, folder=office.folder("s.certificates"), wanted=Wanted("Kbis"), by=BY)
    db.session.flush()
    return made
