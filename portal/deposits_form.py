"""What a person sends from the counter."""

import uuid

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, MultipleFileField, RadioField
from wtforms.validators import Optional


class DepositForm(FlaskForm):
    """`once` names the form: sent twice, it is one deposit. `request` is what staff asked for."""

    once = HiddenField()
    request = HiddenField()
    folder = RadioField(_("Où le déposer"), choices=[])
    files = MultipleFileField(_("Choisir des fichiers (PDF ou photos)"))
    camera = MultipleFileField(_("Prendre en photo"))
    valid_until = DateField(_("Valable jusqu’au"), [Optional()])

    def named(self) -> uuid.UUID:
        """The name of this form; a new one for what nobody wrote."""
        try:
            return uuid.UUID(self.once.data or "")
        except ValueError:
            return uuid.uuid4()
