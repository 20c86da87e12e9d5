"""A family as it is typed."""

import json
from datetime import time
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField, StringField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from shared.people.founding import Kind, kind_of
from shared.people.models import ConsentState, EmailSlot, Family

SLOTS = (
    (EmailSlot.CARD.value, _("fiche")),
    (EmailSlot.QUOTE.value, _("devis")),
    (EmailSlot.BILLING.value, _("facturation")),
    (EmailSlot.REMINDER.value, _("relance")),
)
HOURS = ("quiet_from", "quiet_until")


class FamilyForm(FlaskForm):
    """`seen` is the family as it stood on screen; `key` is given once, at the creation."""

    seen = HiddenField()
    key = StringField(_("Clé"), [Optional(), Length(max=31)], description=_("Dans les adresses ; elle ne change plus."))
    label = StringField(_("Nom de la famille"), [InputRequired(_("Donnez un nom.")), Length(max=60)])
    one = StringField(_("Un tiers de cette famille"), [InputRequired(_("Donnez le singulier.")), Length(max=60)])
    root = StringField(
        _("Racine de la GED"),
        [InputRequired(_("Donnez une racine.")), Length(max=40)],
        description=_("En capitales : le début de tous les chemins de la famille."),
    )
    home_label = StringField(_("Nom de l’espace sur le portail"), [InputRequired(_("Donnez un nom.")), Length(max=60)])
    slots = SelectMultipleField(
        _("Cellules e-mail"),
        choices=[SelectChoice(*each) for each in SLOTS],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        default=[EmailSlot.CARD.value],
    )
    slot_fallback = SelectField(
        _("Cellule de secours"),
        choices=[SelectChoice("", _("aucune")), *(SelectChoice(*each) for each in SLOTS)],
        description=_("Celle qui sert quand la cellule voulue est vide."),
    )
    default_consent = SelectField(
        _("Dématérialisation des nouvelles entreprises"),
        choices=[
            SelectChoice("", _("à demander")),
            SelectChoice(ConsentState.ACCEPTED.value, _("Accepté")),
            SelectChoice(ConsentState.REQUESTED.value, _("En demande")),
            SelectChoice(ConsentState.REFUSED.value, _("Refusé")),
        ],
    )
    of_people = BooleanField(_("Les tiers de cette famille sont des personnes, pas des entreprises"))
    quiet_from = TimeField(
        _("Heures de repos, à partir de"),
        [Optional()],
        description=_("Aucune notification ne part, sauf celles de sécurité : elles attendent la fin."),
    )
    quiet_until = TimeField(_("Heures de repos, jusqu’à"), [Optional()])
    quiet_weekends = BooleanField(_("Le samedi et le dimanche aussi"))

    def kind(self) -> Kind:
        """What was typed, as the verbs take it."""
        consent = self.default_consent.data
        return Kind(
            label=self.label.data or "",
            one=self.one.data or "",
            root=self.root.data or "",
            home_label=self.home_label.data or "",
            slots=list(self.slots.data or ()),
            slot_fallback=self.slot_fallback.data or None,
            default_consent=ConsentState(consent) if consent else None,
            of_people=bool(self.of_people.data),
            quiet_from=self.quiet_from.data,
            quiet_until=self.quiet_until.data,
            quiet_weekends=bool(self.quiet_weekends.data),
        )

    def kind_seen(self) -> Kind | None:
        """What stood on screen; None for what nobody wrote."""
        try:
            values = json.loads(self.seen.data or "")
            consent = values["default_consent"]
            hours = {name: time.fromisoformat(values[name]) if values[name] else None for name in HOURS}
            return Kind(**{**values, **hours, "default_consent": ConsentState(consent) if consent else None})
        except (ValueError, TypeError, KeyError):
            return None


def values_of(family: Family) -> dict[str, Any]:
    """The form's fields as the family stands."""
    values = vars(kind_of(family))
    plain = {**values, "default_consent": values["default_consent"].value if values["default_consent"] else ""}
    shown = {**plain, "slot_fallback": plain["slot_fallback"] or ""}
    seen = {**plain, **{name: plain[name].isoformat() if plain[name] else None for name in HOURS}}
    return {**shown, "key": family.key, "seen": json.dumps(seen, ensure_ascii=False)}
