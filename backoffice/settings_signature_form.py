"""What signs for the company, and who says when: secrets go in and never come out."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length


class FileCertificateForm(FlaskForm):
    """A PKCS#12 file and what opens it."""

    file = FileField(
        _("Certificat de la société (PKCS#12)"),
        [FileRequired(_("Choisissez le fichier .p12 ou .pfx remis avec votre certificat."))],
    )
    password = PasswordField(_("Mot de passe du fichier"), [Length(max=500)])


class TokenCertificateForm(FlaskForm):
    """A key that stays in its PKCS#11 token."""

    module = StringField(
        _("Bibliothèque PKCS#11"),
        [InputRequired(_("Écrivez le chemin de la bibliothèque.")), Length(max=300)],
        description=_("Son chemin sur cette machine, comme /usr/lib/libeToken.so."),
    )
    token = StringField(_("Nom du jeton"), [InputRequired(_("Écrivez le nom du jeton.")), Length(max=64)])
    label = StringField(_("Nom de la clé"), [InputRequired(_("Écrivez le nom de la clé.")), Length(max=120)])
    pin = PasswordField(_("Code PIN du jeton"), [InputRequired(_("Écrivez le code PIN.")), Length(max=64)])


class TimestampServerForm(FlaskForm):
    """A server to ask for timestamps."""

    url = StringField(
        _("Serveur d’horodatage"),
        [InputRequired(_("Écrivez son adresse.")), Length(max=300)],
        description=_("Une adresse RFC 3161, comme https://horodatage.exemple.fr."),
    )
    username = StringField(
        _("Identifiant d’horodatage"), [Length(max=200)], description=_("Vide s’il n’en demande pas.")
    )
    secret = PasswordField(_("Mot de passe d’horodatage"), [Length(max=300)])
