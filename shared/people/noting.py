"""A call, a meeting or a remark in the « Cahier de liaison »: written once, never changed."""

import uuid

from flask_babel import gettext as _

from shared.clock import now
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.notifications.headers import FORBIDDEN
from shared.people.models import Contact, Party
from shared.people.party_models import Note, NoteKind

LONGEST = 4000  # characters


def note(
    *,
    party: Party,
    kind: NoteKind,
    text: str,
    by: str,
    contact: Contact | None = None,
    note_id: uuid.UUID | None = None,
) -> Note:
    """Write it down, with the time and its author. `note_id` names one sending of the form. Raises Refused."""
    kept = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip().split("\n"))
    if not kept:
        raise Refused(_("Écrivez ce qui s’est dit : une note vide n’apprend rien à la personne suivante."), "text")
    if len(kept) > LONGEST:
        raise Refused(_("Cette note compte plus de %(most)s caractères : résumez-la.", most=LONGEST), "text")
    if any(FORBIDDEN.fullmatch(sign) for sign in kept if sign not in "\n\t"):
        raise Refused(_("Ce texte contient un caractère invisible : effacez-le et tapez-le de nouveau."), "text")
    known = db.session.get(Note, note_id) if note_id else None
    if known is not None and known.party_id == party.id:
        return known
    if contact is not None and contact.party_id != party.id:
        raise Refused(_("Cet interlocuteur n’est pas à ce tiers."), "contact_id")
    row = Note(id=note_id if note_id and known is None else uuid7(), party_id=party.id, kind=kind, text=kept, by=by)
    row.at, row.contact_id = now(), contact.id if contact else None
    db.session.add(row)
    db.session.flush()
    record("note.written", by=by, party_id=party.id, facts={"kind": kind.value, "note": str(row.id)})
    return row
