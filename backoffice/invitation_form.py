"""The password that an invited member of staff chooses."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.validators import InputRequired, Length

from backoffice.account_forms import LONGEST


class InvitationForm(FlaskForm):
    """Typed once, and shown on request."""

    password = PasswordField(_("Mot de passe"), [InputRequired(_("Choisissez un mot de passe.")), Length(max=LONGEST)])
