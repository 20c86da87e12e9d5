"""One file with everything that is held on a person: their documents, an index with hashes, the rest as JSON."""

import json
from collections.abc import Callable

from flask_babel import gettext as _
from sqlalchemy import select
from zipstream import ZipStream

from shared.documents.models import Document, Folder
from shared.documents.reading import Reader
from shared.documents.zipping import Item, archive, belonging, choose
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db
from shared.people.models import Contact, Party
from shared.people.scopes import Scope
from shared.retention.telling import told

DATA = "donnees.json"


def export_own(*, reader: Reader, on_damage: Callable[[Item], None]) -> ZipStream:
    """What a person takes away alone: the documents that they may read, and what is held on them.

    A person who is the party (an employee, an individual) gets the party's card, messages and story too.
    """
    seat = reader.seat
    assert seat is not None
    try:
        items = choose(reader=reader)
    except Refused:  # no document yet: the rest is theirs all the same
        items = []
    data = told(seat.party, [seat.access.contact], whole=is_person(seat.party))
    return _zipped(seat.party, items, data, reader.by, on_damage)


def export_party(
    *, party: Party, scope: Scope, by: str, on_damage: Callable[[Item], None], document_class: str = ""
) -> ZipStream:
    """What staff hand over on request: all documents of the party, shared or not, and what is held on its people.

    With `document_class`, only those documents and their index. Raises Refused when one of its folders is out of
    their reach: an answer would not be whole.
    """
    items = belonging(party_id=party.id)
    if _is_out_of_reach(party, scope):
        raise Refused(
            _(
                "Cette personne a des documents dans un répertoire réservé auquel vous n’êtes pas habilité : "
                "l’export ne serait pas complet. Demandez à un gestionnaire habilité."
            )
        )
    if document_class:
        return _only([item for item in items if item.document_class == document_class], party, by, on_damage)
    contacts = db.session.scalars(select(Contact).where(Contact.party_id == party.id).order_by(Contact.id)).all()
    return _zipped(party, items, told(party, contacts, whole=True), by, on_damage)


def is_person(party: Party) -> bool:
    """Whether the party is a human being: an employee, or a customer that is no business."""
    return party.family.of_people or not party.is_business


def _zipped(
    party: Party, items: list[Item], data: dict[str, object], by: str, on_damage: Callable[[Item], None]
) -> ZipStream:
    zipped = archive(items, on_damage=on_damage)
    zipped.add(json.dumps(data, ensure_ascii=False, indent=1).encode(), DATA)
    record("party.exported", by=by, party_id=party.id, facts={"documents": len(items)})
    return zipped


def _only(items: list[Item], party: Party, by: str, on_damage: Callable[[Item], None]) -> ZipStream:
    if not items:
        raise Refused(_("Il n’y a aucun document à télécharger ici."))
    record("party.exported", by=by, party_id=party.id, facts={"documents": len(items)})
    return archive(items, on_damage=on_damage)


def _is_out_of_reach(party: Party, scope: Scope) -> bool:
    query = select(Document.id).join(Folder, Folder.id == Document.folder_id)
    return bool(db.session.scalar(select(query.where(Document.party_id == party.id, ~scope.documents()).exists())))
