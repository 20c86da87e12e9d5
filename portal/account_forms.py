"""What is typed to come in, to choose a password, and on « Mon compte »."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

LONGEST = 1024


class SignInForm(FlaskForm):
    """The identifier is a customer code, an e-mail address or a phone number."""

    identifier = StringField(_("Identifiant"), [InputRequired(_("Écrivez votre identifiant.")), Length(max=320)])
    password = PasswordField(_("Mot de passe"), [InputRequired(_("Écrivez votre mot de passe.")), Length(max=LONGEST)])
    next = HiddenField()


class ForgottenForm(FlaskForm):
    """Whose password is to be chosen again."""

    identifier = StringField(
        _("Identifiant ou adresse e-mail"), [InputRequired(_("Écrivez votre identifiant.")), Length(max=320)]
    )


class NewPasswordForm(FlaskForm):
    """A password of one's own, typed once: a button shows it."""

    password = PasswordField(
        _("Nouveau mot de passe"),
        [InputRequired(_("Écrivez le mot de passe que vous choisissez.")), Length(max=LONGEST)],
    )


class ChangePasswordForm(NewPasswordForm):
    """The present one is asked again."""

    old = PasswordField(
        _("Mot de passe actuel"), [InputRequired(_("Écrivez votre mot de passe actuel.")), Length(max=LONGEST)]
    )


class ProofForm(FlaskForm):
    """What only the person a document was announced to knows."""

    proof = StringField(
        _("Code client ou code postal"), [InputRequired(_("Écrivez votre code ou votre code postal.")), Length(max=64)]
    )


class SeatForm(FlaskForm):
    """Which party one comes in for."""

    seat = HiddenField()
    next = HiddenField()
