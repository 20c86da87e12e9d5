"""One message."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from shared.records.remarks import LONGEST


class RemarkForm(FlaskForm):
    """To the company, about the document or the record on whose page it stands."""

    text = TextAreaField(
        _("Votre message"),
        [
            InputRequired(_("Écrivez votre message.")),
            Length(max=LONGEST, message=_("Pas plus de %(max)d caractères ici.")),
        ],
    )
