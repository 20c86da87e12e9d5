"""What is typed when one refuses a quote."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import Length

WORDS = 2000


class RefuseQuoteForm(FlaskForm):
    """The folder of the quote says whether the reason may be left out."""

    reason = TextAreaField(_("Pourquoi vous refusez"), [Length(max=WORDS)])
