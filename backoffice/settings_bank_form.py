"""Where customers pay."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length


class BankForm(FlaskForm):
    """Typed by one person, verified by another."""

    holder = StringField(
        _("Titulaire du compte"), [InputRequired(_("Écrivez le titulaire, comme sur le RIB.")), Length(max=70)]
    )
    iban = StringField(_("IBAN"), [InputRequired(_("Écrivez l’IBAN.")), Length(max=60)])
    bic = StringField(_("BIC"), [Length(max=20)], description=_("Facultatif, comme AGRIFRPP."))
