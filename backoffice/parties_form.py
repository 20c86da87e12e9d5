"""The card of a party as it is typed."""

import uuid
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import HiddenInput

from shared.catalogues import SOURCE, languages
from shared.people.cards import CELL_FIELDS, Card
from shared.people.changing import FIELDS
from shared.people.countries import HOME, countries
from shared.people.models import ConsentState, EmailSlot, Party

CONSENTS = (
    (ConsentState.REQUESTED.value, _("En demande")),
    (ConsentState.ACCEPTED.value, _("Accepté")),
    (ConsentState.REFUSED.value, _("Refusé")),
)


class PartyForm(FlaskForm):
    """Creation and change. `key` names one sending of a new card, `revision` the card that was edited."""

    key = HiddenField()
    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])
    code = StringField(_("Code"), [InputRequired(_("Donnez un code.")), Length(max=40)])
    name = StringField(_("Nom"), [InputRequired(_("Donnez un nom.")), Length(max=200)])
    is_business = BooleanField(_("C’est une entreprise"), default=True)
    siret = StringField(_("SIRET"), [Length(max=40)])
    vat_number = StringField(_("Numéro de TVA"), [Length(max=40)])
    street = StringField(_("Adresse"), [Length(max=200)])
    postcode = StringField(_("Code postal"), [Length(max=20)])
    city = StringField(_("Ville"), [Length(max=200)])
    country = SelectField(_("Pays"), default=HOME)
    phone = StringField(_("Téléphone"), [Length(max=40)])
    locale = SelectField(
        _("Langue des messages"), choices=[SelectChoice(*each) for each in languages().items()], default=SOURCE
    )
    email_card = StringField(_("Email fiche"), [Length(max=254)])
    email_quote = StringField(_("Email devis"), [Length(max=254)])
    email_billing = StringField(_("Email facturation"), [Length(max=254)])
    email_reminder = StringField(_("Email relance"), [Length(max=254)])

    def __init__(self, *given: Any, **named: Any) -> None:
        """`data["country"]`: the one that stands, which a form that does not speak of it leaves as it is."""
        super().__init__(*given, **named)
        self.country.choices = countries((named.get("data") or {}).get("country", ""))

    def card(self) -> Card:
        """What was typed, as the verbs take it."""
        return Card(
            code=self.code.data or "",
            name=self.name.data or "",
            is_business=bool(self.is_business.data),
            siret=self.siret.data or "",
            vat_number=self.vat_number.data or "",
            street=self.street.data or "",
            postcode=self.postcode.data or "",
            city=self.city.data or "",
            country=self.country.data,
            phone=self.phone.data or "",
            locale=self.locale.data,
            addresses={slot: self[name].data or "" for slot, name in CELL_FIELDS.items()},
        )


class ConsentForm(FlaskForm):
    """One decision about one class of documents. `seen` names the one that stood when the form was shown."""

    seen = HiddenField(validators=[Length(max=40)])
    state = RadioField(
        _("Dématérialisation"),
        [InputRequired(_("Choisissez un état. Rien n’a été changé."))],
        choices=[SelectChoice(*each) for each in CONSENTS],
    )
    proof = TextAreaField(
        _("Preuve ou motif"),
        [Length(max=500)],
        description=_("Courrier, appel, bon signé… Conservé avec la date et votre nom."),
    )
    document_id = SelectField(
        _("Pièce jointe"),
        validate_choice=False,
        description=_("Le papier signé, s’il est classé parmi les derniers documents de ce tiers."),
    )

    def validate_proof(self, proof: TextAreaField) -> None:
        """« Accepté » and « Refusé » are somebody's word: it is said how they gave it."""
        is_decided = self.state.data in (ConsentState.ACCEPTED.value, ConsentState.REFUSED.value)
        if is_decided and self.paper() is None and not (proof.data or "").strip():
            raise ValidationError(
                _("Dites comment ce client l’a décidé (courrier du…, appel du…) ou choisissez la pièce jointe.")
            )

    def paper(self) -> uuid.UUID | None:
        """The document chosen as proof."""
        try:
            return uuid.UUID(self.document_id.data or "")
        except ValueError:
            return None


def values_of(party: Party) -> dict[str, Any]:
    """The form's fields as the party stands."""
    cells = {CELL_FIELDS[cell.slot]: cell.address for cell in party.cells}
    return {name: getattr(party, name) for name in (*FIELDS, "revision")} | cells


def slot_fields(form: PartyForm, slots: list[str]) -> list[Any]:
    """The fields of the cells that the family has, in the order of the cells."""
    return [form[CELL_FIELDS[slot]] for slot in EmailSlot if slot.value in slots]
