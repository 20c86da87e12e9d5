"""A mobile number, and the code received on it."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length


class NumberForm(FlaskForm):
    """Whose number it is shows by the code."""

    number = StringField(_("Numéro de mobile"), [InputRequired(_("Écrivez votre numéro de mobile.")), Length(max=40)])


class CodeForm(FlaskForm):
    """Six figures, blanks or not."""

    code = StringField(_("Code reçu par SMS"), [InputRequired(_("Écrivez le code reçu par SMS.")), Length(max=40)])
