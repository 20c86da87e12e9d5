"""Letters with a QR code, for those who have no address: one PDF, one page each, for whoever asked, for an hour."""

import io
import re
from datetime import timedelta

import pikepdf
import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import func, select

from shared import clock, links
from shared.access import granting, initial
from shared.access.bulk_models import LetterSlice
from shared.access.letter_keeping import erase_expired
from shared.access.models import Access, Account, Link, LinkPurpose
from shared.access.synchronising import synchronise
from shared.documents.previewing import page_text
from shared.events.models import Event
from shared.extensions import db
from shared.people.models import Party
from shared.sheets.qr import qr_bitmap
from tests.factories import bulk, office
from tests.factories.identity import Browser, a_clerk, signed_in


@pytest.fixture
def browser(app: Flask) -> Browser:
    office.an_installation()
    a_clerk()
    return signed_in(app)


@pytest.mark.row("P-41")
def test_those_without_address_get_a_letter_each_with_a_password_or_a_link(app: Flask, browser: Browser) -> None:
    drawn, linked, closed = (office.customer(code, f"Maison {code}") for code in ("401", "402", "403"))
    for party in (drawn, linked):
        granting.allow(access=granting.grant(party=party, by="command"), by="command")
    initial.draw(access=_access(drawn), by="command")
    secret = initial.show(access=_access(drawn), by="command")
    drawn.street, drawn.postcode, drawn.city, drawn.country = "2 rue des Lilas", "7000", "Mons", "BE"

    shown = bulk.preview_filter(browser, "letters", "family=customers&address=missing")
    for words in ("3 lignes", "mot de passe initial", "lien à photographier", "1 lettre n’aura pas d’adresse postale"):
        assert words in shown.text
    assert "Refusées (accès non autorisé) : 1" in shown.text
    bulk.done(browser, shown, "family=customers&address=missing")
    page = f"/backoffice/access/bulk/{bulk.the_action().id}"
    pdf = browser.post(f"{page}/letters")

    assert pdf.headers["Cache-Control"] == "no-store"
    assert len(pikepdf.open(io.BytesIO(pdf.data)).pages) == 2
    first, second = (" ".join(page_text(pdf.data, at).split()) for at in (0, 1))
    for said in ("Maison 401", "2 rue des Lilas", "7000 Mons BELGIQUE", "Identifiant 401", secret):
        assert said in first
    assert "Maison 402" in second and secret not in second
    assert closed.name not in first + second
    link = db.session.scalars(select(Link).where(Link.purpose == LinkPurpose.ACTIVATION)).one()
    assert (link.access_id, link.expires_at > clock.now() + timedelta(days=29)) == (_access(linked).id, True)
    assert _dots(pdf.data, 1) == _modules(links.url(link))

    synchronise()
    person = Browser(app)
    person.get(links.url(link).partition("localhost")[2])
    assert person.sign_in("401", secret).location.endswith("/choose-password")


@pytest.mark.row("P-41")
def test_printing_hands_over_and_leaves_the_secret_nowhere_but_in_the_letter(browser: Browser) -> None:
    party = office.customer("401")
    granting.allow(access=granting.grant(party=party, by="command"), by="command")
    initial.draw(access=_access(party), by="command")
    synchronise()
    secret = initial.show(access=_access(party), by="command")

    text = bulk.done(browser, bulk.preview(browser, "letters", [party]))

    access = _access(party)
    assert access.initial_secret is None and access.initial_handed_over_at is not None
    account = db.session.scalars(select(Account)).one()
    assert account.initial_hash is not None
    events = db.session.scalars(select(Event).where(Event.access_id == access.id)).all()
    handed = [event for event in events if event.name == "access.initial_handed_over"]
    assert [event.facts["how"] for event in handed] == ["printed"]
    report = browser.get(f"/backoffice/access/bulk/{bulk.the_action().id}/report.csv").text
    kept = b"".join(db.session.scalars(select(LetterSlice.sealed)))
    assert secret not in text + report + str([event.facts for event in events])
    assert secret.encode() not in kept and b"%PDF" not in kept
    assert browser.post(f"/backoffice/access/{party.id}/show").status_code == 422


def test_only_who_asked_fetches_them_within_the_hour_and_each_time_is_written(app: Flask, browser: Browser) -> None:
    party = office.customer("401")
    granting.allow(access=granting.grant(party=party, by="command"), by="command")
    bulk.done(browser, bulk.preview(browser, "letters", [party]))
    action = bulk.the_action()
    url = f"/backoffice/access/bulk/{action.id}"
    a_clerk(email="marc@exemple.fr")
    marc = Browser(app)
    marc.sign_in_staff("marc@exemple.fr")
    assert "Seule la personne qui les a demandées" in marc.get(url).text
    marc.get("/backoffice/access")
    assert marc.post(f"{url}/letters").status_code == 403
    assert [browser.post(f"{url}/letters").mimetype for _time in range(2)] == ["application/pdf"] * 2
    assert _events("access.letters_downloaded") == 2

    action.keeps_until = clock.now() - timedelta(seconds=1)
    assert browser.post(f"{url}/letters").status_code == 303
    assert erase_expired() == 1
    assert db.session.scalar(select(func.count()).select_from(LetterSlice)) == 0
    assert "ont été effacées" in browser.get(url).text


def test_whoever_may_not_read_passwords_prints_none(app: Flask, browser: Browser) -> None:
    party = office.customer("401")
    granting.allow(access=granting.grant(party=party, by="command"), by="command")
    a_clerk(role="referent", email="lea@exemple.fr")
    lea = Browser(app)
    lea.sign_in_staff("lea@exemple.fr")
    assert "Imprimer les lettres" not in lea.get("/backoffice/access").text

    assert bulk.preview(lea, "letters", [party]).status_code == 403
    assert _events("access.letter_printed") == 0


def test_who_has_a_password_of_their_own_gets_no_letter(browser: Browser) -> None:
    party = office.customer("401")
    granting.allow(access=granting.grant(party=party, by="command"), by="command")
    synchronise()
    db.session.scalars(select(Account)).one().password_hash = "!"

    text = bulk.done(browser, bulk.preview(browser, "letters", [party]))

    assert "la personne a déjà choisi son mot de passe" in text
    assert "Télécharger les lettres" not in text


def test_a_killed_run_prints_each_page_once(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    from shared.access.bulk import advance

    monkeypatch.setattr("shared.access.bulk.AT_ONCE", 2)
    parties = [office.customer(f"L{at}") for at in range(5)]
    for party in parties:
        granting.allow(access=granting.grant(party=party, by="command"), by="command")
    answer = bulk.confirm(browser, bulk.preview(browser, "letters", parties))
    advance(action_id=bulk.the_action().id)
    bulk.work(answer.location)

    pdf = browser.post(f"/backoffice/access/bulk/{bulk.the_action().id}/letters").data
    names = [re.findall(r"Identifiant (\S+)", " ".join(page_text(pdf, at).split())) for at in range(5)]
    assert names == [["L0"], ["L1"], ["L2"], ["L3"], ["L4"]]


def _access(party: Party) -> Access:
    return db.session.scalars(select(Access).where(Access.party_id == party.id)).one()


def _events(name: str) -> int:
    return db.session.scalar(select(func.count()).select_from(Event).where(Event.name == name)) or 0


def _dots(pdf: bytes, page: int) -> list[list[bool]]:
    """The modules of the QR code on a page, from its picture."""
    for thing in pypdfium2.PdfDocument(pdf)[page].get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]):
        picture = thing.get_bitmap().to_pil().convert("L")
        return [[picture.getpixel((x, y)) < 128 for x in range(picture.width)] for y in range(picture.height)]
    raise AssertionError("no picture")


def _modules(text: str) -> list[list[bool]]:
    from PIL import Image

    picture = Image.open(io.BytesIO(bytes(qr_bitmap(text)))).convert("L")
    return [[picture.getpixel((x, y)) < 128 for x in range(picture.width)] for y in range(picture.height)]
