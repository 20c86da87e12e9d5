"""One message to a party, or one note between staff."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from shared.records.remarks import LONGEST


def _text(label: Any) -> TextAreaField:
    most = Length(max=LONGEST, message=_("Pas plus de %(max)d caractères ici."))
    return TextAreaField(label, [InputRequired(_("Écrivez votre message.")), most])


class SayForm(FlaskForm):
    """What the party will read."""

    text = _text(_("Votre message au tiers"))


class NoteForm(FlaskForm):
    """What stays between staff."""

    text = _text(_("Note interne"))
