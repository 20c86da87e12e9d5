"""What the address bar of the history says: one reading of it for every place that shows the lines."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from flask import request, url_for
from sqlalchemy import Row, select

from backoffice.reach import scope
from backoffice.wording import line_words
from shared.extensions import db
from shared.notifications.finding import Key
from shared.notifications.finding import history as found_lines
from shared.notifications.models import Reason, Status, Template
from shared.notifications.narrowing import Filter
from shared.people.finding import families
from shared.settings.reading import company
from shared.web.permissions import Permission

PROPOSED = "proposed"  # in the list of reasons, where a person looks for it
YEARS = range(1970, 3000)  # a day outside of them is a slip of the keyboard, and some have no midnight


def chosen_filter(**fixed: Any) -> Filter:
    """The filter asked for, `fixed` parts apart; a value that means nothing narrows nothing."""
    asked = request.args
    chosen = Filter(
        party_id=_uuid(asked.get("party")),
        document_id=_uuid(asked.get("document")),
        access_id=_uuid(asked.get("access")),
        template_id=_uuid(asked.get("template")),
        family=asked.get("family", ""),
        text=asked.get("q", "").strip()[:100],
        since=_day(asked.get("since")),
        until=_day(asked.get("until")),
        zone=company().time_zone,
    )
    status, reason = asked.get("status", ""), asked.get("reason", "")
    if status in set(Status):
        chosen = replace(chosen, status=status)
    if reason in set(Reason) and status in ("", Status.WAITING):
        chosen = replace(chosen, reason=reason)
    if reason == PROPOSED and status in ("", Status.WAITING):
        chosen = replace(chosen, proposed=True)
    return replace(chosen, **fixed)


def lines_shown(chosen: Filter) -> dict[str, Any]:
    """What templates/backoffice/history/lines.html wants: the same wherever the history is opened."""
    after, before = read_key("after"), read_key("before")
    reach = scope(Permission.HISTORY_SEE)
    found = found_lines(reach, chosen, after=after, before=before if after is None else None)
    return {
        "found": found,
        "chosen": chosen,
        "narrowed": chosen != Filter(zone=chosen.zone, party_id=chosen.party_id),
        "words": line_words,
        "after": written_key(found.after),
        "before": written_key(found.before),
        "families": families(reach),
        "templates": texts_to_choose(),
        "may_act": bool(scope(Permission.HISTORY_ACT).grants),
        "export_url": export_url(chosen),
    }


def texts_to_choose() -> Sequence[Row[Any]]:
    """The texts by which the lines are narrowed."""
    query = select(Template.id, Template.label).where(Template.deleted_at.is_(None)).order_by(Template.label)
    return db.session.execute(query).all()


def export_url(chosen: Filter) -> str:
    """The file of the lines that are shown, wherever they are."""
    asked = {name: text for name, text in request.args.items() if text and name not in ("party", "after", "before")}
    fixed = {"party": chosen.party_id, "document": chosen.document_id}
    return url_for("backoffice.history_export", **asked | {name: str(each) for name, each in fixed.items() if each})


def read_key(name: str) -> Key | None:
    """The place in the list that the address bar names, if it is one."""
    moment, _tilde, identity = request.args.get(name, "").partition("~")
    found = _uuid(identity)
    try:
        return (datetime.fromisoformat(moment), found) if found else None
    except ValueError:
        return None


def written_key(key: Key | None) -> str | None:
    """A place in the list, for the address bar."""
    return f"{key[0].isoformat()}~{key[1]}" if key else None


def _uuid(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None


def _day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        return None
    return day if day and day.year in YEARS else None
