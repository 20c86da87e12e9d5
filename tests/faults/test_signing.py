"""The worker that seals killed outright, the bell lost: each signature is in the file once, none stays pending."""

import random
import time

from sqlalchemy import func, select

from shared.config import configure
from shared.documents.models import Version
from shared.documents.storage import original_key, read, storage
from shared.events.actors import account_actor
from shared.extensions import db
from shared.signatures.accepting import Shown, Sign, Who, accept
from shared.signatures.consenting import consent_text
from shared.signatures.models import RequestState, Signature, SignatureMode, SignatureRequest
from shared.signatures.reading import read_to_the_end
from shared.signatures.validating import signatures_of
from tests.engines import Machine
from tests.factories import sealed
from tests.faults.conftest import installed
from tests.faults.soundness import until

REQUESTS, KILLS = 3, 3


def test_a_killed_worker_and_a_lost_bell_leave_each_seal_once(machine: Machine) -> None:
    installed(machine)
    with machine.app.app_context():
        _accepted()
        db.session.commit()  # after which no bell rings: Redis was flushed, the tick alone knows
    configure(machine.config)
    machine.start("-m", "shared.ticking")
    for _kill in range(KILLS):
        worker = machine.start("-m", "shared.engines.working", "now")
        time.sleep(random.uniform(0.5, 2.5))
        worker.kill()
        worker.wait()
    machine.start("-m", "shared.engines.working", "now")
    until(lambda: _completed(machine) == REQUESTS)

    with machine.app.app_context():
        assert db.session.scalar(select(func.count()).where(Signature.sealed_at.is_(None))) == 0
        for request in db.session.scalars(select(SignatureRequest)):
            assert request.failure == "" and request.latest_version is not None
            count = select(func.count()).where(Version.document_id == request.document_id)
            assert db.session.scalar(count) == 3  # as filed, prepared, sealed
            data = read(storage(), original_key(request.latest_version.sha256))
            signed = [one for one in signatures_of(data) if one.kind == "signature"]
            assert [one.field for one in signed] == ["S1"] and signed[0].stands


def _accepted() -> None:
    seat = sealed.a_signatory()
    shown = []
    for _number in range(REQUESTS):
        request = sealed.a_request(seat)
        (signer,), digest = request.signers, request.prepared_sha256 or ""
        by = account_actor(seat.account)
        read_to_the_end(signer=signer, shown_sha256=digest, by=by, ip=sealed.IP, user_agent=sealed.AGENT)
        shown.append(Shown(signer, digest, consent_text(request, "fr")))
    who = Who(by=account_actor(seat.account), account=seat.account, ip=sealed.IP, user_agent=sealed.AGENT)
    accept(shown=shown, sign=Sign(SignatureMode.TYPED, typed=seat.account.person.full_name), who=who)


def _completed(machine: Machine) -> int:
    with machine.app.app_context():
        done = select(func.count()).where(
            SignatureRequest.state == RequestState.COMPLETED, SignatureRequest.proved_at.is_not(None)
        )
        return db.session.scalar(done) or 0
