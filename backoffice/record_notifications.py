"""« Notifications »: every message about one record or one document, and no other, in seven columns.

Those of a document are narrowed, ticked and taken away as in the history.
"""

import uuid

from flask import Response, request
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice._reaching import the_sheet
from backoffice.history_filter import chosen_filter, export_url, texts_to_choose
from backoffice.reach import scope
from backoffice.record_page import tab
from backoffice.record_reach import record_for
from backoffice.record_tabs import OF_DOCUMENT, tabs_of
from backoffice.wording import line_words
from shared.events.catalogue import CATALOGUE
from shared.notifications.about import about_document, about_record
from shared.notifications.narrowing import Filter
from shared.web.page import page
from shared.web.permissions import Permission, requires


@backoffice.get("/record/<uuid:record_id>/notifications")
@requires(Permission.HISTORY_SEE)
def record_notifications(record_id: uuid.UUID) -> Response:
    """The messages that this record caused."""
    record, kind = record_for(record_id, Permission.RECORDS_SEE)
    return tab(
        "backoffice/records/notifications.html",
        record,
        kind,
        about=_("notifications"),
        blocks=("results",),
        found=about_record(scope(Permission.HISTORY_SEE), record.id, **_keys()),
        words=line_words,
        event_words=event_words,
        mediums=mediums(),
    )


@backoffice.get("/documents/<uuid:document_id>/notifications")
@requires(Permission.HISTORY_SEE)
def document_notifications(document_id: uuid.UUID) -> Response:
    """The messages that announce this document."""
    sheet = the_sheet(document_id)
    chosen = chosen_filter(document_id=document_id, party_id=None, access_id=None, family="")
    return page(
        "backoffice/documents/notifications.html",
        blocks=("results",),
        sheet=sheet,
        tabs=tabs_of(OF_DOCUMENT, document_id=document_id),
        found=about_document(scope(Permission.HISTORY_SEE), chosen, **_keys()),
        chosen=chosen,
        narrowed=chosen != Filter(zone=chosen.zone, document_id=document_id),
        templates=texts_to_choose(),
        may_act=scope(Permission.HISTORY_ACT).reaches(sheet.folder),
        export_url=export_url(chosen),
        here=request.full_path.rstrip("?"),
        words=line_words,
        event_words=event_words,
        mediums=mediums(),
    )


def event_words(name: str) -> str:
    """What an event is called; one that is no longer declared keeps its name."""
    return _(CATALOGUE[name].label) if name in CATALOGUE else name


def mediums() -> dict[str, str]:
    """Each channel."""
    return {"email": _("E-mail"), "sms": _("SMS"), "fax": _("Fax"), "letter": _("Courrier"), "push": _("Notification")}


def _keys() -> dict[str, str]:
    return {name: request.args.get(name, "") for name in ("after", "before")}
