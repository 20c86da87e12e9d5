"""What staff type to come in, to start an installation, and on their own account."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

LONGEST = 1024


class SignInForm(FlaskForm):
    """An e-mail address and a password."""

    email = EmailField(_("Adresse e-mail"), [InputRequired(_("Écrivez votre adresse e-mail.")), Length(max=320)])
    password = PasswordField(_("Mot de passe"), [InputRequired(_("Écrivez votre mot de passe.")), Length(max=LONGEST)])
    next = HiddenField()


class FirstStartForm(FlaskForm):
    """The first administrator, and the code that the terminal shows."""

    code = StringField(_("Code affiché dans le terminal"), [InputRequired(_("Écrivez le code.")), Length(max=64)])
    name = StringField(_("Prénom et nom"), [InputRequired(_("Écrivez votre nom.")), Length(max=120)])
    email = EmailField(_("Adresse e-mail"), [InputRequired(_("Écrivez votre adresse e-mail.")), Length(max=320)])
    password = PasswordField(_("Mot de passe"), [InputRequired(_("Choisissez un mot de passe.")), Length(max=LONGEST)])


class ChangePasswordForm(FlaskForm):
    """The present password, and the one to come."""

    old = PasswordField(
        _("Mot de passe actuel"), [InputRequired(_("Écrivez votre mot de passe actuel.")), Length(max=LONGEST)]
    )
    password = PasswordField(
        _("Nouveau mot de passe"),
        [InputRequired(_("Écrivez le mot de passe que vous choisissez.")), Length(max=LONGEST)],
    )
