"""Keeping a class longer than the law asks; never less."""

from flask_babel import gettext as _

from shared.clock import now
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db
from shared.retention.models import RetentionRule

LONGEST = 1200  # months: a century


def lengthen(*, rule: RetentionRule, months: int, by: str) -> None:
    """Set the duration in months; Refused below what the law asks, or above a century."""
    db.session.refresh(rule, with_for_update=True)
    if months < rule.legal_months:
        raise Refused(
            _(
                "La loi demande au moins %(months)s mois (%(law)s). Rien n’a été changé.",
                months=rule.legal_months,
                law=rule.law,
            ),
            field="months",
        )
    if months > LONGEST:
        raise Refused(_("Une durée ne dépasse pas cent ans (1 200 mois). Rien n’a été changé."), field="months")
    if months == rule.months:
        return
    before, rule.months = rule.months, months
    rule.changed_at, rule.changed_by = now(), by
    db.session.flush()
    record("retention.changed", by=by, facts={"key": rule.key, "before": before, "after": months})
