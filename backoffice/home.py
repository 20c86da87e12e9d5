"""The first page: where the installation stands, and what asks for somebody."""

from typing import Any

from flask import Response, current_app, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.reach import scope
from backoffice.run_words import told_run
from backoffice.trial_words import told
from shared.access.starting import Step, steps
from shared.notifications.counting import Counts, counts
from shared.settings.trying import STEP
from shared.signatures.expiring import days_until
from shared.web.page import page
from shared.web.permissions import Permission, requires


@backoffice.get("/")
@requires(Permission.HOME)
def home() -> Response:
    """The five steps and the counters."""
    found = steps()
    trials = told(*(f"{STEP}{step.key}" for step in found))
    return page(
        "backoffice/home/show.html",
        blocks=("steps", "run"),
        steps=[(step, url(step.endpoint, **_tab(step))) for step in found],
        done=sum(step.done for step in found),
        tiles=_tiles(counts(scope(Permission.HOME))),
        may_synchronise=bool(scope(Permission.SYNCHRONISE).grants),
        may_try=bool(scope(Permission.SETTINGS_SEE).grants),
        trials=trials,
        run=told_run(),
    )


def url(endpoint: str, **values: Any) -> str:
    """The address of a page, empty when it does not exist or this person may not open it."""
    view = current_app.view_functions.get(f"backoffice.{endpoint}")
    if view is None or not scope(getattr(view, "permission", "")).grants:
        return ""
    return url_for(f"backoffice.{endpoint}", **values)


def _tab(step: Step) -> dict[str, str]:
    return {"family": step.family} if step.family else {}


def _tiles(found: Counts) -> list[dict[str, Any]]:
    """What is counted, with the page that lists it; « bad » when it wants somebody."""
    ending = days_until(found.certificate_ends)
    expiring = {"label": _("Jours de validité du certificat de signature"), "count": ending, "bad": 1}
    return [
        *([{**expiring, "url": url("settings_signature")}] if ending is not None else []),
        {
            "label": _("Accès à synchroniser"),
            "count": found.red,
            "url": url("access", state="unsynced"),
            "bad": found.red,
        },
        {
            "label": _("Notifications en attente"),
            "count": found.waiting,
            "url": url("history", status="waiting"),
            "bad": 0,
        },
        {
            "label": _("Propositions à confirmer"),
            "count": found.proposed,
            "url": url("proposals"),
            "bad": 0,
        },
        {
            "label": _("À vérifier"),
            "count": found.to_check,
            "url": url("history", status="unknown"),
            "bad": found.to_check,
        },
        {
            "label": _("Adresses rejetées"),
            "count": found.bouncing,
            "url": url("history", status="bounced"),
            "bad": found.bouncing,
        },
        {"label": _("Fichiers à rattacher"), "count": found.to_attach, "url": url("arrivals"), "bad": found.to_attach},
    ]
