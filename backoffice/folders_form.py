"""A new folder, as it is typed."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from shared.documents.classes import CLASSES


class FolderForm(FlaskForm):
    """Where it stands and what is filed in it; the rest is set in the grid. The view says how long each is kept."""

    path = StringField(_("Chemin"), [InputRequired(_("Donnez un chemin.")), Length(max=300)])
    label = StringField(_("Désignation"), [InputRequired(_("Donnez une désignation.")), Length(max=80)])
    document_class = SelectField(
        _("Classe de document"), choices=[SelectChoice(*each) for each in CLASSES.items()], default="other"
    )
    retention_class = SelectField(_("Conservation"), default="other")
