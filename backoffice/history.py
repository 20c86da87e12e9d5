"""The history of notifications: what left, what waits and why, what came back; cancel, send again, settle."""

import uuid
from dataclasses import replace
from datetime import date, datetime

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.reach import scope
from backoffice.wording import line_words
from shared.errors import Refused
from shared.events.actors import names_of
from shared.notifications.cancelling import cancel
from shared.notifications.finding import Filter, Key, line, titles_of
from shared.notifications.finding import history as found_lines
from shared.notifications.models import Status
from shared.notifications.releasing import waiting_reasons
from shared.notifications.resending import resend, settle_as_sent
from shared.settings.reading import company
from shared.web import visitors
from shared.web.form_key import form_key
from shared.web.page import go, page
from shared.web.permissions import Permission, requires

ACTIONS = {"cancel": cancel, "resend": resend, "sent": settle_as_sent}


@backoffice.get("/history")
@requires(Permission.HISTORY_SEE)
def history() -> Response:
    """Every line in reach, narrowed by the address bar, fifty at a time."""
    chosen = _filter()
    found = found_lines(
        scope(Permission.HISTORY_SEE),
        chosen,
        after=_key("after"),
        before=_key("before") if "after" not in request.args else None,
    )
    return page(
        "backoffice/history/list.html",
        blocks=("results",),
        found=found,
        chosen=chosen,
        narrowed=chosen != Filter(zone=chosen.zone),
        words=line_words,
        after=_written(found.after),
        before=_written(found.before),
        waiting=waiting_reasons(),
    )


@backoffice.get("/history/<uuid:notification_id>")
@requires(Permission.HISTORY_SEE)
def history_line(notification_id: uuid.UUID) -> Response:
    """One line with the text that left, and what may still be done with it."""
    found = line(scope(Permission.HISTORY_SEE), notification_id) or abort(404)
    return page(
        "backoffice/history/line.html",
        line=found,
        words=line_words(found),
        titles=titles_of([found.id]).get(found.id, []),
        names=names_of([found.requested_by] if found.requested_by else []),
        may_act=line(scope(Permission.HISTORY_ACT), notification_id) is not None,
    )


@backoffice.post("/history/<uuid:notification_id>/<any(cancel, resend, sent):action>")
@requires(Permission.HISTORY_ACT)
def history_act(notification_id: uuid.UUID, action: str) -> Response:
    """Cancel a line that waits, send a final one again, or say that one « à vérifier » did arrive."""
    if line(scope(Permission.HISTORY_ACT), notification_id) is None:
        abort(404)
    once = {"key": form_key()} if action == "resend" else {}
    try:
        ACTIONS[action](notification_id=notification_id, by=visitors.actor(), **once)
    except Refused as refusal:
        flash(refusal.sentence, "error")
        return go(url_for("backoffice.history_line", notification_id=notification_id))
    flash(_done(action), "success")
    return go(url_for("backoffice.history_line", notification_id=notification_id))


def _done(action: str) -> str:
    return {
        "cancel": _("La notification est annulée : elle ne partira pas."),
        "resend": _("La notification repart, à l’adresse d’aujourd’hui."),
        "sent": _("La ligne est notée comme envoyée."),
    }[action]


def _filter() -> Filter:
    """What the address bar says; a value that means nothing narrows nothing."""
    asked = request.args
    chosen = Filter(
        party_id=_uuid(asked.get("party")),
        document_id=_uuid(asked.get("document")),
        access_id=_uuid(asked.get("access")),
        family=asked.get("family", ""),
        text=asked.get("q", "").strip()[:100],
        since=_day(asked.get("since")),
        until=_day(asked.get("until")),
        zone=company().time_zone,
    )
    status = asked.get("status", "")
    return replace(chosen, status=status) if status in set(Status) else chosen


def _key(name: str) -> Key | None:
    moment, _tilde, identity = request.args.get(name, "").partition("~")
    found = _uuid(identity)
    try:
        return (datetime.fromisoformat(moment), found) if found else None
    except ValueError:
        return None


def _written(key: Key | None) -> str | None:
    return f"{key[0].isoformat()}~{key[1]}" if key else None


def _uuid(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
