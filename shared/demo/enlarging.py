"""The size of a real company, written in a minute or two: for the benchmarks, and for whoever wants to see it.

Deterministic but for the identifiers: the same numbers give the same names, days, states and words.
"""

import hashlib
import time
from datetime import datetime, timedelta

import click
from sqlalchemy import func, select

from shared.clock import day_of, now
from shared.demo.copying import copy
from shared.demo.crowd import FIRST_CODE, Someone, gather, write_crowd
from shared.demo.documents import invoice_pdf, sale_facts
from shared.demo.filing import STRANGER
from shared.demo.loading import mark_of_demo
from shared.demo.mailbag import OPENED, PUBLISHED, write_letters
from shared.demo.piles import PDF, pile_up, write_piles
from shared.documents.models import Folder, StoredObject
from shared.documents.storage import original_key, storage
from shared.errors import Refused
from shared.extensions import db, uuid7
from shared.intake.models import Arrival, Verdict
from shared.notifications.models import Template
from shared.people.models import Family, Party
from shared.settings.reading import company
from shared.transactions import transaction

DAYS = 730
BY = "command"
STRAYS = 60  # a page of them, however few the parties
BODIES = 5  # files that all the documents share


def enlarge(*, parties: int, documents: int, notifications: int, sure: bool = False) -> None:
    """Add that many of each; Refused where a company is at work, unless `sure`, and where it was done already."""
    began = time.monotonic()
    if min(parties, documents, notifications) < 1:
        raise Refused("Il faut au moins un tiers, un document et une notification. Rien n’a été ajouté.")
    with transaction():
        _check(sure)
    with transaction():
        crowd = _people(parties)
        click.echo(f"{parties} tiers")
        sheets = list(pile_up(documents, crowd, _folders(), now() - timedelta(hours=6), DAYS))
        digests, sizes = _bodies(now())
        write_piles(sheets, digests, sizes, BY)
        copy(Arrival, (_stray(at, digests[0], sizes[0]) for at in range(max(parties // 80, STRAYS))))
        click.echo(f"{documents} documents")
        write_letters(notifications, crowd, sheets, _named())
        click.echo(f"{notifications} notifications")
    _tidy()
    click.echo(f"C’est prêt, en {time.monotonic() - began:.0f} s.")


def _check(sure: bool) -> None:
    """An empty database is a bench's own."""
    if db.session.scalar(select(Party.id).where(Party.code_folded == str(FIRST_CODE)).limit(1)):
        raise Refused("Cette base a déjà été agrandie : rien n’a été ajouté.")
    known = db.session.scalar(select(func.count()).select_from(Party)) or 0
    if known and mark_of_demo() is None and not sure:
        raise Refused(
            "Cette base contient une société qui n’est pas la démonstration : rien n’a été ajouté. "
            "Pour y ajouter quand même ces données inventées, répétez la commande avec --yes."
        )


def _people(number: int) -> list[Someone]:
    families = {row.key: row.id for row in db.session.execute(select(Family.key, Family.id))}
    crowd, moment = gather(number, families), now()
    write_crowd(crowd, day_of(moment), moment)
    return crowd


def _folders() -> dict[str, list[Folder]]:
    """The shipped folders of each family, in their order."""
    found: dict[str, list[Folder]] = {}
    for folder in db.session.scalars(select(Folder).where(Folder.shipped_key.is_not(None)).order_by(Folder.position)):
        found.setdefault(folder.family.key, []).append(folder)
    return found


def _bodies(moment: datetime) -> tuple[list[str], list[int]]:
    """A few real invoices, kept once: the digests and sizes of their bytes."""
    made = []
    for at in range(BODIES):
        day = day_of(moment) - timedelta(days=at)
        made.append(invoice_pdf(sale_facts("invoice", party=STRANGER, number=f"FA-0000-{at:06}", issued_on=day)))
    for data in made:
        digest = hashlib.sha256(data).hexdigest()
        storage().put(original_key(digest), data, PDF)
        if db.session.get(StoredObject, digest) is None:
            db.session.add(StoredObject(sha256=digest, size=len(data), mime=PDF))
    db.session.flush()
    return [hashlib.sha256(data).hexdigest() for data in made], [len(data) for data in made]


def _stray(at: int, sha256: str, size: int) -> dict[str, object]:
    """A file that nobody could be given: « À rattacher »."""
    return {
        "id": uuid7(),
        "at": now() - timedelta(hours=at),
        "by": BY,
        "source": "backoffice",
        "filename": f"scan_{at:04}.pdf",
        "sha256": sha256,
        "size": size,
        "verdict": Verdict.TO_ATTACH.value,
        "reason": "Aucun tiers ne correspond.",
    }


def _named() -> dict[str, object]:
    found = {row.key: row.id for row in db.session.execute(select(Template.key, Template.id))}
    return {PUBLISHED: found[PUBLISHED], OPENED: found[OPENED], "domain": company().domain or "demo.example"}


def _tidy() -> None:
    """What PostgreSQL does by itself within minutes of so many inserts."""
    db.session.remove()
    with db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")
