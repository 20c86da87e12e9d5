"""An import of records: its file, and whether what it says has just happened."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField


class TellForm(FlaskForm):
    """The columns are as many as the file has: they are read from the request."""

    tell = BooleanField(
        _("Prévenir de ce que dit le fichier"),
        description=_("Sinon c’est une reprise d’historique : vos règles ne préviennent personne."),
    )


class ImportForm(TellForm):
    """The file."""

    file = FileField(
        _("Fichier CSV ou XLSX"),
        [FileRequired(_("Choisissez un fichier."))],
        description=_("Une ligne de titres, puis une ligne par pièce. 10 000 lignes au plus."),
    )
