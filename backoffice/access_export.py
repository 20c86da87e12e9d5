"""The grid as CSV: the ten columns and the last login, never a secret."""

from flask import Response, request
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.access_filters import filters_of
from backoffice.access_rows import Row, rows
from backoffice.csv_answers import csv_answer
from backoffice.reach import family_for, scope
from shared.access import finding
from shared.web.permissions import Permission, requires


@backoffice.get("/access/export.csv")
@requires(Permission.ACCESS_SEE)
def access_export() -> Response:
    """The whole filter in the order of the screen, as a French spreadsheet opens it: UTF-8, semicolons."""
    family, _reached = family_for(request.args.get("family"), Permission.ACCESS_SEE)
    found = finding.every_line(
        family, scope(Permission.ACCESS_SEE), filters_of(request.args), sort=request.args.get("sort", "")
    )
    lines = ([_cells(row) for row in rows(some)] for some in found)
    return csv_answer(f"acces-{family.key}", _heads(), lines)


def _heads() -> list[str]:
    return [
        _("État"),
        _("Code"),
        _("Nom"),
        _("Email"),
        _("Identifiant"),
        _("Mot de passe"),
        _("Accès autorisé"),
        _("Notifier par email"),
        _("Email envoyé à"),
        _("Email envoyé le"),
        _("Dernière connexion"),
    ]


def _cells(row: Row) -> list[str]:
    yes, no = _("oui"), _("non")
    return [
        row.state_label,
        row.code,
        row.name,
        row.email,
        row.identifier,
        row.password_label,
        yes if row.allowed else no,
        yes if row.notify else no,
        row.sent_to,
        row.sent_at,
        row.last_login,
    ]
