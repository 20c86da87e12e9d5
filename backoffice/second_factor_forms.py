"""What staff type to prove, take and give up a second factor."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from shared.access.passkeys import LONGEST_LABEL


class CodeForm(FlaskForm):
    """Six figures, or a recovery code."""

    code = StringField(_("Code"), [InputRequired(_("Écrivez le code.")), Length(max=64)])


class KeyForm(FlaskForm):
    """What the browser's key answers."""

    credential = HiddenField()
    label = StringField(_("Nom de la clé"), [Length(max=LONGEST_LABEL)])


class ConfirmForm(FlaskForm):
    """The password, once more."""

    password = PasswordField(_("Mot de passe"), [InputRequired(_("Écrivez votre mot de passe.")), Length(max=1024)])
    next = HiddenField()
