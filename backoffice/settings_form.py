"""« Paramètres internet » and « Apparence »: each panel is a form of its own."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp
from wtforms.widgets import ColorInput

from shared.people.models import ConsentState

NUMBER = _("Écrivez un nombre entier.")


class SeenForm(FlaskForm):
    """`seen` marks how the panel stood on screen: two clerks may have it open."""

    seen = HiddenField()


class CompanyForm(SeenForm):
    """What is written at the foot of pages and messages."""

    legal = TextAreaField(
        _("Ligne légale"),
        [Length(max=400)],
        description=_("Forme, capital, adresse, SIRET : au pied de chaque page et de chaque message."),
    )


class DomainsForm(SeenForm):
    """From which domains the company may write."""

    domains = TextAreaField(
        _("Domaines de messagerie autorisés"),
        [Length(max=2000)],
        description=_("Un par ligne, en plus de celui de la société. Une adresse d’expéditeur d’ailleurs est refusée."),
    )


class FamilyForm(SeenForm):
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


class MailForm(SeenForm):
    """By which server messages leave. The password goes in and never comes out."""

    host = StringField(
        _("Serveur d’envoi (SMTP)"),
        [Length(max=253)],
        description=_("smtp.exemple.fr. Vide : la boîte d’essai de cette machine, personne ne reçoit rien."),
    )
    port = IntegerField(_("Port du serveur d’envoi"), [InputRequired(NUMBER)], default=587)
    tls = SelectField(
        _("Sécurité"),
        choices=(
            SelectChoice("starttls", _("STARTTLS (port 587, le plus courant)")),
            SelectChoice("tls", _("TLS dès la connexion (port 465)")),
            SelectChoice("none", _("Aucune (réseau interne seulement)")),
        ),
        default="starttls",
    )
    username = StringField(_("Identifiant d’envoi"), [Length(max=254)])
    password = PasswordField(
        _("Mot de passe d’envoi"),
        [Optional(), Length(max=1024)],
        description=_("Jamais réaffiché. Vide : celui qui est enregistré reste."),
    )
    forget = BooleanField(_("Oublier le mot de passe enregistré"))
    timeout = IntegerField(
        _("Délai d’attente (secondes)"),
        [InputRequired(NUMBER)],
        default=30,
        description=_("De 1 à 600 : au-delà, l’envoi est remis à plus tard."),
    )


class ModeForm(SeenForm):
    """When what is wanted reaches the portal."""

    synchronisation = RadioField(
        _("Synchronisation du portail"),
        choices=(
            SelectChoice("automatic", _("Automatique : en quelques secondes")),
            SelectChoice("manual", _("Manuelle : accès, documents et messages attendent « Synchroniser »")),
        ),
    )


class DelaysForm(SeenForm):
    """How long what the portal sends works."""

    grouping_window_seconds = IntegerField(_("Regroupement des notifications (secondes)"), [InputRequired(NUMBER)])
    activation_link_hours = IntegerField(_("Durée d’un lien d’activation (heures)"), [InputRequired(NUMBER)])
    reset_link_hours = IntegerField(_("Durée d’un lien « mot de passe oublié » (heures)"), [InputRequired(NUMBER)])
    document_link_days = IntegerField(_("Durée d’un lien vers un document (jours)"), [InputRequired(NUMBER)])
    initial_password_days = IntegerField(_("Durée d’un mot de passe initial (jours)"), [InputRequired(NUMBER)])


class ByMailForm(SeenForm):
    """Whether #mot_de_passe# may stand in an e-mail."""

    allowed = BooleanField(_("Autoriser #mot_de_passe# dans les e-mails d’accès (déconseillé)"))


class ColourForm(FlaskForm):
    """The company's colour and how its messages are signed."""

    colour = StringField(
        _("Couleur"),
        [Regexp(r"^#[0-9a-fA-F]{6}$", message=_("Une couleur s’écrit #rrggbb."))],
        widget=ColorInput(),
    )
    automatic = BooleanField(_("Texte noir ou blanc, au mieux"), default=True)
    ink = StringField(
        _("Couleur du texte sur cette couleur"),
        [Regexp(r"^#[0-9a-fA-F]{6}$", message=_("Une couleur s’écrit #rrggbb."))],
        default="#ffffff",
        widget=ColorInput(),
    )
    signature = TextAreaField(
        _("Signature des messages"), [Length(max=400)], description=_("Vide : le nom de la société.")
    )


class LogoForm(FlaskForm):
    """The logo: a picture, drawn again when it comes in."""

    logo = FileField(_("Logo (PNG ou JPEG)"), [FileRequired(_("Choisissez une image."))])


class IdentityForm(SeenForm):
    """One protected field, and the password of whoever changes it."""

    value = StringField(_("Nouvelle valeur"), [InputRequired(_("Donnez la nouvelle valeur.")), Length(max=200)])
    password = PasswordField(
        _("Votre mot de passe"), [InputRequired(_("Écrivez votre mot de passe.")), Length(max=1024)]
    )


class SecretForm(SeenForm):
    """The same for the installation's password, which is never shown."""

    value = PasswordField(_("Nouveau mot de passe de l’installation"), [Length(max=200)])
    password = PasswordField(
        _("Votre mot de passe"), [InputRequired(_("Écrivez votre mot de passe.")), Length(max=1024)]
    )
