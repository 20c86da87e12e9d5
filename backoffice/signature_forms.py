"""What is typed to ask for signatures: who in which rank, how surely, until when, who is told at the end."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, FileField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from shared.documents.models import Folder
from shared.people.models import Contact, Staff
from shared.signatures.models import Circuit, Level, SignerRole
from shared.signatures.wanted import Wanted

RANKS = 6


class TermsForm(FlaskForm):
    """What every asking holds."""

    circuit = SelectField(_("Circuit"), default="")
    message = TextAreaField(_("Message aux signataires"), [Length(max=1000)])
    due_on = DateField(_("À signer au plus tard le"), [Optional()])
    remind_days = IntegerField(_("Relancer tous les … jours"), [Optional()])
    copies = TextAreaField(_("En copie, une fois signé"), [Length(max=2000)])

    def offer(self, circuits: Sequence[Circuit], usual: str) -> Any:
        """The circuits of the moment; `usual` says what happens without one."""
        self.circuit.choices = [SelectChoice("", usual), *(SelectChoice(str(each.id), each.label) for each in circuits)]
        return self

    def addresses(self) -> list[str]:
        """One address a line, or parted by commas."""
        return [
            each for each in (self.copies.data or "").replace(",", "\n").replace(";", "\n").split("\n") if each.strip()
        ]

    def chosen_circuit(self, circuits: Sequence[Circuit]) -> Circuit | None:
        """The circuit, among those offered."""
        return next((each for each in circuits if str(each.id) == self.circuit.data), None)


class AskForm(TermsForm):
    """One document: its signers may be named one by one."""

    level = SelectField(_("Niveau de signature"), default="")

    def levels(self, words: dict[str, str], usual: str) -> "AskForm":
        """Simple or reinforced, or as the folder says."""
        self.level.choices = [
            SelectChoice("", gettext("celui du répertoire (%(level)s)", level=words[usual])),
            *(SelectChoice(key, word) for key, word in words.items()),
        ]
        return self

    def chosen_level(self) -> Level | None:
        """None follows the folder."""
        return Level(self.level.data) if self.level.data else None


class BulkForm(TermsForm):
    """A whole filter: the documents of a folder, or one PDF for each party."""

    folder_id = SelectField(_("Répertoire"), [InputRequired(_("Choisissez un répertoire."))])
    q = StringField(_("Tiers"), [Length(max=100)])
    file = FileField(_("Un même PDF pour chaque tiers"))
    title = StringField(_("Titre du document"), [Length(max=120)])

    def offer_folders(self, folders: Sequence[Folder]) -> "BulkForm":
        """The folders in reach whose documents may be signed."""
        self.folder_id.choices = [SelectChoice(str(each.id), f"{each.family.label} / {each.label}") for each in folders]
        return self


class CircuitForm(FlaskForm):
    """A circuit; its steps are read from the fields named after their rank."""

    label = StringField(_("Nom du circuit"), [InputRequired(_("Donnez un nom à ce circuit.")), Length(max=80)])
    folder_id = SelectField(_("Utilisé tout seul dans"), default="")
    due_days = IntegerField(_("Échéance, en jours après la demande"), [Optional()])
    remind_days = IntegerField(_("Relancer tous les … jours"), [Optional()])
    copies = TextAreaField(_("En copie, une fois signé"), [Length(max=2000)])


def chosen_signers(contacts: Sequence[Contact], staff: Sequence[Staff]) -> list[Wanted] | None:
    """The people given a rank on the form; None when nobody is: the circuit says who."""
    wanted = []
    for contact in contacts:
        if rank := _rank(f"rank-{contact.id}"):
            wanted.append(Wanted(rank, SignerRole.PARTY, contact=contact))
    for person in staff:
        if rank := _rank(f"rank-{person.id}"):
            wanted.append(Wanted(rank, SignerRole.COMPANY, staff=person))
    return wanted or None


def _rank(name: str) -> int:
    written = request.form.get(name, "")
    return min(int(written), RANKS) if written.isascii() and written.isdigit() else 0


def identity(text: str | None) -> uuid.UUID | None:
    """The id that a choice holds; None for none."""
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None
