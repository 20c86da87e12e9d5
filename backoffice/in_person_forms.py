"""What the clerk types before handing the tablet over, and to take it back."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length


class BeginForm(FlaskForm):
    """How the clerk knows who signs; it stands in the proof, word for word."""

    known_by = StringField(
        _("Comment avez-vous vérifié son identité ?"),
        [InputRequired(_("Dites comment vous avez vérifié l’identité : c’est écrit dans la preuve.")), Length(max=200)],
        description=_("Par exemple : carte d’identité vue, passeport vu, cliente connue de longue date."),
    )


class LeaveForm(FlaskForm):
    """The clerk's own password."""

    password = PasswordField(_("Votre mot de passe"), [InputRequired(_("Tapez votre mot de passe.")), Length(max=1024)])
