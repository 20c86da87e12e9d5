"""The mailbox to which delivery reports come back."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import IntegerField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length


class MailboxForm(FlaskForm):
    """Who it is, and how it is opened; an empty server is no mailbox."""

    host = StringField(
        _("Serveur IMAP"), [Length(max=253)], description=_("Comme imap.exemple.fr. Vide : aucune boîte n’est lue.")
    )
    port = IntegerField(_("Port IMAP"), [InputRequired(_("Écrivez un port, comme 993."))], default=993)
    tls = SelectField(
        _("Chiffrement IMAP"),
        choices=[
            SelectChoice("tls", _("TLS dès la connexion (993)")),
            SelectChoice("starttls", _("STARTTLS (143)")),
            SelectChoice("none", _("Aucun, sur cette machine seulement")),
        ],
        default="tls",
    )
    username = StringField(_("Identifiant de la boîte"), [Length(max=200)])
    password = PasswordField(_("Mot de passe de la boîte"), [Length(max=500)])
    folder = StringField(
        _("Dossier à lire"),
        [Length(max=200)],
        default="INBOX",
        description=_("Une boîte réservée aux retours : chaque message lu est rangé dans « Guichet-lus »."),
    )
