"""State codes: added, closed while something bears them, deleted when nothing does."""

from sqlalchemy import select

from shared.extensions import db
from shared.records.models import StateCode
from tests.factories import office
from tests.factories.identity import Browser
from tests.factories.rules import a_record


def test_a_code_in_use_is_closed_and_one_that_is_not_is_deleted(browser: Browser) -> None:
    party = office.customer("4")
    browser.get("/backoffice/state-codes")
    for code in ("103", "104"):
        browser.post("/backoffice/state-codes", kind="intervention", code=code, label=f"État {code}")
    used, free = db.session.scalars(select(StateCode).order_by(StateCode.code))
    a_record(party, "intervention", state_code="103")
    for each in (used, free):
        browser.post(f"/backoffice/state-codes/{each.id}/remove")
    standing = db.session.scalars(select(StateCode).execution_options(populate_existing=True)).all()
    assert [(each.code, each.closed_at is not None) for each in standing] == [("103", True)]
    assert browser.post(f"/backoffice/state-codes/{used.id}/reopen").status_code == 303
    again = browser.post("/backoffice/state-codes", kind="intervention", code="103", label="Encore")
    assert again.status_code == 422 and "existe déjà" in again.text
