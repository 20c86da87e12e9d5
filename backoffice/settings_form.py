"""« Société et portail »: each panel is a form of its own."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Regexp
from wtforms.widgets import ColorInput

from shared.people.models import ConsentState


class CompanyForm(FlaskForm):
    """Who we are."""

    name = StringField(_("Société"), [InputRequired(_("Donnez le nom de la société.")), Length(max=120)])
    legal = TextAreaField(
        _("Ligne légale"),
        [Length(max=400)],
        description=_("Forme, capital, adresse, SIRET : au pied de chaque page et de chaque message."),
    )
    domain = StringField(
        _("Domaine"), [Length(max=200)], description=_("exemple.fr : les messages partent de noreply@ce domaine.")
    )
    colour = StringField(
        _("Couleur"),
        [Regexp(r"^#[0-9a-fA-F]{6}$", message=_("Une couleur s’écrit #rrggbb."))],
        widget=ColorInput(),
    )


class LogoForm(FlaskForm):
    """The logo: a picture, drawn again when it comes in."""

    logo = FileField(_("Logo (PNG ou JPEG)"), [FileRequired(_("Choisissez une image."))])


class ModeForm(FlaskForm):
    """When what is wanted reaches the portal."""

    synchronisation = RadioField(
        _("Synchronisation du portail"),
        choices=(
            SelectChoice("automatic", _("Automatique : en quelques secondes")),
            SelectChoice("manual", _("Manuelle : accès, documents et messages attendent « Synchroniser »")),
        ),
    )


class FamilyForm(FlaskForm):
    """Who writes to this family, and what its new businesses are supposed to accept."""

    sender_name = StringField(_("Nom de l’expéditeur"), [Length(max=120)])
    sender_address = StringField(_("Adresse de l’expéditeur"), [Length(max=254)])
    reply_to = StringField(
        _("Adresse de réponse"), [Length(max=254)], description=_("Vide : personne ne lit les réponses.")
    )
    default_consent = SelectField(
        _("Dématérialisation des nouvelles entreprises"),
        choices=(
            SelectChoice("", _("À demander (rien n’est supposé)")),
            SelectChoice(ConsentState.REQUESTED.value, _("En demande")),
            SelectChoice(ConsentState.ACCEPTED.value, _("Accepté")),
            SelectChoice(ConsentState.REFUSED.value, _("Refusé")),
        ),
    )
