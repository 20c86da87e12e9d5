"""What one access opens, and between which days; and whose person its contact is."""

import uuid
from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.access_rights import refuse_beyond
from backoffice.party_access import AT
from backoffice.party_forms import JoinForm, RightsForm
from backoffice.party_rows import blamed, conflict, row_of, tab
from backoffice.reach import party_for, scope
from shared.access import joining, rights
from shared.access.candidates import candidates, chosen
from shared.access.contacts import access_of, grant_to
from shared.access.models import Access, Act
from shared.documents.models import Folder
from shared.errors import Refused, Stale
from shared.people.models import Contact, Party
from shared.web import visitors
from shared.web.page import go
from shared.web.permissions import Permission, requires


@backoffice.get(f"{AT}/rights")
@requires(Permission.ACCESS_EDIT)
def party_rights(party_id: uuid.UUID, contact_id: uuid.UUID) -> Response:
    """« Droits »: the folders, what may be done, and the days."""
    party, contact = _found(party_id, contact_id)
    return _page(party, contact, RightsForm(formdata=None, data=_stands(access_of(contact), rights.folders_of(party))))


@backoffice.post(f"{AT}/rights")
@requires(Permission.ACCESS_EDIT)
def party_rights_save(party_id: uuid.UUID, contact_id: uuid.UUID) -> Response:
    """What is taken away is gone at once; what is added waits. 409 with both texts when somebody saved meanwhile."""
    party, contact = _found(party_id, contact_id)
    form, by = RightsForm(), visitors.actor()
    if not form.validate_on_submit() or form.revision.data is None:
        return _page(party, contact, form, status=422)
    try:
        own = form.preset.data == rights.OWN
        folders = rights.folders_of(party)
        ids = form.folder_ids() if own else rights.preset(form.preset.data, folders)
        refuse_beyond(ids, _not_held(contact, folders))
        access: Access = grant_to(contact=contact, by=by)
        rights.refuse_stale(access=access, revision=form.revision.data)
        rights.set_rights(access=access, folder_ids=ids, by=by)
        rights.set_acts(access=access, acts=form.acts.data or (), by=by)
        rights.set_dates(access=access, starts_on=form.starts_on.data, ends_on=form.ends_on.data, by=by)
    except Stale as stale:
        return _both(party, contact, form, stale)
    except Refused as refusal:
        return _page(party, contact, form, blamed(form, refusal), status=422)
    flash(_("Les droits sont enregistrés. Ce qui est retiré l’est tout de suite."), "success")
    return go(url_for("backoffice.party_access", party_id=party.id))


@backoffice.get(f"{AT}/person")
@requires(Permission.ACCESS_EDIT)
def party_person(party_id: uuid.UUID, contact_id: uuid.UUID) -> Response:
    """Who this contact might be elsewhere, each with the reason; nothing is chosen beforehand."""
    party, contact = _found(party_id, contact_id)
    return _who(party, contact, JoinForm(formdata=None))


@backoffice.post(f"{AT}/person")
@requires(Permission.ACCESS_EDIT)
def party_person_join(party_id: uuid.UUID, contact_id: uuid.UUID) -> Response:
    """One person, one account, several parties: said by staff, with the reason."""
    party, contact = _found(party_id, contact_id)
    form = JoinForm()
    other = _other(contact, form)
    if not form.validate_on_submit() or other is None:
        lead = _("Choisissez la personne dans la liste.") if other is None else ""
        return _who(party, contact, form, lead, status=422)
    try:
        joining.join(contact=contact, person=other.person, why=form.why.data or "", by=visitors.actor())
    except Refused as refusal:
        return _who(party, contact, form, blamed(form, refusal), status=422)
    flash(_("C’est une seule personne : elle passe d’un espace à l’autre avec son mot de passe."), "success")
    return go(url_for("backoffice.party_access", party_id=party.id))


@backoffice.post(f"{AT}/separate")
@requires(Permission.ACCESS_EDIT)
def party_person_separate(party_id: uuid.UUID, contact_id: uuid.UUID) -> Response:
    """Undo a joining; the contact chooses a password by a new link."""
    party, contact = _found(party_id, contact_id)
    joining.separate(contact=contact, by=visitors.actor())
    flash(_("Cet interlocuteur est de nouveau une personne à part. Un lien lui permettra de choisir son mot de passe."))
    return go(url_for("backoffice.party_access", party_id=party.id))


def _found(party_id: uuid.UUID, contact_id: uuid.UUID) -> tuple[Party, Contact]:
    party = party_for(party_id, Permission.ACCESS_EDIT, seen_by=Permission.ACCESS_SEE)
    return party, row_of(party, Contact, contact_id)


def _other(contact: Contact, form: JoinForm) -> Contact | None:
    try:
        picked = uuid.UUID(form.person.data or "")
    except ValueError:
        return None
    return chosen(contact, scope(Permission.ACCESS_EDIT), picked) or abort(404)


def _not_held(contact: Contact, folders: list[Folder]) -> list[Folder]:
    """The folders that the access does not open yet: what it opens already may be left to it by anybody."""
    access = access_of(contact)
    if access is None:
        return folders
    return [] if access.folder_ids is None else [each for each in folders if each.id not in access.folder_ids]


def _stands(access: Access | None, folders: list[Folder]) -> dict[str, Any]:
    """The fields of the form as the access is stored; a contact without one would get everything."""
    ids = access.folder_ids if access else None
    return {
        "revision": access.revision if access else 0,
        "preset": rights.preset_of(ids, folders),
        "folders": [str(each) for each in ids or ()],
        "acts": access.acts if access else [act.value for act in Act],
        "starts_on": access.starts_on if access else None,
        "ends_on": access.ends_on if access else None,
    }


def _both(party: Party, contact: Contact, form: RightsForm, stale: Stale) -> Response:
    access, folders = access_of(contact), rights.folders_of(party)
    stands = _stands(access, folders)
    form.folders.choices = [(str(folder.id), folder.label) for folder in folders]
    if form.preset.data != rights.OWN:  # what was ticked does not count: said only beside what was chosen one by one
        form.folders.data = [] if stands["preset"] == rights.OWN else stands["folders"]
    here = url_for("backoffice.party_rights_save", party_id=party.id, contact_id=contact.id)
    back = url_for("backoffice.party_access", party_id=party.id)
    row_id = access.id if access else contact.id
    return conflict(party, form, stale, stands=stands, back=back, action=here, row_id=row_id)


def _page(party: Party, contact: Contact, form: RightsForm, sentence: str = "", status: int = 200) -> Response:
    folders = rights.folders_of(party)
    form.folders.choices = [(str(folder.id), folder.label) for folder in folders]
    return tab("backoffice/parties/rights.html", party, status=status, form=form, contact=contact, sentence=sentence)


def _who(party: Party, contact: Contact, form: JoinForm, sentence: str = "", status: int = 200) -> Response:
    q = request.args.get("q", "")
    return tab(
        "backoffice/parties/person.html",
        party,
        status=status,
        contact=contact,
        form=form,
        q=q,
        sentence=sentence,
        found=candidates(contact, scope(Permission.ACCESS_EDIT), q),
        reasons={
            "email": _("même adresse e-mail"),
            "phone": _("même téléphone"),
            "name": _("mêmes nom et prénom"),
            "search": _("trouvé par votre recherche"),
        },
    )
