"""The lists of the portal: every document, and the pages where the links of notices land."""

import uuid

from flask import Response, request, url_for

from portal import portal
from shared.documents import browsing
from shared.records.visible import lists_of
from shared.web import visitors
from shared.web.page import go, page
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
        lists=lists_of(seat),
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
    """Where the statement of account stood: links of earlier mails and bookmarks still find it."""
    return go(url_for("portal.statement_page", new=_announced()))


@portal.get("/documents/quotes")
@requires(Permission.PORTAL_READ)
def quotes() -> Response:
    """The same for quotes."""
    return go(url_for("portal.quote_list", new=_announced()))


@portal.get("/documents/payslips")
@requires(Permission.PORTAL_READ)
def payslips() -> Response:
    """Every payslip, by year."""
    seat = visitors.seat()
    found = browsing.of_class(seat=seat, document_class="payslip", after=_after())
    return page(
        "portal/documents/payslips.html",
        blocks=("results",),
        lines=found.lines,
        after=found.after,
        lists=lists_of(seat),
        announced=_announced(),
    )


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
