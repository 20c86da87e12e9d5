"""One party's exception holds wherever a folder's setting is read for it, and for nobody else."""

import pytest
from flask import Flask
from sqlalchemy import select

from shared.clock import now
from shared.documents import browsing, excepting, publishing, reading
from shared.documents.configuring import change
from shared.documents.effective import settings_for
from shared.documents.models import Folder, LinkTarget, Notify
from shared.documents.reading import Reader
from shared.documents.shelving import openers, shelves
from shared.errors import Refused, Stale
from shared.events.models import Event
from shared.extensions import db
from shared.notifications import forcing
from shared.notifications.models import Notification, Template
from shared.people.models import EmailSlot, Party
from tests.factories import office, post
from tests.factories.counter import a_seat
from tests.factories.office import BY, customer, filed, folder, manual_mode, synchronise

pytestmark = pytest.mark.usefixtures("app")
CELLS = {EmailSlot.CARD: "fiche@essai.example", EmailSlot.BILLING: "compta@essai.example"}


@pytest.fixture(autouse=True)
def _installation(app: Flask) -> None:
    post.an_installation()
    office.an_installation()


def except_for(party: Party, where: Folder, revision: int = 0, **values: str) -> None:
    excepting.differ(party=party, folder=where, values=values, by=BY, revision=revision)


def told(party: Party) -> list[Notification]:
    db.session.flush()
    return list(db.session.scalars(select(Notification).where(Notification.party_id == party.id)))


@pytest.mark.row("P-76")
def test_an_exception_shows_an_unticked_folder_to_one_party_only() -> None:
    one, other = customer(key="employees"), customer(key="employees")
    timesheets = folder("e.timesheets")
    papers = {party.id: filed(party, timesheets) for party in (one, other)}
    seats = {party.id: a_seat(party) for party in (one, other)}
    box = [(timesheets.id, "on_portal", "")]
    change(cells=box, by=BY, revisions={timesheets.id: timesheets.revision})

    def seen() -> list[bool]:
        return [
            reading.find(document_id=papers[each.id].id, reader=Reader(by="x", seat=seats[each.id])) is not None
            for each in (one, other)
        ]

    assert seen() == [False, False]
    except_for(one, timesheets, on_portal="1")
    assert seen() == [True, False]
    assert [shelf.label for shelf in browsing.shelves(seat=seats[one.id])].count("Pointages") == 1
    assert "Pointages" not in [shelf.label for shelf in browsing.shelves(seat=seats[other.id])]
    assert [line.id for line in browsing.latest(seat=seats[one.id]).lines] == [papers[one.id].id]
    assert db.session.scalar(select(openers()).select_from(Folder).where(Folder.id == timesheets.id)) == 1
    assert filed(one, timesheets).publications and not filed(other, timesheets).publications
    excepting.follow(party=one, folder=timesheets, names={"on_portal"}, by=BY, revision=1)
    assert seen() == [False, False]


@pytest.mark.row("P-12")
def test_unsharing_for_one_party_is_immediate_and_sharing_again_follows_the_mode() -> None:
    one, other = customer(), customer()
    papers = [filed(one, folder()), filed(other, folder())]
    manual_mode()
    except_for(one, folder(), on_portal="")
    assert publishing.current(papers[0].id) is None and publishing.current(papers[1].id) is not None
    excepting.follow(party=one, folder=folder(), names={"on_portal"}, by=BY, revision=1)
    back = publishing.current(papers[0].id)
    assert back is not None and back.live_at is None and back.held_because == "synchronisation"
    synchronise()
    assert back.live_at is not None


def test_a_folder_unshared_and_shared_for_all_leaves_the_exceptions_alone() -> None:
    kept, hidden, plain = customer(), customer(), customer()
    invoices = folder()
    papers = [filed(party, invoices) for party in (kept, hidden, plain)]
    excepting.differ(party=hidden, folder=invoices, values={"on_portal": ""}, by=BY, revision=0)

    def live() -> list[bool]:
        return [publishing.current(each.id) is not None for each in papers]

    def box(value: str) -> None:
        change(cells=[(invoices.id, "on_portal", value)], by=BY, revisions={invoices.id: invoices.revision})

    assert live() == [True, False, True]
    box("")
    assert live() == [False, False, False]
    except_for(kept, invoices, on_portal="1")
    assert live() == [True, False, False]
    box("1")
    assert live() == [True, False, True]


@pytest.mark.row("P-10")
def test_the_notice_follows_the_exception_in_slot_target_text_and_moment() -> None:
    one, other, silent = (customer(addresses=CELLS) for _ in range(3))
    text = Template(key="essai", label="Essai", context="document")
    db.session.add(text)
    db.session.flush()
    except_for(one, folder(), slot="card", link_target="document", template_id=str(text.id), notify="grouped")
    except_for(silent, folder(), notify="none")
    for party in (one, other, silent):
        filed(party, folder())
    (mine,) = told(one)
    assert (mine.slot, mine.link_target, mine.template_id) == (EmailSlot.CARD, "document", text.id)
    assert mine.group_key is not None
    (theirs,) = told(other)
    assert (theirs.slot, theirs.link_target) == (EmailSlot.BILLING, "statement")
    assert theirs.template_id != text.id and theirs.group_key is None
    assert told(silent) == []
    forcing.force(document_ids=[filed(silent, folder()).id], by=BY)
    assert len(told(silent)) == 1


@pytest.mark.row("P-10")
def test_what_is_written_stays_with_its_party_and_is_recorded() -> None:
    one, other = customer(), customer()
    except_for(one, folder(), notify="none", slot="card")
    assert settings_for(folder=folder(), party_id=one.id).notify is Notify.NONE
    assert settings_for(folder=folder(), party_id=other.id).notify is Notify.IMMEDIATE
    event = db.session.scalars(select(Event).where(Event.name == "folder.exception_changed")).one()
    assert event.party_id == one.id and event.facts["cells"] == [
        {"field": "notify", "before": "immediate", "after": "none"},
        {"field": "slot", "before": "billing", "after": "card"},
    ]
    assert excepting.differ(party=one, folder=folder(), values={"notify": "none"}, by=BY, revision=1) == []
    with pytest.raises(Stale):
        except_for(one, folder(), revision=0, link_target="home")
    assert excepting.follow(party=one, folder=folder(), names={"notify"}, by=BY, revision=1) == 1
    held = settings_for(folder=folder(), party_id=one.id)
    assert (held.notify, held.slot, held.link_target) == (Notify.IMMEDIATE, EmailSlot.CARD, LinkTarget.STATEMENT)


@pytest.mark.row("FR-06")
def test_no_exception_asks_for_a_signature_on_a_payslip_nor_changes_what_is_common() -> None:
    employee = customer(key="employees")
    with pytest.raises(Refused):
        except_for(employee, folder("e.payslips"), signature_side="right")
    for values in ({"path": "SALARIES\\x\\"}, {"label": "x"}, {"document_class": "other"}, {"revision": "3"}):
        with pytest.raises(Refused):
            except_for(employee, folder("e.payslips"), **values)
    with pytest.raises(Refused):
        except_for(employee, folder(), notify="none")


def test_the_explorer_of_a_party_shows_the_folder_as_the_party_has_it() -> None:
    from shared.people.scopes import Scope
    from tests.factories.identity import a_clerk

    one, other = customer(), customer()
    except_for(one, folder(), on_portal="")
    scope = Scope(tuple(a_clerk().grants))
    marks = [
        {shelf.id: shelf.on_portal for shelf in shelves(scope=scope, family_id=one.family_id, party_id=who)}
        for who in (one.id, other.id, None)
    ]
    assert [each[folder().id] for each in marks] == [False, True, True]


@pytest.mark.row("P-15")
def test_the_count_of_a_folder_is_the_parties_who_can_open_it() -> None:
    invoices, quotes = folder(), folder("c.quotes")
    everywhere, listed, both, frozen, hidden, alone = (customer() for _ in range(6))
    a_seat(everywhere)
    a_seat(listed, folders=[invoices])
    a_seat(listed, folders=[invoices, quotes])
    a_seat(both)
    a_seat(both, folders=[quotes])
    a_seat(frozen).account.frozen_at = now()
    a_seat(hidden)
    a_seat(alone, folders=[quotes])
    a_seat(customer(), allowed=False)
    except_for(hidden, invoices, on_portal="")

    def counts() -> list[int]:
        query = select(Folder.id, openers()).where(Folder.id.in_([invoices.id, quotes.id]))
        found = {row[0]: row[1] for row in db.session.execute(query)}
        return [found[invoices.id], found[quotes.id]]

    assert counts() == [3, 5]
    change(cells=[(invoices.id, "on_portal", "")], by=BY, revisions={invoices.id: invoices.revision})
    except_for(both, invoices, on_portal="1")
    except_for(alone, invoices, on_portal="1")
    assert counts() == [1, 5], "an exception opens nothing to whoever has no right on the folder"
