"""A text written by the keyboard alone: « # » opens the tags, arrows choose, Enter puts one at the cursor."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from shared.extensions import db
from shared.notifications.models import Template
from shared.transactions import transaction
from tests.factories import office
from tests.journeys.conftest import Counter


@pytest.mark.row("A-09")
def test_a_tag_is_put_at_the_cursor_by_the_keyboard_alone(counter: Counter) -> None:
    with counter.machine.app.app_context(), transaction():
        own = db.session.scalars(select(Template.id).where(Template.key == "document.published.statement")).one()
    page = counter.staff()
    page.goto(f"{counter.url}/backoffice/templates/{own}")
    body = page.locator("textarea[name=body]")
    body.fill("Bonjour , à bientôt.")
    body.focus()
    page.keyboard.press("Home")
    for _step in range(len("Bonjour ")):
        page.keyboard.press("ArrowRight")
    page.keyboard.type("#nom")
    tags = page.get_by_role("listbox")
    expect(tags.get_by_role("option")).to_have_count(2)
    expect(tags.get_by_role("option", selected=True)).to_contain_text("#nom#")
    page.keyboard.press("ArrowDown")
    expect(tags.get_by_role("option", selected=True)).to_contain_text("#nom_personne#")
    page.keyboard.press("Enter")
    expect(body).to_have_value("Bonjour #nom_personne#, à bientôt.")
    expect(body).to_be_focused()
    expect(tags).to_be_hidden()
    page.keyboard.type(" #so")
    page.keyboard.press("Escape")
    expect(tags).to_be_hidden()
    expect(body).to_have_value("Bonjour #nom_personne# #so, à bientôt.")
    chip = page.get_by_role("button", name="#code#")
    chip.focus()
    page.keyboard.press("Enter")
    expect(body).to_have_value("Bonjour #nom_personne# #so#code#, à bientôt.")


def test_the_subject_takes_tags_too_and_the_preview_follows_what_is_typed(counter: Counter) -> None:
    with counter.machine.app.app_context(), transaction():
        own = db.session.scalars(select(Template.id).where(Template.key == "document.published.statement")).one()
        office.customer("Z1", "Zinguerie du Lac")
        office.customer("Z2", "Zébulon Frères")
    page = counter.staff()
    page.goto(f"{counter.url}/backoffice/templates/{own}")
    subject, body, preview = page.locator("#subject"), page.locator("#body"), page.locator("#apercu")
    subject.fill("Pour ")
    subject.press("End")
    page.keyboard.type("#nom")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(2)
    page.keyboard.press("Enter")
    expect(subject).to_have_value("Pour #nom#")
    page.keyboard.type(", code ")
    page.get_by_role("button", name="#code#").click()
    expect(subject).to_have_value("Pour #nom#, code #code#")
    expect(preview.locator("strong").first).to_contain_text(", code ")
    body.fill("Bonjour #nom#, voici #lien#")
    page.get_by_role("button", name="#code#").click()
    expect(body).to_have_value("Bonjour #nom#, voici #lien##code#")
    page.locator("#q").press_sequentially("zebulon")
    expect(page.locator("#party option")).to_have_count(1)
    body.fill("Chez vous, #nom# : #lien#")
    expect(preview).to_contain_text("Chez vous, Zébulon Frères")
    expect(preview.locator("strong").first).to_have_text("Pour Zébulon Frères, code Z2")
    page.locator("#q").fill("z")
    expect(page.locator("#party option")).not_to_have_count(1)
    page.locator("#party").select_option(label="Z1 — Zinguerie du Lac")
    expect(preview).to_contain_text("Chez vous, Zinguerie du Lac")
