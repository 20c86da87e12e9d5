"""The charts of the dashboard: where each bar stands is worked out here, and the same numbers go into a table."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from shared.documents.readership import LOOKED_AT, Week
from shared.notifications.tallying import LOOKED_AT as MESSAGES_LOOKED_AT
from shared.records.tallying import AGES, Aged
from shared.web.filters import money, number

HIGH, WIDE = 100.0, 1000.0  # of the drawing, which the page stretches to its own size
GAP = 0.25  # of the width of a group, left between two


class Bar(NamedTuple):
    """One rectangle of the drawing, its series, and what it says when pointed at."""

    series: int
    x: float
    y: float
    width: float
    height: float
    title: str


def days_chart(days: Sequence[tuple[date, int]], is_whole: bool) -> dict[str, Any]:
    """Messages sent per day."""
    total, most = sum(count for _day, count in days), max(count for _day, count in days)
    names = [format_date(day, "d MMM") for day, _count in days]
    sent = ngettext("%(num)s message envoyé en 30 jours.", "%(num)s messages envoyés en 30 jours.", total)
    told = _("%(most)s le jour le plus chargé.", most=number(most))
    return {
        "key": "sent",
        "title": _("Messages envoyés par jour"),
        "total": total,
        "summary": f"{sent} {told}" if total else _("Aucun message envoyé en 30 jours."),
        "limit": "" if is_whole else _("Seuls les %(most)s derniers sont comptés.", most=number(MESSAGES_LOOKED_AT)),
        "series": [_("Messages envoyés")],
        "bars": _bars(names, [[count for _day, count in days]], [_("Messages envoyés")]),
        "ends": (names[0], names[-1]),
        "columns": [_("Jour"), _("Messages envoyés")],
        "rows": [[format_date(day, "medium"), number(count)] for day, count in days],
    }


def weeks_chart(weeks: Sequence[Week], is_whole: bool) -> dict[str, Any]:
    """Documents published, opened and downloaded per week; how many were read within seven days."""
    series = [_("Mis à disposition"), _("Ouvertures"), _("Téléchargements")]
    parts = [[getattr(week, name) for week in weeks] for name in ("published", "opened", "downloaded")]
    names = [format_date(week.monday, "d MMM") for week in weeks]
    ripe, soon, total = sum(week.ripe for week in weeks), sum(week.soon for week in weeks), sum(map(sum, parts))
    return {
        "key": "read",
        "title": _("Documents mis à disposition et lus, par semaine"),
        "total": total,
        "summary": _published(sum(parts[0])) if total else _("Aucun document mis à disposition en 12 semaines."),
        "limit": "" if is_whole else _("Seuls les %(most)s derniers sont comptés.", most=number(LOOKED_AT)),
        "share": (soon, ripe),
        "series": series,
        "bars": _bars(names, parts, series),
        "ends": (names[0], names[-1]),
        "columns": [_("Semaine du"), *series, _("Lus dans les 7 jours")],
        "rows": [
            [
                format_date(week.monday, "medium"),
                *(number(count) for count in (week.published, week.opened, week.downloaded)),
                share_words(week.soon, week.ripe),
            ]
            for week in weeks
        ],
    }


def share_words(soon: int, ripe: int) -> str:
    """« 42 % »; a dash while no document has been there for seven days."""
    return _("%(share)s %%", share=number(round(100 * soon / ripe))) if ripe else "—"


def ages_chart(found: Sequence[Aged], url: str) -> dict[str, Any]:
    """What is owed on overdue invoices, by age, for each currency."""
    most = max((aged.owed for aged in found), default=Decimal(0))
    lines = [
        {
            "label": words,
            "owed": money(aged.owed, aged.currency),
            "invoices": ngettext("%(num)s facture", "%(num)s factures", aged.invoices),
            "width": _share(aged.owed, most) * WIDE,
        }
        for aged in _every_age(found)
        for words in (_age_words(aged.age),)
    ]
    totals = [
        money(sum((aged.owed for aged in found if aged.currency == currency), Decimal(0)), currency)
        for currency in dict.fromkeys(aged.currency for aged in found)
    ]
    return {
        "key": "owed",
        "title": _("Factures en retard, par ancienneté"),
        "total": len(found),
        "summary": _("Reste dû : %(amounts)s.", amounts=" + ".join(totals))
        if found
        else _("Aucune facture en retard."),
        "lines": lines if found else [],
        "url": url if found else "",
        "columns": [_("Retard"), _("Factures"), _("Reste dû")],
        "rows": [[line["label"], line["invoices"], line["owed"]] for line in lines],
    }


def _every_age(found: Sequence[Aged]) -> list[Aged]:
    known = {(aged.age, aged.currency): aged for aged in found}
    currencies = dict.fromkeys(aged.currency for aged in found)
    return [
        known.get((age, currency), Aged(age, currency, 0, Decimal(0)))
        for currency in currencies
        for age in range(len(AGES) + 1)
    ]


def _age_words(age: int) -> Any:
    if age == len(AGES):
        return _("Plus de %(days)s jours", days=AGES[-1])
    return _("%(least)s à %(most)s jours", least=AGES[age - 1] + 1 if age else 0, most=AGES[age])


def _published(count: int) -> Any:
    return ngettext(
        "%(num)s document mis à disposition en 12 semaines.",
        "%(num)s documents mis à disposition en 12 semaines.",
        count,
    )


def _bars(names: Sequence[str], series: Sequence[Sequence[int]], words: Sequence[str]) -> list[Bar]:
    """Side by side within each group, the highest as high as the drawing; what is not nothing is seen."""
    most = max(max(values) for values in series)
    group = WIDE / len(names)
    width = group * (1 - GAP) / len(series)
    found = []
    for place, values in enumerate(series):
        for at, value in enumerate(values):
            height = max(_share(value, most) * HIGH, 1.5) if value else 0.0
            x = at * group + group * GAP / 2 + place * width
            title = _("%(when)s : %(what)s, %(count)s", when=names[at], what=words[place], count=number(value))
            found.append(Bar(place, round(x, 1), round(HIGH - height, 1), round(width, 1), round(height, 1), title))
    return [bar for bar in found if bar.height]


def _share(value: Decimal | int, most: Decimal | int) -> float:
    return float(value / most) if most else 0.0
