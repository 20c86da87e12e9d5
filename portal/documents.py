"""The lists of the portal: every document, and the pages where the links of notices land."""

import uuid
from collections.abc import Iterable

from flask import Response, request

from portal import portal
from shared.clock import now
from shared.documents import browsing
from shared.web import visitors
from shared.web.page import page
from shared.web.permissions import Permission, requires

LONGEST_SEARCH = 100


@portal.get("/documents")
@requires(Permission.PORTAL_READ)
def documents() -> Response:
    """Everything that this seat may read, by folder, by word, fifty rows at a time."""
    seat, folder_id, search = visitors.seat(), request.args.get("folder", type=uuid.UUID), _search()
    folders = browsing.choices(seat=seat)
    found = browsing.latest(seat=seat, folder_id=folder_id, search=search, new=_only_new(), after=_after())
    return page(
        "portal/documents/documents.html",
        blocks=("results",),
        folders=folders,
        classes=_classes(folders),
        folder=next((folder for folder in folders if folder.id == folder_id), None),
        lines=found.lines,
        after=found.after,
        search=search,
        only_new=_only_new(),
        announced=_announced(),
    )


@portal.get("/documents/invoices")
@requires(Permission.PORTAL_READ)
def invoices() -> Response:
    """« Relevé de compte »: every invoice and credit note, and what they add up to."""
    return _of_class("invoice", "portal/documents/invoices.html")


@portal.get("/documents/quotes")
@requires(Permission.PORTAL_READ)
def quotes() -> Response:
    """Every quote shared with this party."""
    return _of_class("quote", "portal/documents/quotes.html")


@portal.get("/documents/payslips")
@requires(Permission.PORTAL_READ)
def payslips() -> Response:
    """Every payslip, by year."""
    return _of_class("payslip", "portal/documents/payslips.html")


def _of_class(document_class: str, template: str) -> Response:
    seat = visitors.seat()
    found = browsing.of_class(seat=seat, document_class=document_class, after=_after())
    return page(
        template,
        blocks=("results",),
        lines=found.lines,
        after=found.after,
        classes=_classes(browsing.choices(seat=seat)),
        at=now(),
        totals=browsing.totals(seat=seat, document_class=document_class),
        announced=_announced(),
    )


def _classes(folders: Iterable[browsing.Choice]) -> set[str]:
    """What kinds of documents this seat may be given: each has a list of its own."""
    return {folder.document_class for folder in folders}


def _search() -> str:
    """What was typed, without the marks that no title holds."""
    typed = request.args.get("q", "")[:LONGEST_SEARCH]
    return "".join(mark for mark in typed if mark.isprintable()).strip()


def _only_new() -> bool:
    return request.args.get("unread") == "1"


def _after() -> str:
    return request.args.get("after", "")


def _announced() -> uuid.UUID | None:
    """The document that a notice was about, named by its link."""
    return request.args.get("new", type=uuid.UUID)
