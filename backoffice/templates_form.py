"""The forms of a text: its words, and what surrounds them."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from shared.marking import mark_of
from shared.notifications.arranging import standing
from shared.notifications.models import Template
from shared.people.models import Family

KINDS = [
    SelectChoice("service", _("Service : documents, accès, demandes")),
    SelectChoice("information", _("Information : peut se refuser")),
]


class TemplateForm(FlaskForm):
    """Subject and text of one version; `seen` is the number of the version that was opened."""

    subject = StringField(_("Objet"), validators=[InputRequired(), Length(max=200)])
    body = TextAreaField(_("Message"), validators=[InputRequired(), Length(max=20_000)])
    seen = HiddenField()


class ArrangeForm(FlaskForm):
    """Name, family, kind and blind copies; posted apart from the text. `seen`: their mark as they were opened."""

    seen = HiddenField()
    label = StringField(_("Nom du modèle"), validators=[InputRequired(), Length(max=80)])
    family_id = SelectField(_("Famille"), validators=[Optional()])
    kind = SelectField(_("Genre"), choices=KINDS)
    blind_copies = StringField(_("Copies cachées"), validators=[Length(max=600)])


class NewForm(FlaskForm):
    """A text of one's own starts as a copy."""

    label = StringField(_("Nom du modèle"), validators=[InputRequired(), Length(max=80)])
    source = SelectField(_("Copier le texte de"))
    family_id = SelectField(_("Famille"), validators=[Optional()])


def arrange_form(text: Template, families: list[Family]) -> ArrangeForm:
    """As the template stands now."""
    form = ArrangeForm(formdata=None, data=values_of(text) | {"seen": mark_of(standing(text))})
    form.family_id.choices = family_choices(families)
    return form


def values_of(text: Template) -> dict[str, Any]:
    """What stands, with « ; » and a blank between the copies."""
    return {
        "label": text.label,
        "family_id": str(text.family_id or ""),
        "kind": text.kind,
        "blind_copies": text.blind_copies.replace(";", "; "),
    }


def family_choices(families: list[Family]) -> list[SelectChoice]:
    """Every family, and none in particular first."""
    return [SelectChoice("", _("Toutes")), *(SelectChoice(str(each.id), each.label) for each in families)]
