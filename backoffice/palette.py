"""The command palette: one box (Ctrl-K) that finds screens, settings, parties and documents."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.navigation import screens
from backoffice.reach import scope
from backoffice.settings_index import found as settings_found
from shared.documents import exploring
from shared.folding import fold
from shared.people import finding
from shared.people.models import Staff
from shared.records import listing
from shared.records.kinds import KINDS
from shared.web import visitors
from shared.web.page import page
from shared.web.permissions import Permission, requires

EACH = 6  # results of one kind


@dataclass(frozen=True)
class Hit:
    """One result: what it is called, what is said beside it, where it leads."""

    label: str
    url: str
    beside: str = ""


@dataclass(frozen=True)
class Hits:
    """The results of one kind."""

    label: str
    icon: str
    lines: tuple[Hit, ...]


@backoffice.get("/find")
@requires(Permission.HOME)
def palette() -> Response:
    """The page of results, the dialog that Ctrl-K opens, or the results alone as one types."""
    typed = " ".join(request.args.get("q", "").split())[:100]
    groups = [group for group in _groups(visitors.staff(), typed) if group.lines]
    return page("backoffice/palette/show.html", blocks=("dialog", "hits"), typed=typed, groups=groups)


def _groups(staff: Staff, typed: str) -> Iterator[Hits]:
    words = fold(typed).split()
    named = [each for each in screens(staff, behind=bool(words)) if all(word in fold(each.label) for word in words)]
    yield Hits(_("Écrans"), "list", _first((Hit(each.label, each.url) for each in named), len(named)))
    if not typed:
        return
    yield Hits(_("Tiers"), "people", _first(_parties(typed)))
    yield Hits(_("Documents"), "file-earmark-text", _first(_documents(typed)))
    yield Hits(_("Pièces"), "receipt", _first(_records(typed)))
    settings = (Hit(each.label, each.url, each.screen) for each in settings_found(staff, typed))
    yield Hits(_("Réglages"), "sliders", _first(settings))


def _parties(typed: str) -> Iterator[Hit]:
    for row in finding.few(scope(Permission.PARTIES_SEE), typed, EACH):
        beside = _("%(family)s, code %(code)s", family=row.family, code=row.code)
        yield Hit(row.name, url_for("backoffice.party", party_id=row.id), beside)


def _documents(typed: str) -> Iterator[Hit]:
    for row in exploring.few(scope=scope(Permission.DOCUMENTS_SEE), search=typed, limit=EACH):
        label = f"{row.title} {row.number}".strip() if row.number not in row.title else row.title
        yield Hit(label, url_for("backoffice.document", document_id=row.id), row.name)


def _records(typed: str) -> Iterator[Hit]:
    for row in listing.few(scope(Permission.RECORDS_SEE), typed, EACH):
        kind = KINDS.get(row.kind)
        if kind is not None:
            yield Hit(f"{_(kind.label)} {row.number}", url_for("backoffice.record", record_id=row.id), row.name)


def _first(hits: Iterable[Any], most: int = EACH) -> tuple[Any, ...]:
    return tuple(islice(hits, most))
