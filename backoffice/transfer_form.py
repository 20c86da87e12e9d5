"""« FTP / Stockage »: the connection as it is typed. Fields that the environment decides are shown and not read."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, IntegerField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, NumberRange, Optional

from backoffice.settings_form import SeenForm
from shared.intake.transfer import PORTS, Transfer

FIELDS = ("protocol", "server", "port", "login", "password", "path", "temporary")


class TransferForm(SeenForm):
    """The ERP's server. An empty password keeps the one that stands."""

    protocol = SelectField(
        _("Protocole"),
        choices=(
            SelectChoice("sftp", _("SFTP (conseillé)")),
            SelectChoice("ftps", _("FTP chiffré (FTPS explicite)")),
            SelectChoice("ftp", _("FTP sans chiffrement")),
        ),
        default="sftp",
        validate_choice=False,  # the verb does, knowing what the environment decides
    )
    server = StringField(_("Serveur"), [Length(max=253)], description=_("Vide : aucune liaison."))
    port = IntegerField(
        _("Port"),
        [Optional(), NumberRange(1, 65_535, message=_("Un port est un nombre de 1 à 65535."))],
        description=_("Vide : 22 en SFTP, 21 en FTP."),
    )
    login = StringField(_("Identifiant"), [Length(max=300)])
    password = PasswordField(_("Mot de passe"), [Length(max=300)])
    path = StringField(
        _("Chemin"), [Length(max=300)], description=_("Le dossier où l’ERP dépose. Vide : le dossier d’arrivée.")
    )
    temporary = StringField(
        _("Dossier temporaire"),
        [Length(max=300)],
        description=_("Les fichiers y sont déplacés une fois reçus. Il doit exister sur le serveur."),
    )
    accept_plain = BooleanField(_("J’accepte que mot de passe et documents circulent en clair"))


def form_of(where: Transfer) -> TransferForm:
    """The form as the connection stands; never the password."""
    values: dict[str, Any] = {name: getattr(where, name) for name in FIELDS if name != "password"}
    if where.port == PORTS[where.protocol] and "port" not in where.locked:
        values["port"] = None
    return TransferForm(formdata=None, data=values)
