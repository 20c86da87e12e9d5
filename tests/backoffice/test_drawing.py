"""A line filled in is, mark for mark, the line that its template draws."""

import itertools
import uuid
from typing import Any

import pytest
from flask import Flask

from backoffice._drawing import TEMPLATE, Drawing
from backoffice.access_rows import Row
from backoffice.access_words import words

PLAIN = Row(
    id=uuid.UUID(int=7),
    code="CL<1>",
    name="L’Hôtel & « Fils » {{ 7 }}",
    email="a@exemple.fr",
    bounced=False,
    identifier="CL\"1'",
    state="valid",
    state_label="Valide",
    cause="",
    icon="check-circle-fill",
    tone="good",
    password="hidden",
    password_label="••••••",
    allowed=True,
    notify=False,
    revision=3,
    has_access=True,
    sent_to="b@exemple.fr",
    sent_at="22/11/2026 14:05",
    sent_state="Envoyé",
    sent_tone="good",
    is_leaving=False,
    last_login="",
)
CHANGES: tuple[dict[str, Any], ...] = (
    {},
    {"email": ""},
    {"bounced": True},
    {"state": "unsynced", "icon": "exclamation-triangle", "tone": "bad", "cause": "droit <changé>, à l’instant"},
    {"has_access": False, "state": "none", "icon": "dash-circle", "tone": "", "revision": 0},
    {"password": "set", "password_label": "défini", "allowed": False, "notify": True},
    {"sent_to": "", "sent_at": "", "sent_state": "", "last_login": "01/01/2026 08:00", "identifier": ""},
)


def as_it_is(row: Row) -> Row:
    return row


@pytest.mark.parametrize(("may_edit", "may_show"), list(itertools.product((True, False), repeat=2)))
def test_a_line_filled_in_is_the_line_of_the_template(app: Flask, may_edit: bool, may_show: bool) -> None:
    with app.test_request_context("/backoffice/access"):
        said = words(may_edit=may_edit, may_show=may_show)
        drawing, template = Drawing(said), app.jinja_env.get_template(TEMPLATE).module

        def drawn(row: Row) -> str:
            return drawing.lines([row], as_it_is).decode()

        for change in (*CHANGES, *CHANGES):
            row = PLAIN._replace(**change)
            assert drawn(row) == template.line(row, said)
            other = row._replace(id=uuid.UUID(int=8), code="X", name="<script>", revision=9)
            assert drawn(other) == template.line(other, said)
            assert "<script>" not in drawn(other)
