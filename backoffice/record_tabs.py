"""The strips of tabs of a record and of a document: each tab is a page of its own, shown where it may be opened."""

from typing import Any

from flask import current_app, request, url_for
from flask_babel import lazy_gettext as _

from backoffice.reach import scope

OF_RECORD: tuple[tuple[str, Any], ...] = (
    ("record", _("Détails")),
    ("record_documents", _("Documents")),
    ("record_notifications", _("Notifications")),
    ("record_messages", _("Messages")),
    ("record_timeline", _("Chronologie")),
)
OF_DOCUMENT: tuple[tuple[str, Any], ...] = (
    ("document", _("Document")),
    ("document_notifications", _("Notifications")),
    ("document_messages", _("Messages")),
)


def tabs_of(table: tuple[tuple[str, Any], ...], **named: Any) -> list[dict[str, Any]]:
    """The tabs that whoever asks may open, as `ui.tabs` takes them; no query."""
    shown = []
    for endpoint, label in table:
        view = current_app.view_functions.get(f"backoffice.{endpoint}")
        if view is None or not scope(getattr(view, "permission", "")).grants:
            continue
        url = url_for(f"backoffice.{endpoint}", **named)
        shown.append({"label": label, "url": url, "current": request.path == url})
    return shown
