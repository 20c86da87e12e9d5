"""A personal address, and the code received at it."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import EmailField, StringField
from wtforms.validators import InputRequired, Length


class AddressForm(FlaskForm):
    """Whose address it is shows by the code."""

    address = EmailField(
        _("Adresse e-mail personnelle"), [InputRequired(_("Écrivez votre adresse personnelle.")), Length(max=254)]
    )


class AddressCodeForm(FlaskForm):
    """Six figures, blanks or not."""

    code = StringField(_("Code reçu par e-mail"), [InputRequired(_("Écrivez le code reçu.")), Length(max=40)])
