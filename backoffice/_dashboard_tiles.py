"""The numbers of the dashboard, all counted in one query, each with the address of the list that shows the same."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import ScalarSelect

from backoffice.home import url
from backoffice.reach import scope
from shared.access import finding as access
from shared.access.filtering import Filters
from shared.deposits import finding as deposits
from shared.hooks.finding import failing
from shared.notifications.models import Reason, Status
from shared.notifications.narrowing import Filter
from shared.notifications.tallying import lines
from shared.people.finding import families
from shared.people.scopes import Scope
from shared.records import listing as records
from shared.records.tallying import records as counted_records
from shared.settings.reading import company
from shared.signatures import listing as signatures
from shared.tallying import MOST, ask
from shared.todos.finding import open_count
from shared.web.permissions import Permission

REASONS = (
    (Reason.NONE, lazy_gettext("Messages prêts à partir")),
    (Reason.SYNCHRONISATION, lazy_gettext("Messages qui attendent la synchronisation")),
    (Reason.PLANNED, lazy_gettext("Messages planifiés")),
    (Reason.QUIET_HOURS, lazy_gettext("Messages retenus pendant les heures calmes")),
    (Reason.SUSPENDED, lazy_gettext("Messages suspendus")),
    (Reason.RETRY, lazy_gettext("Messages qui attendent un nouvel essai")),
    (Reason.NO_ADDRESS, lazy_gettext("Messages sans adresse")),
    (Reason.DRAFT, lazy_gettext("Brouillons à compléter")),
)
ASKS = {Reason.NO_ADDRESS, Reason.DRAFT}  # these leave only once somebody has done something
FAILED_DAYS, ANSWERED_DAYS = 30, 90


class Figure(NamedTuple):
    """One number to count. `group`: a field of `Figures`; `tone`: bad when any calls for somebody."""

    group: str
    label: str
    counted: ScalarSelect[int]
    url: str
    tone: str = ""


class Figures(NamedTuple):
    """Label, count, « plus de… », address and tone of each, by group."""

    waiting: list[dict[str, Any]]
    failed: list[dict[str, Any]]
    records: list[dict[str, Any]]


def tiles(today: date) -> Figures:
    """What whoever looks may see; of what waits, reasons that hold nothing are left out."""
    values: dict[str, Any] = {}
    wanted = [*_messages(today), *_families(today, values), *_signatures(today), *_others(), *_records(today)]
    counts = ask({str(place): figure.counted for place, figure in enumerate(wanted)}, values)
    found = Figures([], [], [])
    for place, figure in enumerate(wanted):
        count = counts[str(place)]
        if count or figure.group == "records":
            getattr(found, figure.group).append(_tile(figure, count))
    return found


def _tile(figure: Figure, count: int) -> dict[str, Any]:
    more = count > MOST
    state = figure.tone if count else ""
    return {"label": figure.label, "count": min(count, MOST), "more": more, "url": figure.url, "state": state}


def _messages(today: date) -> Iterator[Figure]:
    reach, zone = scope(Permission.HISTORY_SEE), company().time_zone
    if not reach.grants:
        return
    for reason, label in REASONS:
        counted = lines(reach, Filter(status=Status.WAITING, reason=reason))
        address = url("history", status="waiting", reason=reason.value)
        yield Figure("waiting", str(label), counted, address, "bad" if reason in ASKS else "")
    yield Figure("waiting", _("Propositions à confirmer"), lines(reach, Filter(proposed=True)), url("proposals"))
    since = today - timedelta(days=FAILED_DAYS)
    lately = ((Status.BOUNCED, _("Messages rejetés en 30 jours")), (Status.FAILED, _("Échecs d’envoi en 30 jours")))
    for status, label in lately:
        counted = lines(reach, Filter(status=status, since=since, zone=zone))
        address = url("history", status=status.value, since=since.isoformat())
        yield Figure("failed", label, counted, address, "bad")
    unknown = lines(reach, Filter(status=Status.UNKNOWN))
    yield Figure("failed", _("Messages à vérifier"), unknown, url("history", status="unknown"), "bad")


def _families(today: date, values: dict[str, Any]) -> Iterator[Figure]:
    """Family by family, as these lists are; `values` takes what the query is asked with."""
    seats, papers = scope(Permission.ACCESS_SEE), scope(Permission.DOCUMENTS_SEE)
    for family in families(Scope((*seats.grants, *papers.grants))):
        if seats.reaches_family(family.id):
            counted, wanted = access.counted(family, seats, Filters(state="unsynced"))
            values.update(wanted)
            label = _("Accès à synchroniser : %(family)s", family=family.label)
            yield Figure("waiting", label, counted, url("access", family=family.key, state="unsynced"), "bad")
        if papers.reaches_family(family.id):
            label = _("Documents demandés en retard : %(family)s", family=family.label)
            address = url("requests", family=family.key, state=deposits.LATE)
            yield Figure("waiting", label, deposits.late(family, papers, today), address, "bad")


def _signatures(today: date) -> Iterator[Figure]:
    reach = scope(Permission.SIGNATURES_SEE)
    if not reach.grants:
        return
    before = today - timedelta(days=1)
    running, late, stuck = (
        signatures.count(reach, chosen)
        for chosen in (
            signatures.Filter(state="running"),
            signatures.Filter(due_before=before),
            signatures.Filter(state="stuck"),
        )
    )
    yield Figure("waiting", _("Signatures en cours"), running, url("signatures", state="running"))
    yield Figure("waiting", _("Signatures en retard"), late, url("signatures", due=before.isoformat()), "bad")
    yield Figure("failed", _("Signatures à reprendre"), stuck, url("signatures", state="stuck"), "bad")


def _others() -> Iterator[Figure]:
    if (reach := scope(Permission.TO_DO_SEE)).grants:
        yield Figure("waiting", _("À traiter"), open_count(reach), url("todo"), "bad")
    if scope(Permission.API_EDIT).grants:
        address = url("settings_api")
        yield Figure("failed", _("Adresses appelées qui ne répondent pas"), failing(), f"{address}#adresses", "bad")


def _records(today: date) -> Iterator[Figure]:
    reach = scope(Permission.RECORDS_SEE)
    if not reach.grants:
        return
    waiting = counted_records(reach, records.Filter(kind="quote", status="validated"))
    yield Figure(
        "records", _("Devis en attente de réponse"), waiting, url("records_list", kind="quote", status="validated")
    )
    since = today - timedelta(days=ANSWERED_DAYS)
    answered = (
        ("accepted", _("Devis des 90 derniers jours acceptés")),
        ("refused", _("Devis des 90 derniers jours refusés")),
    )
    for status, label in answered:
        counted = counted_records(reach, records.Filter(kind="quote", status=status, since=since))
        address = url("records_list", kind="quote", status=status, since=since.isoformat())
        yield Figure("records", label, counted, address)
    late = counted_records(reach, records.Filter(kind="invoice", late=True, today=today))
    yield Figure("records", _("Factures en retard"), late, url("records_list", kind="invoice", late=1), "bad")
