"""The versions of a text as they are read: some at a time by their number, and what one says otherwise than today's."""

import difflib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from shared.events.actors import staff_name
from shared.extensions import db
from shared.notifications.models import TemplateVersion

PAGE = 20
SAME, THEN, NOW = "same", "then", "now"


@dataclass(frozen=True)
class Versions:
    """One page of them, the latest first, each (version, name of the member of staff who wrote it or None).

    `older` is the number to go on from; None at the end.
    """

    rows: list[tuple[TemplateVersion, str | None]]
    older: int | None


def versions_of(template_id: uuid.UUID, locale: str, below: int | None = None) -> Versions:
    """The texts in one language, those numbered below `below` or the latest."""
    query = select(TemplateVersion, staff_name(TemplateVersion.by.expression)).where(
        TemplateVersion.template_id == template_id, TemplateVersion.locale == locale
    )
    if below is not None:
        query = query.where(TemplateVersion.number < below)
    return cut((version, name) for version, name in db.session.execute(some(query)))


def some(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """The latest versions of a query, one more than a page: it tells whether there are older ones."""
    return query.order_by(TemplateVersion.number.desc()).limit(PAGE + 1)


def cut(rows: Iterable[tuple[TemplateVersion, str | None]]) -> Versions:
    """A page of what `some` found."""
    found = list(rows)
    older = found[PAGE - 1][0].number if len(found) > PAGE else None
    return Versions(found[:PAGE], older)


def differences(then: str, today: str) -> list[tuple[str, str]]:
    """Line by line: (same | then | now, words). `then` stood in the earlier text only, `now` in today's only."""
    before, after = then.splitlines(), today.splitlines()
    said: list[tuple[str, str]] = []
    for what, i, i_end, j, j_end in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            said += [(SAME, line) for line in before[i:i_end]]
        else:
            said += [(THEN, line) for line in before[i:i_end]] + [(NOW, line) for line in after[j:j_end]]
    return said
