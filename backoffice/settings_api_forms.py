"""A token of the API, and an address that is called, as they are typed."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from shared.intake.tokens import SCOPES


class TokenForm(FlaskForm):
    """Who will use it, what it opens, until when."""

    software = StringField(
        _("Logiciel qui s’en servira"), [InputRequired(_("Dites quel logiciel s’en servira.")), Length(max=200)]
    )
    scopes = SelectMultipleField(
        _("Droits du jeton"),
        choices=[SelectChoice(key, words) for key, words in SCOPES.items()],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    expires_on = DateField(
        _("Dernier jour du jeton"), [Optional()], description=_("Vide : jusqu’à ce que vous le révoquiez.")
    )


class HookForm(FlaskForm):
    """What is called, with which events."""

    label = StringField(_("Nom de l’adresse appelée"), [InputRequired(_("Donnez un nom.")), Length(max=200)])
    url = StringField(_("Adresse à appeler"), [InputRequired(_("Donnez une adresse.")), Length(max=500)])
    events = TextAreaField(
        _("Événements envoyés"),
        [InputRequired(_("Nommez au moins un événement.")), Length(max=5000)],
        description=_("Un par ligne : invoice.closed, quote.* pour tout ce qui arrive aux devis, * pour tout."),
    )

    def named(self) -> list[str]:
        """One a line, or with commas."""
        return (self.events.data or "").replace(",", "\n").split()
