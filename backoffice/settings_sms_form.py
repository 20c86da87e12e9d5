"""By which provider SMS leave, and the number that a trial goes to."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import IntegerField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional


class SmsForm(FlaskForm):
    """The key goes in and never comes out."""

    shape = SelectField(
        _("Fournisseur de SMS"),
        choices=(
            SelectChoice("", _("Aucun : pas de SMS")),
            SelectChoice("brevo", "Brevo"),
            SelectChoice("twilio", "Twilio"),
        ),
    )
    address = StringField(
        _("Adresse du fournisseur"),
        [Length(max=253)],
        description=_("Vide : son adresse habituelle. À remplir seulement pour un relais qui parle comme lui."),
    )
    account = StringField(
        _("Compte chez le fournisseur"), [Length(max=64)], description=_("Pour Twilio : il commence par AC.")
    )
    key = PasswordField(
        _("Clé du fournisseur de SMS"),
        [Optional(), Length(max=512)],
        description=_("Jamais réaffichée. Vide : celle qui est enregistrée reste."),
    )
    sender = StringField(
        _("Nom de l’expéditeur des SMS"),
        [Length(max=34)],
        description=_("De 3 à 11 lettres sans accent ou chiffres, ou le numéro que le fournisseur vous loue."),
    )
    timeout = IntegerField(
        _("Délai d’attente des SMS (secondes)"),
        [InputRequired(_("Écrivez un nombre."))],
        default=10,
        description=_("De 1 à 60."),
    )


class SmsTrialForm(FlaskForm):
    """Whoever sets it up tries it with their own telephone."""

    number = StringField(
        _("Votre numéro de mobile"), [InputRequired(_("Écrivez votre numéro de mobile.")), Length(max=40)]
    )
