"""The form of a rule: when, to whom, what, how."""

import uuid
from collections.abc import Iterable
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as said
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from backoffice.party_page import slot_words
from backoffice.rule_words import DAY, HOUR, audience_words
from shared.notifications.rule_events import RECORDS, audiences_for, dates_of, kind_of
from shared.notifications.rule_listing import Choices
from shared.notifications.rule_plan import AFTER, DATE, NOW, Plan
from shared.people.models import EmailSlot
from shared.records import typed
from shared.words import N_

UNITS = {"minutes": 1, "hours": HOUR, "days": DAY}
BEFORE, AFTERWARDS = "before", "after"


def boxes(label: Any) -> SelectMultipleField:
    """Several choices, one box each; none is all."""
    return SelectMultipleField(label, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())


class RuleForm(FlaskForm):
    """One rule about one event; `offer` fills the lists in."""

    label = StringField(_("Nom de la notification"), [InputRequired(_("Donnez-lui un nom.")), Length(max=80)])
    moment = RadioField(
        _("Quand part-elle ?"),
        choices=[SelectChoice(NOW, _("Tout de suite")), SelectChoice(AFTER, _("Après un délai"))],
        default=NOW,
    )
    delay = IntegerField(_("Délai"), [Optional(), NumberRange(0, 130_000, _("Donnez un délai de 90 jours au plus."))])
    unit = SelectField(
        _("Unité du délai"),
        choices=[
            SelectChoice("minutes", _("minutes")),
            SelectChoice("hours", _("heures")),
            SelectChoice("days", _("jours")),
        ],
        default="hours",
    )
    date_field = SelectField(_("Autour de quelle date"), choices=[], validate_choice=False)
    days = IntegerField(_("Nombre de jours"), [Optional(), NumberRange(0, 365, _("De 0 à 365 jours."))], default=0)
    side = SelectField(
        _("Avant ou après"),
        choices=[SelectChoice(BEFORE, _("avant la date")), SelectChoice(AFTERWARDS, _("après la date"))],
        default=BEFORE,
    )
    hour = IntegerField(_("À quelle heure"), [Optional(), NumberRange(0, 23, _("De 0 à 23 h."))], default=9)
    working_days = BooleanField(_("Jours ouvrés seulement"))
    family_ids = boxes(_("Familles de tiers"))
    statuses = boxes(_("États de la pièce"))
    state_codes = boxes(_("Codes d’état"))
    folder_ids = boxes(_("Répertoires"))
    amount_from = StringField(_("Montant à partir de"), [Optional(), Length(max=20)])
    amount_to = StringField(_("Montant jusqu’à"), [Optional(), Length(max=20)])
    audience = SelectField(_("Qui la reçoit"), choices=[])
    slot = SelectField(_("À quelle adresse de la fiche"), choices=[], default="")
    role = StringField(_("Fonction des interlocuteurs"), [Optional(), Length(max=80)])
    staff_role = SelectField(_("Rôle des gestionnaires"), choices=[], default="")
    template_id = SelectField(_("Texte"), choices=[])
    attaches = BooleanField(_("Joindre le PDF publié"))
    groups = BooleanField(_("Réunir plusieurs pièces du même tiers en un message"))
    automatic = RadioField(
        _("Comment part-elle ?"),
        choices=[
            SelectChoice("1", _("Toute seule")),
            SelectChoice("", _("Proposée : un brouillon prérempli attend que quelqu’un le relise et l’envoie")),
        ],
        default="1",
    )
    blind_copies = StringField(_("Copies cachées"), [Optional(), Length(max=600)])
    seen = HiddenField()

    def offer(self, event: str, choices: Choices, standing: str = "") -> None:
        """Fill the lists in for this event; `standing` is whom its shipped rule tells."""
        kind, words = kind_of(event), audience_words()
        usual, nobody = (
            ("", said(N_("l’adresse habituelle de cette pièce"))),
            ("", said(N_("ceux qui suivent la pièce"))),
        )
        audiences = audiences_for(event, standing)
        lists: dict[str, Iterable[tuple[str, Any]]] = {
            "date_field": [(key, said(label)) for key, label in dates_of(event).items()],
            "family_ids": choices.families.items(),
            "folder_ids": choices.folders.items(),
            "statuses": [(each.key, said(each.label)) for each in kind.statuses] if kind else [],
            "state_codes": [(code, f"{code} — {label}") for code, label in choices.codes.items()],
            "audience": [(name, words.get(name, name)) for name in audiences],
            "slot": [usual, *slot_words().items()],
            "staff_role": [nobody, *choices.roles.items()],
            "template_id": [("", said(N_("Choisissez un texte"))), *choices.templates.items()],
        }
        for name, pairs in lists.items():
            self[name].choices = [SelectChoice(value, label) for value, label in pairs]

    def plan(self, event: str, moment: str) -> Plan:
        """What was typed; raises Refused for an amount that is none. `moment` DATE: the event is a reminder."""
        asks_date = moment == DATE
        days = self.days.data or 0
        audience = self.audience.data or ""
        return Plan(
            label=self.label.data or "",
            event=event,
            audience=audience,
            template_id=_uuid(self.template_id.data),
            conditions=self._conditions(),
            moment=moment if asks_date else self.moment.data or NOW,
            delay=(self.delay.data or 0) * UNITS.get(self.unit.data or "", 1),
            date_field=self.date_field.data or "",
            days=-days if self.side.data == BEFORE else days,
            hour=9 if self.hour.data is None else self.hour.data,
            working_days=bool(self.working_days.data),
            automatic=bool(self.automatic.data),
            groups=bool(self.groups.data),
            attaches=bool(self.attaches.data),
            slot=EmailSlot(self.slot.data) if self.slot.data and audience.startswith(RECORDS) else None,
            role=(self.staff_role.data if audience == "record_staff" else self.role.data) or "",
            blind_copies=self.blind_copies.data or "",
        )

    def _conditions(self) -> dict[str, Any]:
        lists = {name: list(self[name].data or ()) for name in ("family_ids", "statuses", "state_codes", "folder_ids")}
        amounts = {name: typed.amount(self[name].data or "", name) for name in ("amount_from", "amount_to")}
        return lists | {name: "" if value is None else str(value) for name, value in amounts.items()}


def typed_of(plan: Plan, seen: str) -> dict[str, Any]:
    """A rule as it stands, for the fields of the form."""
    unit = next((name for name, size in reversed(UNITS.items()) if plan.delay and plan.delay % size == 0), "hours")
    amounts = {name: _spelled(plan.conditions.get(name)) for name in ("amount_from", "amount_to")}
    lists = {name: plan.conditions.get(name, []) for name in ("family_ids", "statuses", "state_codes", "folder_ids")}
    return {
        **{name: getattr(plan, name) for name in ("label", "date_field", "hour", "working_days", "audience")},
        **{name: getattr(plan, name) for name in ("groups", "attaches", "role")},
        **lists,
        **amounts,
        "moment": plan.moment if plan.moment == AFTER else NOW,
        "delay": plan.delay // UNITS[unit] or None,
        "unit": unit,
        "days": abs(plan.days),
        "side": AFTERWARDS if plan.days > 0 else BEFORE,
        "slot": plan.slot.value if plan.slot else "",
        "staff_role": plan.role if plan.audience == "record_staff" else "",
        "template_id": str(plan.template_id or ""),
        "automatic": "1" if plan.automatic else "",
        "blind_copies": plan.blind_copies.replace(";", "; "),
        "seen": seen,
    }


def _spelled(amount: str | None) -> str:
    return str(format_decimal(amount)) if amount else ""


def _uuid(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None
