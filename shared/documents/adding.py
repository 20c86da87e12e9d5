"""A folder more, or an empty one less."""

from flask_babel import gettext as _
from sqlalchemy import any_, exists, func, literal, or_, select, update

from shared.access.models import Access, Seat
from shared.documents.cells import FIELDS
from shared.documents.classes import NEEDS_GRANT
from shared.documents.configuring import label_at
from shared.documents.models import Document, Folder, Notify
from shared.documents.paths import canonical_path
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.folding import fold
from shared.intake.models import Arrival
from shared.people.models import EmailSlot, Family, Grant
from shared.signatures.models import Circuit, SignatureRequest


def add(*, family: Family, path: str, label: str, document_class: str, retention_class: str, by: str) -> Folder:
    """A new folder, off the portal and silent until the grid says otherwise.

    Raises Refused with the field that is wrong: a path outside the family's tree or taken, an unknown class.
    """
    written = canonical_path(path, family.root)
    db.session.execute(select(Family.id).where(Family.id == family.id).with_for_update())  # one hand at a time
    last = db.session.scalar(select(func.max(Folder.position)).where(Folder.family_id == family.id))
    folder = Folder(
        id=uuid7(),
        family_id=family.id,
        path=written,
        path_folded=fold(written),
        label=_read("label", label),
        notify=Notify.NONE,
        slot=EmailSlot(family.slots[0]) if family.slots else EmailSlot.CARD,
        document_class=_read("document_class", document_class),
        retention_class=_read("retention_class", retention_class),
        needs_grant=document_class in NEEDS_GRANT,
        position=0 if last is None else last + 1,
    )
    taken = label_at(folder)
    if taken is not None:
        raise Refused(
            _("Le chemin %(written)s est déjà celui du répertoire « %(taken)s ».", written=written, taken=taken),
            field="path",
        )
    db.session.add(folder)
    db.session.flush()
    record("folder.created", by=by, facts={"folder": str(folder.id), "path": written, "label": folder.label})
    return folder


def remove(*, folder: Folder, by: str) -> None:
    """Delete a folder that holds nothing; rights that named it name it no more, signed documents stay where they are.

    Raises Refused while a document, a file to attach or a member of staff's grant is tied to it.
    """
    db.session.execute(select(Folder.id).where(Folder.id == folder.id).with_for_update())
    why = why_kept(folder)
    if why:
        raise Refused(why)
    for kind in (Access, Seat):
        named = literal(folder.id) == any_(kind.folder_ids)
        without = update(kind).where(named).values(folder_ids=func.array_remove(kind.folder_ids, folder.id))
        db.session.execute(without.execution_options(synchronize_session=False))
    db.session.execute(update(Folder).where(Folder.signed_folder_id == folder.id).values(signed_folder_id=None))
    facts = {"folder": str(folder.id), "path": folder.path, "label": folder.label, "shipped_key": folder.shipped_key}
    db.session.delete(folder)
    db.session.flush()
    record("folder.deleted", by=by, facts=facts)


def why_kept(folder: Folder) -> str:
    """What keeps the folder from being deleted; empty when nothing does."""
    ties = db.session.execute(
        select(
            exists().where(Document.folder_id == folder.id),
            exists().where(Arrival.folder_id == folder.id),
            exists().where(Grant.folder_id == folder.id),
            or_(
                exists().where(SignatureRequest.signed_folder_id == folder.id),
                exists().where(Circuit.folder_id == folder.id),
            ),
        )
    ).one()
    documents, arrivals, grants, signatures = ties
    if documents:
        return str(
            _("« %(label)s » contient des documents : déplacez-les d’abord. Rien n’est supprimé.", label=folder.label)
        )
    if arrivals:
        return str(
            _(
                "Des fichiers reçus désignent « %(label)s » : il reste. Décochez « Portail » pour le masquer.",
                label=folder.label,
            )
        )
    if grants:
        return str(
            _("Une habilitation nomme « %(label)s » : retirez-la d’abord. Rien n’est supprimé.", label=folder.label)
        )
    if signatures:
        return str(
            _(
                "Des signatures mènent à « %(label)s » : il reste. Décochez « Portail » pour le masquer.",
                label=folder.label,
            )
        )
    return ""


def _read(name: str, written: str) -> str:
    try:
        return str(FIELDS[name].read(written))
    except Refused as refused:
        raise Refused(refused.sentence, field=name) from None
