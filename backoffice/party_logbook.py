"""« Cahier de liaison »: one line of time of a party, and the notes that staff add to it."""

import uuid

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.party_forms import NoteForm, fresh
from backoffice.party_logbook_words import kind_words, line
from backoffice.party_page import page_url
from backoffice.party_rows import blamed, tab
from backoffice.reach import party_for, scope
from shared.errors import Refused
from shared.events.actors import names_of
from shared.people.contacting import contacts_of
from shared.people.logbook import entries
from shared.people.logbook_kinds import KINDS
from shared.people.models import Contact, Party
from shared.people.noting import note
from shared.people.party_models import NoteKind
from shared.web import visitors
from shared.web.page import go
from shared.web.permissions import Permission, requires


@backoffice.get("/parties/<uuid:party_id>/logbook")
@requires(Permission.PARTIES_SEE)
def party_logbook(party_id: uuid.UUID) -> Response:
    """The latest first, by kind if asked."""
    return _page(party_for(party_id, Permission.PARTIES_SEE), NoteForm(formdata=None, data=fresh()))


@backoffice.post("/parties/<uuid:party_id>/logbook")
@requires(Permission.PARTIES_EDIT)
def party_note(party_id: uuid.UUID) -> Response:
    """A call, a meeting, a remark; sent twice, it is written once."""
    party, form = party_for(party_id, Permission.PARTIES_EDIT), NoteForm()
    if not form.validate_on_submit():
        return _page(party, form, status=422)
    contact = next((each for each in contacts_of(party) if str(each.id) == form.contact_id.data), None)
    try:
        note(
            party=party,
            kind=NoteKind(form.kind.data),
            text=form.text.data or "",
            by=visitors.actor(),
            contact=contact,
            note_id=form.row_id,
        )
    except Refused as refusal:
        return _page(party, form, blamed(form, refusal), status=422)
    flash(_("C’est noté, avec l’heure et votre nom."), "success")
    return go(url_for("backoffice.party_logbook", party_id=party.id))


def _page(party: Party, form: NoteForm, sentence: str = "", status: int = 200) -> Response:
    kind = request.args.get("kind", "")
    kind = kind if kind in KINDS else ""
    found = entries(
        party.id,
        seen=scope(Permission.DOCUMENTS_SEE),
        records=scope(Permission.RECORDS_SEE),
        notices=scope(Permission.HISTORY_SEE).reaches_family(party.family_id),
        kind=kind,
        after=request.args.get("after", ""),
    )
    names = names_of(entry.by for entry in found.entries if entry.source != "notice")
    requests_url = page_url("requests", family=party.family.key)
    form.contact_id.choices = [("", _("Personne en particulier")), *map(_choice, party.contacts)]
    return tab(
        "backoffice/parties/logbook.html",
        party,
        status=status,
        blocks=("results",),
        form=form,
        sentence=sentence,
        kind=kind,
        kinds=kind_words(),
        entries=[line(entry, names, requests_url) for entry in found.entries],
        after=found.after,
        may_edit=scope(Permission.PARTIES_EDIT).reaches_family(party.family_id),
    )


def _choice(contact: Contact) -> tuple[str, str]:
    return str(contact.id), contact.person.full_name or contact.party.name
