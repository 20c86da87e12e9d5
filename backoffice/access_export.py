"""The grid as CSV: the ten columns and the last login, never a secret."""

import csv
import io

from flask import Response, request
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.access_rows import Row, rows
from backoffice.reach import family_for, scope
from shared.access import finding
from shared.web.permissions import Permission, requires

FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run


@backoffice.get("/access/export.csv")
@requires(Permission.ACCESS_SEE)
def access_export() -> Response:
    """The whole filter, as a French spreadsheet opens it: UTF-8 with its mark, semicolons."""
    family, _reached = family_for(request.args.get("family"), Permission.ACCESS_SEE)
    q, state = request.args.get("q", ""), request.args.get("state", "")
    found = finding.every_line(family, scope(Permission.ACCESS_SEE), q=q, state=state)
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow(_heads())
    writer.writerows([_safe(cell) for cell in _cells(row)] for row in rows(found))
    answer = Response("\ufeff" + written.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="acces-{family.key}.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


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


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULAS) else cell
