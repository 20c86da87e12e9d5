"""Inviting staff, giving habilitations, and what a role may do, as they are typed."""

import uuid
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from shared.catalogues import SOURCE, languages
from shared.people.changing_roles import LONGEST
from shared.people.models import Role
from shared.people.permission_words import WORDS
from shared.people.staff_listing import Places, roles


class GrantForm(FlaskForm):
    """A role and where it holds; a scope left empty is everywhere."""

    role = SelectField(_("Rôle"), [InputRequired(_("Choisissez un rôle."))])
    family = SelectField(_("Famille"), default="")
    folder = SelectField(_("Répertoire"), default="")
    activity = SelectField(_("Activité"), default="")

    def offer(self, places: Places) -> "GrantForm":
        """The choices of the moment."""
        self.role.choices = [SelectChoice(str(role.id), role.label) for role in roles()]
        self.family.choices = [
            SelectChoice("", gettext("Toutes les familles")),
            *(SelectChoice(str(each.id), each.label) for each in places.families.values()),
        ]
        self.folder.choices = [SelectChoice("", gettext("Tous, sauf ceux à habilitation nominative"))]
        for folder in places.folders.values():
            named = gettext(" : habilitation nominative") if folder.needs_grant else ""
            self.folder.choices.append(SelectChoice(str(folder.id), f"{folder.family.label} / {folder.label}{named}"))
        if len(places.activities) < 2:
            del self.activity
        else:
            named = [SelectChoice(str(each.id), each.name) for each in places.activities.values()]
            self.activity.choices = [SelectChoice("", gettext("Toutes les activités")), *named]
        return self

    def chosen_role(self) -> Role:
        """The role, among those offered."""
        return next(role for role in roles() if str(role.id) == self.role.data)

    def scope(self) -> dict[str, Any]:
        """`family_id`, `folder_id` and `activity_id`, as the verbs take them."""
        chosen = {name: self[name].data if name in self else "" for name in SCOPES}
        return {f"{name}_id": uuid.UUID(key) if key else None for name, key in chosen.items()}


SCOPES = ("family", "folder", "activity")


class InviteForm(GrantForm):
    """Who is invited, and the first habilitation."""

    name = StringField(_("Prénom et nom"), [InputRequired(_("Écrivez le nom de la personne.")), Length(max=120)])
    email = EmailField(_("Adresse e-mail"), [InputRequired(_("Écrivez son adresse e-mail.")), Length(max=320)])
    locale = SelectField(_("Langue"), choices=[SelectChoice(*each) for each in languages().items()], default=SOURCE)


class RoleForm(FlaskForm):
    """What a role is called, and may do."""

    seen = HiddenField()  # the mark of the role as it was opened
    label = StringField(_("Nom du rôle"), [InputRequired(_("Donnez un nom au rôle.")), Length(max=LONGEST)])
    second_factor = BooleanField(_("2FA obligatoire"))
    permissions = SelectMultipleField(
        _("Permissions"),
        choices=[SelectChoice(key, words) for key, words in WORDS.items()],
        option_widget=CheckboxInput(),
        widget=ListWidget(),
    )
