"""How the pages of a payslip day read, and how its batches are reached."""

import uuid
from datetime import date
from typing import Any

from flask import request
from flask_babel import format_date
from flask_babel import gettext as _

from backoffice._reaching import unknown
from backoffice.reach import scope
from shared.documents.models import Folder
from shared.errors import Refused
from shared.intake import payslip_finding as finding
from shared.intake.payslip_models import BatchState, PageVerdict, PayslipBatch
from shared.web.permissions import Permission

SHOWN = ("held", "ready", "filed", "apart", "all")


def the_batch(batch_id: uuid.UUID) -> tuple[PayslipBatch, Folder]:
    """A batch whose folder was given by name; for anybody else it does not exist."""
    found = finding.batch_in(scope(Permission.PAYSLIPS), batch_id)
    return found if found is not None else unknown()


def the_folders() -> list[Folder]:
    """The folders of payslips in reach; without one the screen does not exist."""
    return finding.folders(scope(Permission.PAYSLIPS)) or unknown()


def typed_month() -> date:
    """The month of a form, as « 2026-10 »."""
    try:
        return date.fromisoformat(f"{request.form.get('month', '')}-01")
    except ValueError:
        raise Refused(_("Choisissez le mois payé."), "month") from None


def month_words(day: date) -> str:
    """« octobre 2026 », in the language of whoever reads."""
    return str(format_date(day, "MMMM y"))


def state_words() -> dict[str, tuple[str, str]]:
    """State of a batch → its words and the tone of its pill."""
    return {
        BatchState.READING.value: (_("Lecture en cours"), ""),
        BatchState.READY.value: (_("À vérifier"), "warn"),
        BatchState.PLANNED.value: (_("Distribution prévue"), "news"),
        BatchState.PUBLISHING.value: (_("Distribution en cours"), "news"),
        BatchState.PUBLISHED.value: (_("Distribué"), "good"),
        BatchState.DROPPED.value: (_("Abandonné"), ""),
    }


def verdict_words() -> dict[str, tuple[str, str, str]]:
    """Verdict of a page → its words, the icon and the tone of its pill."""
    return {
        PageVerdict.MATCHED.value: (_("Reconnu"), "check-circle-fill", "good"),
        PageVerdict.CONTINUED.value: (_("Suite"), "arrow-down", ""),
        PageVerdict.DOUBTFUL.value: (_("Douteux"), "question-circle", "warn"),
        PageVerdict.UNKNOWN.value: (_("Inconnu"), "question-circle", "warn"),
        PageVerdict.DUPLICATE.value: (_("En double"), "arrow-left-right", "warn"),
        PageVerdict.DELIVERED.value: (_("Déjà distribué"), "info-circle", ""),
        PageVerdict.LEFT.value: (_("Parti"), "question-circle", "warn"),
        PageVerdict.WRONG_MONTH.value: (_("Autre mois"), "question-circle", "warn"),
        PageVerdict.WRONG_COMPANY.value: (_("Autre entreprise"), "x-circle", "bad"),
        PageVerdict.NO_TEXT.value: (_("Sans texte"), "question-circle", "warn"),
        PageVerdict.DAMAGED.value: (_("Abîmée"), "x-circle", "bad"),
    }


def field_words() -> dict[str, Any]:
    """What a rule reads, as its screen names it."""
    return {
        "matricule": _("le matricule"),
        "name": _("le nom du salarié"),
        "period": _("le mois payé"),
        "employer": _("l’employeur"),
        "mark": _("le signe reconnu"),
    }
