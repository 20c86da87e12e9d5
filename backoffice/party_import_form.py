"""An import of parties: its file, and which column is which field."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField


class ImportForm(FlaskForm):
    """The file. An empty cell changes nothing, unless it is said to clear."""

    file = FileField(
        _("Fichier CSV ou XLSX"),
        [FileRequired(_("Choisissez un fichier."))],
        description=_("Une ligne de titres, puis une ligne par tiers. 20 Mo et 50 000 lignes au plus."),
    )
    empties_clear = BooleanField(
        _("Une case vide efface ce qui est enregistré"),
        description=_("Sinon, une case vide ne change rien."),
    )


class ColumnsForm(FlaskForm):
    """Only the token and the choice about empty cells: the columns are as many as the file has."""

    empties_clear = BooleanField(_("Une case vide efface ce qui est enregistré"))
