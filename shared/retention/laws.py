"""What the law asks of each retention class: data, shipped once and brought up to date; staff may only lengthen it."""

from dataclasses import dataclass

from sqlalchemy import select

from shared.extensions import db
from shared.retention.models import RetentionRule, RetentionStart


@dataclass(frozen=True)
class Law:
    """`months` at least, from `start`; a duty survives an erasure, what is no duty does not."""

    months: int
    start: RetentionStart
    law: str
    is_duty: bool = True


LAWS: dict[str, Law] = {
    "invoice": Law(120, RetentionStart.YEAR_END, "Code de commerce, L123-22 : dix ans à compter de la clôture"),
    "order": Law(120, RetentionStart.YEAR_END, "Code de commerce, L123-22 : dix ans à compter de la clôture"),
    "quote": Law(60, RetentionStart.ISSUE, "Code civil, 2224 : cinq ans"),
    "contract": Law(60, RetentionStart.DEPARTURE, "Code civil, 2224 : cinq ans après la fin de la relation"),
    "employment": Law(60, RetentionStart.DEPARTURE, "Code du travail, R1221-26 : cinq ans après le départ"),
    "certificate": Law(60, RetentionStart.ISSUE, "Code du travail, D8222-5 ; Code civil, 2224 : cinq ans"),
    "payslip": Law(
        600, RetentionStart.FILING, "Code du travail, D3243-8 : cinquante ans, ou jusqu’aux 75 ans du salarié"
    ),
    "timesheet": Law(36, RetentionStart.ISSUE, "Code du travail, L3245-1 : trois ans"),
    "medical": Law(36, RetentionStart.ISSUE, "Code de la sécurité sociale, L332-1 et L3245-1 : trois ans"),
    "other": Law(60, RetentionStart.ISSUE, "Sans obligation : durée que la société se donne", is_duty=False),
}


def ship_retention() -> None:
    """Write the rules that are missing and what the law changed; a longer duration that staff chose stays."""
    known = {rule.key: rule for rule in db.session.scalars(select(RetentionRule))}
    for key, law in LAWS.items():
        rule = known.get(key)
        if rule is None:
            rule = RetentionRule(key=key, months=law.months)
            db.session.add(rule)
        rule.legal_months, rule.start, rule.law, rule.is_duty = law.months, law.start, law.law, law.is_duty
        rule.months = max(rule.months, law.months)
    db.session.flush()
