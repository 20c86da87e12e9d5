"""« Journal »: what happened, line by line, in its two chains; verified by a button, read by filters, taken as CSV."""

import json
import re
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from backoffice import backoffice
from backoffice.csv_answers import csv_answer
from backoffice.journal_form import LimitForm
from backoffice.journal_words import details, event_label
from backoffice.reach import scope
from shared.errors import Refused
from shared.events import checking
from shared.events.actors import WORDS, names_of
from shared.events.catalogue import CATALOGUE
from shared.events.finding import ACCOUNTS, Filter, every_line
from shared.events.finding import lines as found_lines
from shared.events.models import Chain
from shared.events.recording import record
from shared.events.wording import chain_name, sentences
from shared.extensions import db
from shared.people.models import Staff
from shared.settings.changing import change
from shared.settings.reading import company, setting
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires

ACTOR = re.compile(r"system|command|anonymous|account|(?:staff|account):[0-9a-f-]{36}")


@backoffice.get("/journal")
@requires(Permission.JOURNAL_SEE)
def journal() -> Response:
    """One chain, newest first, narrowed by the address bar."""
    return _page(LimitForm(formdata=None, data={"months": str(setting("security_log_months"))}))


@backoffice.post("/journal/verify")
@requires(Permission.JOURNAL_SEE)
def journal_verify() -> Response:
    """Ask for both chains to be verified; the page shows how far it is."""
    checking.ask(by=visitors.actor())
    flash(_("La vérification est lancée. Vous pouvez quitter cette page : son résultat y restera."), "info")
    return go(url_for("backoffice.journal", chain=_chain().value))


@backoffice.post("/journal/limit")
@requires(Permission.SETTINGS_EDIT)
def journal_limit() -> Response:
    """How many months the security log is kept."""
    form = LimitForm()
    if not form.validate_on_submit():
        return _page(form, 422, Chain.SECURITY)
    try:
        change(key="security_log_months", value=int(form.months.data), by=visitors.actor())
    except Refused as refusal:
        form.months.errors = [refusal.sentence]
        return _page(form, 422, Chain.SECURITY)
    flash(_("La durée est enregistrée. Elle vaut dès la prochaine purge, cette nuit."), "success")
    return go(url_for("backoffice.journal", chain=Chain.SECURITY.value))


@backoffice.get("/journal/export.csv")
@requires(Permission.JOURNAL_SEE)
def journal_export() -> Response:
    """The whole filter, as a French spreadsheet opens it: UTF-8 with its mark, semicolons."""
    chosen = _filter()
    record("journal.exported", by=visitors.actor(), facts={"chain": chosen.chain.value})
    reached = scope(Permission.JOURNAL_SEE)
    heads = [_("N°"), _("Date"), _("Événement"), _("Code"), _("Auteur"), _("Code tiers"), _("Tiers"), _("Détails")]
    return csv_answer(f"journal-{chosen.chain.value}", heads, _pages(every_line(reached, chosen)))


def _page(form: LimitForm, status: int = 200, chain: Chain | None = None) -> Response:
    chosen = _filter(chain)
    found = found_lines(
        scope(Permission.JOURNAL_SEE),
        chosen,
        after=request.args.get("after", ""),
        before=request.args.get("before", ""),
    )
    check = checking.newest()
    staff = {f"staff:{i}": name for i, name in db.session.execute(select(Staff.id, Staff.name).order_by(Staff.name))}
    others = {row.actor for row in found.rows} - set(staff)
    return page(
        "backoffice/journal/list.html",
        blocks=("results", "verification"),
        status=status,
        found=found,
        chosen=chosen,
        tabs=[_tab(each, each is chosen.chain) for each in Chain],
        names={**staff, **names_of(others)},
        actors=_actors(staff),
        events=sorted((event_label(name), name) for name, kind in CATALOGUE.items() if kind.chain is chosen.chain),
        event_label=event_label,
        details=details,
        check=check,
        told=[each for found in check.found.values() for each in sentences(found)] if check else [],
        limit_form=form,
        may_limit=bool(scope(Permission.SETTINGS_EDIT).grants),
    )


def _tab(chain: Chain, current: bool) -> dict[str, Any]:
    url = url_for("backoffice.journal", chain=chain.value)
    return {"label": chain_name(chain.value), "url": url, "current": current}


def _actors(staff: dict[str, str]) -> list[tuple[str, str]]:
    of_house = [(actor, _(word)) for actor, word in WORDS.items()]
    return [*staff.items(), (ACCOUNTS, _("Toute personne du portail")), *of_house]


def _filter(chain: Chain | None = None) -> Filter:
    """What the address bar says; a value that means nothing narrows nothing."""
    asked = request.args
    return Filter(
        chain=chain or _chain(),
        name=asked.get("event", "") if asked.get("event") in CATALOGUE else "",
        actor=asked.get("actor", "") if ACTOR.fullmatch(asked.get("actor", "")) else "",
        party="".join(sign for sign in asked.get("party", "").strip()[:60] if sign.isprintable()),
        since=_day(asked.get("since")),
        until=_day(asked.get("until")),
        zone=company().time_zone,
    )


def _chain() -> Chain:
    return Chain.SECURITY if request.args.get("chain") == Chain.SECURITY else Chain.EVIDENCE


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _pages(rows: Iterator[Any]) -> Iterator[list[list[str]]]:
    """Five hundred lines at a time, so that whose names they are is looked up once for all of them."""
    while batch := list(islice(rows, 500)):
        names = names_of({row.actor for row in batch})
        yield [_cells(row, names) for row in batch]


def _cells(row: Any, names: dict[str, str]) -> list[str]:
    return [
        str(row.number or ""),
        row.at.isoformat(),
        event_label(row.name),
        row.name,
        names.get(row.actor, row.actor),
        row.code or "",
        row.party_name or "",
        json.dumps(row.facts, ensure_ascii=False, sort_keys=True),
    ]
