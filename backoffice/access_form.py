"""The initial password that staff type."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput


class PasswordForm(FlaskForm):
    """`seen` is the revision of the line from which the form was opened."""

    seen = IntegerField(widget=HiddenInput(), validators=[Optional()])
    password = StringField(
        _("Mot de passe initial"),
        [InputRequired(_("Tapez un mot de passe.")), Length(max=256)],
        description=_(
            "Douze caractères ou plus. Il ne servira qu’une fois : la personne choisit ensuite le sien, "
            "que vous ne verrez jamais."
        ),
    )
    confirmed = BooleanField(_("Remplacer le mot de passe qui existe"))
