"""What is typed on the tabs of a party: contacts, sites, one address, a note."""

import uuid
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from shared.access.models import Act
from shared.extensions import uuid7
from shared.people import siting
from shared.people.contacting import ContactCard
from shared.people.countries import HOME, countries
from shared.people.models import Contact
from shared.people.party_models import NoteKind, Site
from shared.people.siting import SiteCard

NOTE_KINDS = (
    (NoteKind.CALL.value, _("Appel")),
    (NoteKind.NOTE.value, _("Note")),
    (NoteKind.MEETING.value, _("Rendez-vous")),
)
RIGHTS = (
    ("all", _("Tout voir, aujourd’hui et demain")),
    ("invoices", _("Factures seulement")),
    ("quotes", _("Devis seulement")),
    ("own", _("Choisir les répertoires")),
)
ACTS = (
    (Act.SIGN.value, _("Signer, et répondre aux devis")),
    (Act.DEPOSIT.value, _("Déposer des documents")),
    (Act.PAY.value, _("Payer les factures")),
)


class RowForm(FlaskForm):
    """`key` names one sending of a new row, `revision` the row that was edited."""

    key = HiddenField()
    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])

    @property
    def row_id(self) -> uuid.UUID | None:
        """Only an id of the kind that we make is taken from the form."""
        try:
            key = uuid.UUID(self.key.data or "")
        except ValueError:
            return None
        return key if key.version == 7 else None


class ContactForm(RowForm):
    """A person at the party."""

    civility = StringField(_("Civilité"), [Length(max=40)])
    given_name = StringField(_("Prénom"), [Length(max=200)])
    family_name = StringField(_("Nom"), [InputRequired(_("Donnez un nom.")), Length(max=200)])
    role = StringField(_("Fonction"), [Length(max=200)])
    email = StringField(_("E-mail"), [Length(max=254)])
    phone = StringField(_("Téléphone"), [Length(max=40)])
    site_id = SelectField(_("Site"), validate_choice=False)

    def card(self) -> ContactCard:
        """What was typed, as the verbs take it; a site that is no id is none of the party's."""
        names = ("family_name", "given_name", "civility", "role", "email", "phone")
        texts = {name: self[name].data or "" for name in names}
        return ContactCard(**texts, site_id=_uuid(self.site_id.data))


class SiteForm(RowForm):
    """A place of the party."""

    name = StringField(_("Nom du site"), [InputRequired(_("Donnez un nom à ce site.")), Length(max=200)])
    street = StringField(_("Adresse"), [Length(max=200)])
    postcode = StringField(_("Code postal"), [Length(max=20)])
    city = StringField(_("Ville"), [Length(max=200)])
    country = SelectField(_("Pays"), default=HOME)
    phone = StringField(_("Téléphone"), [Length(max=40)])

    def __init__(self, *given: Any, **named: Any) -> None:
        """`data["country"]`: the one that stands, which a form that does not speak of it leaves as it is."""
        super().__init__(*given, **named)
        self.country.choices = countries((named.get("data") or {}).get("country", ""))

    def card(self) -> SiteCard:
        """What was typed, as the verbs take it."""
        return SiteCard(**{name: self[name].data or "" for name in siting.FIELDS})


class CellForm(FlaskForm):
    """One of the four addresses; `seen` is what the cell held when it was shown."""

    address = StringField(_("Adresse e-mail"), [Length(max=254)])
    seen = HiddenField(validators=[Length(max=254)])
    is_sure = BooleanField(_("Enregistrer cette adresse quand même"))


class NoteForm(RowForm):
    """A call, a meeting, a remark."""

    kind = RadioField(_("Sorte"), choices=[SelectChoice(*each) for each in NOTE_KINDS], default=NoteKind.CALL.value)
    contact_id = SelectField(_("Avec qui"), validate_choice=False)
    text = TextAreaField(_("Ce qui s’est dit"), [InputRequired(_("Écrivez ce qui s’est dit.")), Length(max=4000)])


class RightsForm(FlaskForm):
    """What one access opens, and when. `revision` names the access that was edited, 0 where there was none."""

    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])
    preset = RadioField(_("Ce que cette personne voit"), choices=[SelectChoice(*each) for each in RIGHTS])
    folders = SelectMultipleField(
        _("Répertoires"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), validate_choice=False
    )
    acts = SelectMultipleField(
        _("Ce que cette personne peut faire"),
        choices=[SelectChoice(*each) for each in ACTS],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    starts_on = DateField(_("Premier jour"), [Optional()])
    ends_on = DateField(_("Dernier jour"), [Optional()])

    def folder_ids(self) -> list[uuid.UUID]:
        """Those that were ticked."""
        return [each for each in map(_uuid, self.folders.data or ()) if each is not None]


class JoinForm(FlaskForm):
    """Whose person the contact is, and why."""

    person = HiddenField()
    why = StringField(
        _("Pourquoi c’est la même personne"),
        [InputRequired(_("Dites pourquoi c’est la même personne.")), Length(max=500)],
        description=_("Appel du 3 mai, pièce d’identité vue à l’accueil… Conservé avec la date et votre nom."),
    )


def values_of(row: Contact | Site) -> dict[str, Any]:
    """The fields of a form as the row stands."""
    if isinstance(row, Site):
        return {name: getattr(row, name) for name in (*siting.FIELDS, "revision")}
    person = {name: getattr(row.person, name) for name in ("civility", "given_name", "family_name")}
    own = {name: getattr(row, name) for name in ("role", "email", "phone", "revision")}
    return person | own | {"site_id": str(row.site_id or "")}


def fresh() -> dict[str, str]:
    """What an empty form holds: the name of one sending."""
    return {"key": str(uuid7())}


def _uuid(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None
