"""What is typed when one does not sign, or wants to know more before; and « renoncer au contrat »."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

WORDS = 1000


def _counted(text: str | None) -> str | None:
    """Line ends as the browser counts them: it sends each as two signs."""
    return text.replace("\r\n", "\n") if text else text


class RefuseForm(FlaskForm):
    """Without a reason there is no refusal."""

    reason = TextAreaField(
        _("Pourquoi vous ne signez pas"),
        [InputRequired(_("Dites en quelques mots pourquoi : c’est transmis avec le refus.")), Length(max=WORDS)],
        filters=[_counted],
    )


class QuestionForm(FlaskForm):
    """One question; the answer stands on the same page."""

    text = TextAreaField(
        _("Votre question"), [InputRequired(_("Écrivez votre question.")), Length(max=WORDS)], filters=[_counted]
    )


class DelegateForm(FlaskForm):
    """A colleague, known here or not."""

    given_name = StringField(_("Prénom"), [InputRequired(_("Écrivez son prénom.")), Length(max=80)])
    family_name = StringField(_("Nom"), [InputRequired(_("Écrivez son nom.")), Length(max=80)])
    email = StringField(_("Adresse électronique"), [InputRequired(_("Écrivez son adresse.")), Length(max=320)])
    reason = StringField(_("Pourquoi (facultatif)"), [Length(max=300)])


class WithdrawForm(FlaskForm):
    """Who withdraws, and where the receipt goes (Code de la consommation, art. L221-21)."""

    name = StringField(_("Votre nom"), [InputRequired(_("Écrivez votre nom.")), Length(max=200)])
    address = StringField(
        _("Adresse électronique où recevoir l’accusé de réception"),
        [InputRequired(_("Écrivez votre adresse.")), Length(max=320)],
    )
