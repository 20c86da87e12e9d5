"""« Synchroniser »: what waits for it is applied by the worker; the page says what differs, and what it did."""

from flask import Response, flash, request
from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice import backoffice
from backoffice.access_rows import reason_words
from backoffice.journal_words import event_label
from backoffice.reach import scope
from backoffice.run_words import told_run
from shared.access import causes, differences, running
from shared.events.actors import names_of
from shared.notifications.finding import some, titles_of
from shared.notifications.models import Reason
from shared.notifications.releasing import waiting_reasons
from shared.settings.reading import is_automatic
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires
from shared.web.redirects import safe_next

RELEASED = (Reason.NONE, Reason.SYNCHRONISATION, Reason.RETRY)


@backoffice.get("/synchronising")
@requires(Permission.SYNCHRONISE)
def synchronising() -> Response:
    """« Voir les différences »: three lists, and the last run."""
    kind = request.args.get("list", "accesses")
    kind = kind if kind in differences.KINDS else "accesses"
    reach = scope(Permission.SYNCHRONISE)
    found = differences.page_of(kind, reach, after=request.args.get("after", ""), before=request.args.get("before", ""))
    actors = {row.changed_by for row in found.rows} if kind == "accesses" else set()
    ids = [row.id for row in found.rows] if kind == "notices" else []
    return page(
        "backoffice/synchronising/show.html",
        blocks=("results", "run"),
        kind=kind,
        found=found,
        counts=differences.counts(reach),
        names=names_of(actors),
        why=causes.words,
        lines={line.id: line for line in some(reach, ids)} if ids else {},
        titles=titles_of(ids),
        event_words=event_label,
        run=told_run(),
        applied=running.last_applied(),
        automatic=is_automatic(),
    )


@backoffice.post("/synchronise")
@requires(Permission.SYNCHRONISE)
def synchronise() -> Response:
    """Ask for it and say what it will do. Clicked fifty times, it runs once."""
    different = differences.counts(scope(Permission.SYNCHRONISE))
    waiting = waiting_reasons()
    _run, is_new = running.press(
        by=visitors.actor(), expected=different.accesses + different.documents + different.reserved
    )
    flash(_result(different.accesses, waiting) if is_new else _joined(_run.ended_at is None), "success")
    return go(safe_next(request.form.get("back"), otherwise="/backoffice/"))


def _joined(is_running: bool) -> str:
    if is_running:
        return _("Une synchronisation est déjà en cours : elle prend aussi ce que vous venez de demander.")
    return _("Rien n’a changé depuis la dernière synchronisation : il n’y avait rien à faire.")


def _result(count: int, waiting: dict[Reason, int]) -> str:
    leaving = sum(waiting.get(reason, 0) for reason in RELEASED)
    sentences = [
        _("Synchronisation demandée."),
        ngettext("%(num)s accès à mettre à jour", "%(num)s accès à mettre à jour", count)
        + ", "
        + ngettext("%(num)s message à envoyer.", "%(num)s messages à envoyer.", leaving),
    ]
    words = reason_words()
    held = [f"{words[reason]} : {number}" for reason, number in waiting.items() if reason not in RELEASED and number]
    if held:
        sentences.append(_("Restent en attente pour une autre raison — %(reasons)s.", reasons=", ".join(held)))
    return " ".join(sentences)
