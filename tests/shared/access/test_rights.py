"""Rights per contact and folder, first and last days: what is taken away is gone at once, what is added waits."""

from datetime import timedelta

import pytest
from flask import Flask

from shared.access import granting, rights
from shared.access.contacts import grant_to
from shared.access.models import Access, Act, Seat
from shared.access.synchronising import synchronise
from shared.clock import today
from shared.documents.models import Folder
from shared.errors import Refused
from shared.extensions import db
from shared.people.contacting import ContactCard, add_contact
from shared.people.models import Party
from tests.factories import office


@pytest.fixture
def party(app: Flask) -> Party:
    office.an_installation()
    return office.customer("C1")


@pytest.fixture
def access(party: Party) -> Access:
    contact = add_contact(party=party, card=ContactCard(family_name="Petit"), by=office.BY)
    access = grant_to(contact=contact, by=office.BY)
    granting.allow(access=access, by=office.BY)
    synchronise()
    return access


def _folders(party: Party, document_class: str) -> list[Folder]:
    return [folder for folder in rights.folders_of(party) if folder.document_class == document_class]


@pytest.mark.parametrize("mode", [office.automatic_mode, office.manual_mode])
def test_a_right_taken_away_is_gone_at_once_and_the_row_stays_green(mode, access: Access, party: Party) -> None:  # type: ignore[no-untyped-def]
    mode()
    invoices = [folder.id for folder in _folders(party, "invoice")]

    rights.set_rights(access=access, folder_ids=invoices, by=office.BY)

    seat = _seat(access)
    assert seat.folder_ids == sorted(invoices)
    assert seat.revision == access.revision
    assert rights.preset_of(access.folder_ids, rights.folders_of(party)) == "invoices"


def test_a_right_given_waits_for_the_synchronisation(access: Access, party: Party) -> None:
    office.manual_mode()
    invoices, quotes = ([f.id for f in _folders(party, each)] for each in ("invoice", "quote"))
    rights.set_rights(access=access, folder_ids=invoices, by=office.BY)

    rights.set_rights(access=access, folder_ids=[*quotes, invoices[0]], by=office.BY)

    seat = _seat(access)
    assert seat.folder_ids == [invoices[0]]
    assert seat.revision < access.revision
    office.automatic_mode()
    synchronise()
    assert set(_seat(access).folder_ids or ()) == {*quotes, invoices[0]}


def test_an_earlier_end_counts_at_once_and_a_later_one_waits(access: Access) -> None:
    office.manual_mode()
    day = today()
    rights.set_dates(access=access, starts_on=None, ends_on=day - timedelta(days=1), by=office.BY)
    assert _seat(access).ends_on == day - timedelta(days=1)

    rights.set_dates(access=access, starts_on=None, ends_on=day + timedelta(days=9), by=office.BY)
    assert _seat(access).ends_on == day - timedelta(days=1)


def test_an_act_taken_away_is_gone_at_once_and_one_given_waits(access: Access) -> None:
    assert set(_seat(access).acts) == {*Act}
    office.manual_mode()
    rights.set_acts(access=access, acts=[Act.PAY], by=office.BY)
    assert _seat(access).acts == ["pay"] and _seat(access).revision == access.revision
    rights.set_acts(access=access, acts=[Act.PAY, Act.SIGN], by=office.BY)
    assert _seat(access).acts == ["pay"] and _seat(access).revision < access.revision
    office.automatic_mode()
    synchronise()
    assert set(_seat(access).acts) == {"pay", "sign"}


def test_what_makes_no_sense_is_refused(access: Access, party: Party) -> None:
    day = today()
    with pytest.raises(Refused, match="avant son début"):
        rights.set_dates(access=access, starts_on=day, ends_on=day - timedelta(days=1), by=office.BY)
    with pytest.raises(Refused, match="au moins un répertoire"):
        rights.set_rights(access=access, folder_ids=[], by=office.BY)
    with pytest.raises(Refused, match="pas de cette famille"):
        rights.set_rights(access=access, folder_ids=[office.folder("e.payslips").id], by=office.BY)


def test_a_second_access_has_an_identifier_of_its_own(access: Access, party: Party) -> None:
    assert access.identifier == "C1-2"
    main = granting.grant(party=party, by=office.BY)
    assert main.identifier == "C1"


def _seat(access: Access) -> Seat:
    db.session.expire_all()
    assert access.seat is not None
    return access.seat
