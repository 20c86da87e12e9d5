"""How long the security log is kept."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice


class LimitForm(FlaskForm):
    """Six to twelve months."""

    months = SelectField(
        _("Durée de conservation"),
        choices=[SelectChoice(str(months), _("%(months)s mois", months=months)) for months in range(6, 13)],
        description=_("La CNIL recommande de 6 à 12 mois. Le journal de preuve, lui, n’est jamais purgé."),
    )
