"""The cells of the folder grid: which fields may be edited, how each is read and spelled."""

import enum
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from shared.documents.classes import CLASSES, LEVELS, NO_SIGNATURE, RETENTIONS
from shared.documents.models import Folder, LinkTarget, Notify, SignatureSide
from shared.documents.paths import canonical_path
from shared.errors import Refused
from shared.extensions import db
from shared.notifications.models import Template
from shared.notifications.using import forbids_copies
from shared.people.models import Activity, EmailSlot

LONGEST_LABEL = 80
BOXES = ("on_portal", "deposit_allowed", "reason_required")  # a box that a form does not send was unticked


class BadCells(Refused):
    """Cells that cannot be as they were typed: `sentences` says why of each, by (folder, field)."""

    def __init__(self, sentences: dict[tuple[uuid.UUID, str], str]) -> None:
        super().__init__(next(iter(sentences.values())))
        self.sentences = sentences


@dataclass(frozen=True)
class Field:
    """One column; `read` turns what was typed, or what a change kept, into the value."""

    read: Callable[[str], Any]
    label: str


def _choice(kind: type[enum.StrEnum], empty: bool = False) -> Callable[[str], Any]:
    def read(written: str) -> Any:
        if empty and not written:
            return None
        try:
            return kind(written)
        except ValueError:
            raise Refused(_("Cette valeur n’est pas proposée. Choisissez-en une dans la liste.")) from None

    return read


def _label(written: str) -> str:
    text = " ".join(written.split())
    if not text or len(text) > LONGEST_LABEL:
        raise Refused(
            _("La désignation compte de 1 à %(longest_label)s caractères.", longest_label=LONGEST_LABEL), field="label"
        )
    if not text.isprintable():
        raise Refused(_("La désignation contient un caractère invisible."), field="label")
    return text


def _key(known: Mapping[str, Any]) -> Callable[[str], str]:
    def read(written: str) -> str:
        if written not in known:
            raise Refused(_("Cette valeur n’est pas proposée. Choisissez-en une dans la liste."))
        return written

    return read


def _template(written: str) -> uuid.UUID | None:
    """A text about documents that stands; empty for the usual one."""
    if not written:
        return None
    try:
        template_id = uuid.UUID(written)
    except ValueError:
        raise Refused(_("Ce modèle n’existe pas. Choisissez-en un dans la liste.")) from None
    found = db.session.get(Template, template_id)
    if found is None or found.deleted_at is not None or found.context != "document":
        raise Refused(_("Ce modèle n’existe plus ou n’annonce pas un document. Choisissez-en un dans la liste."))
    return template_id


def _signed_folder(written: str) -> uuid.UUID | None:
    """Where signed documents go: a folder that stands; empty where they stay."""
    if not written:
        return None
    try:
        folder = db.session.get(Folder, uuid.UUID(written))
    except ValueError:
        folder = None
    if folder is None:
        raise Refused(_("Ce répertoire n’existe plus. Choisissez-en un dans la liste."))
    return folder.id


def _activity(written: str) -> uuid.UUID | None:
    """Whose work the folder is; empty where it is that of all activities."""
    if not written:
        return None
    try:
        found = db.session.get(Activity, uuid.UUID(written))
    except ValueError:
        found = None
    if found is None:
        raise Refused(_("Cette activité n’existe pas."))
    return found.id


def _box(written: str) -> bool:
    return written in ("1", "true", "on", "y")


FIELDS: dict[str, Field] = {
    "path": Field(str, "Chemin"),
    "label": Field(_label, "Désignation"),
    "on_portal": Field(_box, "Portail"),
    "signature_side": Field(_choice(SignatureSide, empty=True), "Signature"),
    "signature_level": Field(_key(LEVELS), "Niveau de signature"),
    "signed_folder_id": Field(_signed_folder, "Signés vers"),
    "notify": Field(_choice(Notify), "Notification"),
    "slot": Field(_choice(EmailSlot), "Notifier sur"),
    "link_target": Field(_choice(LinkTarget), "Lien vers"),
    "template_id": Field(_template, "Modèle"),
    "deposit_allowed": Field(_box, "Dépôt"),
    "reason_required": Field(_box, "Motif de refus"),
    "document_class": Field(_key(CLASSES), "Classe"),
    "retention_class": Field(_key(RETENTIONS), "Conservation"),
    "activity_id": Field(_activity, "Activité"),
}


def read_cell(folder: Folder, name: str, written: Any) -> Any:
    """The value of a cell as it was typed; raises Refused, also for a field that the grid does not edit."""
    field = FIELDS.get(name)
    if field is None:
        raise Refused(_("Cette colonne ne se modifie pas dans la grille."))
    if name == "path":
        return canonical_path(str(written), folder.family.root)
    if spell(getattr(folder, name)) == spell(written):
        return getattr(folder, name)  # what stands may be a value that is offered no more
    value = field.read(spell(written))
    if name == "signed_folder_id":
        check_signed_folder(folder, value)
    if name == "template_id" and forbids_copies(folder, value):
        raise Refused(
            _("Ce modèle part en copie cachée : un répertoire de bulletins ou réservé ne peut pas le prendre.")
        )
    return value


def check_signature(folder: Folder, side: Any) -> None:
    """Raises Refused for a signature on a payslip (Code du travail, art. L3243-4: received without any formality)."""
    if folder.document_class in NO_SIGNATURE and side:
        raise Refused(_("Un bulletin de paie ne peut pas être soumis à signature."), field="signature_side")


def check_signed_folder(folder: Folder, target_id: uuid.UUID | None) -> None:
    """Raises Refused for the folder itself, one of another family, or one that asks for a signature again."""
    target = db.session.get(Folder, target_id) if target_id else None
    if target is None:
        return
    if target.family_id != folder.family_id:
        raise Refused(_("Ce répertoire appartient à une autre famille de tiers."))
    if target.id == folder.id or target.document_class in NO_SIGNATURE:
        raise Refused(_("Les documents signés ne peuvent pas aller dans ce répertoire : choisissez-en un autre."))


def spell(value: Any) -> str:
    """A value as a change keeps it: text, empty for nothing, « 1 » or nothing for a box."""
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    return str(value.value) if isinstance(value, enum.Enum) else str(value)


def folder_ids_of(cells: list[dict[str, Any]]) -> set[uuid.UUID]:
    """The folders that a change touched."""
    return {uuid.UUID(cell["folder_id"]) for cell in cells}
