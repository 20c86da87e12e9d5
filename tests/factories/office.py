"""What the back office starts from: the shipped families and folders, customers, bytes to file."""

import itertools

from sqlalchemy import select

from shared.access.synchronising import ask
from shared.clock import today
from shared.documents import comparing, filing, publishing
from shared.documents.comparison_models import Comparison
from shared.documents.filing import Facts
from shared.documents.inspecting import inspect
from shared.documents.models import Document, Folder
from shared.extensions import db
from shared.people.cards import Card
from shared.people.models import Activity, ConsentState, EmailSlot, Family, Grant, Party
from shared.people.registering import register
from shared.people.rights_models import PayslipNotice
from shared.people.scopes import Scope
from shared.settings.activities import add_activity
from shared.settings.changing import change
from tests.factories import shelf

BY = "command"
_numbers = itertools.count(1)


def an_installation() -> None:
    """Families and folders as they are shipped, but no quiet hours: the tests run at any hour of any day."""
    shelf.take("families")
    for each in db.session.scalars(select(Family)):
        each.quiet_from, each.quiet_until, each.quiet_weekends = None, None, False
    shelf.take("folders", "retention")


def family(key: str = "customers") -> Family:
    return db.session.scalars(select(Family).where(Family.key == key)).one()


def folder(shipped_key: str = "c.invoices") -> Folder:
    return db.session.scalars(select(Folder).where(Folder.shipped_key == shipped_key)).one()


def customer(
    code: str | None = None,
    name: str = "Ma jolie boutique",
    *,
    siret: str = "",
    vat_number: str = "",
    key: str = "customers",
    consent: ConsentState | None = None,
    addresses: dict[EmailSlot, str] | None = None,
    noticed: bool = True,
) -> Party:
    """A party of a shipped family; `consent` replaces what the family supposes; an employee was told at hiring."""
    kind = family(key)
    supposed = kind.default_consent
    if consent is not None:
        kind.default_consent = consent
    card = Card(
        code=code or f"K{next(_numbers)}",
        name=name,
        siret=siret,
        vat_number=vat_number,
        addresses=addresses or {},
    )
    party = register(family=kind, card=card, by=BY)
    kind.default_consent = supposed
    if noticed and kind.of_people:
        a_notice(party)
    db.session.flush()
    return party


def a_notice(party: Party) -> None:
    """The employee was told of the electronic payslip at hiring, on paper."""
    row = PayslipNotice(party_id=party.id, given_on=today(), at_hiring=True, first_issue_on=today(), by=BY)
    row.on_paper = True
    db.session.add(row)
    db.session.flush()


def text_file(words: str = "") -> bytes:
    """Bytes that no other file of the tests has."""
    return f"{words or 'Bonjour'} {next(_numbers)}\n".encode()


def filed(party: Party, where: Folder, data: bytes = b"", filename: str = "note.txt", **facts: object) -> Document:
    """A document filed by the verbs."""
    data = data or text_file()
    inspection = inspect(data, filename)
    filing.keep(data=data, inspection=inspection)
    return filing.file(
        inspection=inspection,
        filename=filename,
        party=party,
        folder=where,
        facts=Facts(**facts),
        by=BY,  # type: ignore[arg-type]
    )


def a_comparison(key: str = "customers") -> Comparison:
    """« Comparer avec le portail », from its beginning to its end."""
    chosen = family(key)
    everywhere = Scope((Grant(),))
    made = comparing.compare(family=chosen, scope=everywhere, by=BY)
    while comparing.advance(comparison_id=made.id):
        pass
    return made


def an_activity(name: str = "Maintenance") -> Activity:
    """One besides the company's first; the same when asked again."""
    found = db.session.scalars(select(Activity).where(Activity.name == name)).one_or_none()
    return found or add_activity(name=name, by=BY)


def manual_mode() -> None:
    change(key="synchronisation", value="manual", by=BY)


def automatic_mode() -> None:
    change(key="synchronisation", value="automatic", by=BY)


def synchronise() -> None:
    """« Synchroniser », and the worker that follows."""
    ask(by=BY)
    db.session.flush()
    while publishing.make_live():
        pass
