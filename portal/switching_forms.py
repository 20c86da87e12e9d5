"""What proves that two accounts are one person's."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from portal.account_forms import LONGEST


class AddSpaceForm(FlaskForm):
    """One's own password, then the identifier and password of the other space."""

    own = PasswordField(
        _("Votre mot de passe actuel"), [InputRequired(_("Écrivez votre mot de passe actuel.")), Length(max=LONGEST)]
    )
    identifier = StringField(
        _("Identifiant de l’autre espace"), [InputRequired(_("Écrivez son identifiant.")), Length(max=320)]
    )
    password = PasswordField(
        _("Mot de passe de l’autre espace"), [InputRequired(_("Écrivez son mot de passe.")), Length(max=LONGEST)]
    )
