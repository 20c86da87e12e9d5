"""An ERP of a benchmark: quotes that wait for their event, a token, a client that calls as fast as it is answered."""

import http.client
import json
import threading
import time
import uuid
from collections.abc import Sequence
from urllib.parse import urlsplit

from sqlalchemy import insert, select

from benchmarks.installation import Installation
from shared.extensions import db, uuid7
from shared.intake.tokens import SCOPES, draw
from shared.people.models import EmailCell, EmailSlot, Party
from shared.records.models import Record
from shared.transactions import transaction

CALLERS = 4  # connections kept alive


def quotes(made: Installation, parties: Sequence[uuid.UUID], number: int, prefix: str) -> list[str]:
    """Drafts whose validation tells their party by one message; their numbers."""
    names = [f"{prefix}-{at}" for at in range(number)]
    with made.app.app_context(), transaction():
        rows = [
            {
                "id": uuid7(),
                "kind": "quote",
                "number": name,
                "number_folded": name.lower(),
                "party_id": parties[at % len(parties)],
                "status": "draft",
                "amount": 100,
                "created_by": "system",
            }
            for at, name in enumerate(names)
        ]
        db.session.execute(insert(Record), rows)
    return names


def told(made: Installation, parties: Sequence[uuid.UUID]) -> str:
    """Give each party an address for its quotes; a token that may do everything."""
    with made.app.app_context(), transaction():
        have = set(db.session.scalars(select(EmailCell.party_id).where(EmailCell.slot == EmailSlot.QUOTE)))
        cells = [
            {"party_id": party, "slot": EmailSlot.QUOTE, "address": address, "address_folded": address}
            for party, address in ((party, f"{party.hex}@client.example") for party in parties if party not in have)
        ]
        if cells:
            db.session.execute(insert(EmailCell), cells)
        assert db.session.get(Party, parties[0]) is not None
        return draw(label="ERP", scopes=SCOPES, by="system")[1]


def event(number: str) -> dict[str, str]:
    """The validation of one quote, which causes one message."""
    return {"kind": "quote", "number": number, "event": "move", "move": "validate", "id": f"V-{number}"}


def rate(url: str, token: str, bodies: Sequence[dict[str, object]], events: int) -> float:
    """POST every body to `url` by a few connections at once; events a second. RuntimeError for a refusal."""
    waiting, failures = list(bodies), []

    def call() -> None:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=120)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        while True:
            try:
                body = waiting.pop()
            except IndexError:
                return
            connection.request("POST", parts.path, json.dumps(body), headers)
            answer = connection.getresponse()
            said = answer.read()
            if answer.status != 200 or json.loads(said).get("refused"):
                failures.append(said[:300])
                return

    threads = [threading.Thread(target=call) for _caller in range(CALLERS)]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(f"{url}: {failures[0]!r}")
    return events / (time.monotonic() - start)
