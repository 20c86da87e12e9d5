"""The one file of the verification page."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired


class VerificationForm(FlaskForm):
    """A PDF: the signed document, or its proof."""

    file = FileField(_("Document à vérifier (PDF)"), [FileRequired(_("Choisissez le PDF à vérifier."))])
