"""The act itself, when ten presses of the button arrive at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from shared.config import configure
from shared.extensions import db
from shared.signatures.models import Signature, Trace
from shared.transactions import transaction
from tests.engines import Machine
from tests.factories.counter import a_party, a_seat, sign_in
from tests.factories.signing import a_request, form_of


@pytest.mark.row("P-17")
def test_ten_presses_at_once_make_one_signature(machine: Machine) -> None:
    app = machine.app
    configure(machine.config)
    app.config["WTF_CSRF_ENABLED"] = False
    clients = [app.test_client() for _ in range(10)]
    with app.app_context(), transaction():
        seat = a_seat(a_party())
        request = a_request(seat.party, seat.access.contact)
        at, digest = f"/signatures/{request.signers[0].id}", request.prepared_sha256
        for client in clients:
            sign_in(client, seat)
    clients[0].post(f"{at}/read", data={"sha256": digest, "go": "1"})
    fields = form_of(clients[0], f"{at}/sign")
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda client: client.post(f"{at}/sign", data=fields), clients))
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, at)}
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Signature)) == 1
        assert db.session.scalar(select(func.count()).select_from(Trace).where(Trace.kind == "accepted")) == 1
