"""A document that is asked for, as it is typed."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from shared.deposits.requesting import LONGEST_LABEL, LONGEST_NOTE, MOST_MONTHS, Wanted


class RequestForm(FlaskForm):
    """Of one party, or of all those that `search` finds."""

    label = StringField(_("Document demandé"), [InputRequired(_("Dites quel document.")), Length(max=LONGEST_LABEL)])
    folder = SelectField(_("À déposer dans"), choices=[])
    search = StringField(
        _("Tiers dont le code ou le nom commence par"),
        [Optional(), Length(max=100)],
        description=_("Vide : tous les tiers de la famille qui ont un accès."),
    )
    due_on = DateField(_("À fournir avant le"), [Optional()])
    months = IntegerField(
        _("Valable combien de mois"),
        [Optional(), NumberRange(1, MOST_MONTHS, _("De 1 à 60 mois."))],
        description=_("Pour une attestation : elle est redemandée avant d’expirer. URSSAF : 6 mois."),
    )
    note = TextAreaField(_("Précision pour le tiers"), [Optional(), Length(max=LONGEST_NOTE)])
    reminds = BooleanField(_("Relancer : 7 jours avant, le jour même, 7 jours après"), default=True)

    def wanted(self) -> Wanted:
        """What was typed, as the verbs take it."""
        return Wanted(
            label=self.label.data or "",
            note=self.note.data or "",
            due_on=self.due_on.data,
            reminds=bool(self.reminds.data),
            months=self.months.data,
        )
