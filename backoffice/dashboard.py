"""« Tableau de bord »: what waits, what failed, what was read; each number leads to the list that holds it."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice._dashboard_charts import ages_chart, days_chart, weeks_chart
from backoffice._dashboard_tiles import Figures, tiles
from backoffice.home import url
from backoffice.reach import scope
from shared.clock import now, today
from shared.documents.readership import weeks
from shared.notifications.tallying import sent_by_day
from shared.records.tallying import overdue
from shared.settings.reading import company
from shared.web.page import page
from shared.web.permissions import Permission, requires

WEEKS, DAYS = 12, 30


@backoffice.get("/dashboard")
@requires(Permission.HOME)
def dashboard() -> Response:
    """The numbers within the reach of whoever looks; what they may not see is not there."""
    figures = tiles(today())
    charts = [chart for chart in (_read(), _sent(), _owed()) if chart]
    return page(
        "backoffice/dashboard/show.html",
        groups=_groups(figures),
        charts=charts,
        is_empty=not any(figure["count"] for shown in figures for figure in shown)
        and not any(chart["total"] for chart in charts),
        next_steps=_next_steps(),
    )


def _groups(figures: Figures) -> list[tuple[str, list[dict[str, Any]], str]]:
    """Title, numbers, and what is said when there are none."""
    groups = [
        (_("Ce qui attend"), figures.waiting, _("Rien n’attend.")),
        (_("Ce qui a échoué"), figures.failed, _("Rien n’a échoué.")),
    ]
    return [*groups, (_("Devis et factures"), figures.records, "")] if figures.records else groups


def _read() -> dict[str, Any] | None:
    reach, day = scope(Permission.DOCUMENTS_SEE), _local_day()
    if not reach.grants:
        return None
    monday = day - timedelta(days=day.weekday())
    mondays = [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    return weeks_chart(*weeks(reach, mondays, company().time_zone))


def _owed() -> dict[str, Any] | None:
    reach = scope(Permission.RECORDS_SEE)
    return ages_chart(overdue(reach, today()), url("records_list", kind="invoice", late=1)) if reach.grants else None


def _sent() -> dict[str, Any] | None:
    reach = scope(Permission.HISTORY_SEE)
    if not reach.grants:
        return None
    days = [_local_day() - timedelta(days=back) for back in reversed(range(DAYS))]
    found, is_whole = sent_by_day(reach, days, company().time_zone)
    return days_chart([(day, found.get(day, 0)) for day in days], is_whole)


def _local_day() -> date:
    """The day that it is in the zone which the company chose."""
    return now().astimezone(ZoneInfo(company().time_zone)).date()


def _next_steps() -> list[tuple[str, str]]:
    steps = [
        (_("Suivre la mise en route"), url("home")),
        (_("Ajouter un tiers"), url("parties_new", family="customers")),
        (_("Déposer des documents"), url("explorer")),
    ]
    return [(label, address) for label, address in steps if address]
