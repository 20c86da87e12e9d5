"""Pressing a button of the access grid on a selection, as a browser does."""

import re
import uuid

from bs4 import BeautifulSoup
from sqlalchemy import select
from werkzeug.test import TestResponse

from shared import jobs
from shared.access import selecting
from shared.access.bulk import advance
from shared.access.bulk_models import BulkAction, BulkKind
from shared.extensions import db, uuid7
from shared.people.models import Party
from tests.factories.identity import Browser


def preview(browser: Browser, action: str, parties: list[Party], **fields: object) -> TestResponse:
    ticked = [str(party.id) for party in parties]
    return _post(browser, "/backoffice/access/selection", {"action": action, "ids": ticked, **fields})


def preview_filter(browser: Browser, action: str, query: str, **fields: object) -> TestResponse:
    """« toutes les N lignes du filtre » ticked on the grid as it is shown; the preview must speak of those N."""
    grid = BeautifulSoup(browser.get(f"/backoffice/access?{query}").text, "html.parser")
    bar = grid.select_one("form[data-selection]")
    assert bar is not None
    tick, button = bar.select_one("label input[name=everything]"), bar.select_one(f"button[value={action}]")
    assert tick is not None and tick.parent is not None and button is not None
    (number,) = re.findall(r"toutes les ([\d\s]+) lignes du filtre", tick.parent.text)
    sent = {"everything": str(tick["value"]), str(button["name"]): action, **fields}
    shown = _post(browser, str(bar["action"]), sent)
    heading = BeautifulSoup(shown.text, "html.parser").select_one("h1")
    assert heading is not None
    assert re.findall(r": ([\d\s]+) ligne", heading.text) == [number]
    return shown


def confirm(browser: Browser, shown: TestResponse, query: str = "", *, unticked: bool = False) -> TestResponse:
    """Sends what the last form of the preview holds, its tick as it stands or taken away."""
    form = shown.text[shown.text.index("/backoffice/access/selection/apply") :]
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form):
        fields.setdefault(name, []).append(value)
    if 'name="others" value="1" checked' in form and not unticked:
        fields["others"] = ["1"]
    return _post(browser, f"/backoffice/access/selection/apply?{query}", fields)


def done(browser: Browser, shown: TestResponse, query: str = "", *, unticked: bool = False) -> str:
    """Confirmed, carried out by the job; the page of the action afterwards."""
    answer = confirm(browser, shown, query, unticked=unticked)
    assert answer.status_code == 303, answer.text
    work(answer.location)
    return browser.get(answer.location).text


def an_action(kind: BulkKind, parties: list[Party], by: str, *, carried_out: bool = True) -> BulkAction:
    """Confirmed by the verbs, and carried out or not."""
    ids = [party.id for party in parties]
    digest = selecting.foresee(kind=kind, party_ids=ids).digest
    action = selecting.confirm(action_id=uuid7(), kind=kind, party_ids=ids, digest=digest, by=by)
    while carried_out and advance(action_id=action.id):
        pass
    return action


def work(location: str) -> None:
    jobs.carry_out(str(uuid.UUID(location.rsplit("/", 1)[1])))
    db.session.expire_all()


def the_action() -> BulkAction:
    return db.session.scalars(select(BulkAction).order_by(BulkAction.id.desc()).limit(1)).one()


def _post(browser: Browser, url: str, fields: dict[str, object]) -> TestResponse:
    answer: TestResponse = browser.client.post(url, data={**fields, "csrf_token": browser.token})
    return answer
