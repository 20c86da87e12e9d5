"""What every tab of a record shows around itself: its name, whose it is, where it stands, its strip of tabs."""

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from backoffice.record_reach import may
from backoffice.record_tabs import OF_RECORD, tabs_of
from backoffice.record_words import badge, is_late, title_of
from shared.records.declaring import Kind
from shared.records.models import Record
from shared.web.page import page
from shared.web.permissions import Permission


def tab(
    template: str,
    record: Record,
    kind: Kind,
    *,
    about: str = "",
    status: int = 200,
    blocks: tuple[str, ...] = (),
    **context: Any,
) -> Response:
    """One tab; `about` is what its title says besides the record's name."""
    name = title_of(kind, record)
    listed = url_for("backoffice.records_list", kind=kind.key)
    return page(
        template,
        status=status,
        blocks=blocks,
        record=record,
        kind=kind,
        name=name,
        title=f"{name} : {about}" if about else name,
        tabs=tabs_of(OF_RECORD, record_id=record.id),
        badge=badge,
        is_late=is_late,
        may_edit=may(Permission.RECORDS_EDIT, record),
        breadcrumb=[(_(kind.plural), listed), (name, "")],
        **context,
    )
