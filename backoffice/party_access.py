"""« Accès »: who of this party comes in at the portal, with what, and until when."""

import uuid
from collections.abc import Callable

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice import backoffice
from backoffice.party_page import page_url
from backoffice.party_rows import row_of, tab
from backoffice.reach import may, party_for
from shared.access import granting, initial
from shared.access.contact_lines import contact_lines
from shared.access.contacts import access_of, end_all, grant_to
from shared.access.models import Access
from shared.access.rights import folders_of, preset_of
from shared.extensions import db
from shared.people.models import Contact, Party
from shared.web import visitors
from shared.web.page import go
from shared.web.permissions import Permission, requires

AT = "/parties/<uuid:party_id>/access/<uuid:contact_id>"
VERBS: dict[str, Callable[..., None]] = {
    "allow": granting.allow,
    "withdraw": granting.withdraw,
    "notify": granting.notify,
    "hush": granting.hush,
}


@backoffice.get("/parties/<uuid:party_id>/access")
@requires(Permission.ACCESS_SEE)
def party_access(party_id: uuid.UUID) -> Response:
    """One panel a contact: its access, its state, and what can be done about it."""
    party = party_for(party_id, Permission.ACCESS_SEE)
    lines, folders = contact_lines(party), folders_of(party)
    return tab(
        "backoffice/parties/access.html",
        party,
        blocks=("results",),
        lines=lines,
        labels={folder.id: folder.label for folder in folders},
        presets={line.access.id: preset_of(line.access.folder_ids, folders) for line in lines if line.access},
        polling=any(line.state == "unsynced" for line in lines),
        portal_client=page_url("portal_client", party_id=party.id),
        **may(party.family_id),
    )


@backoffice.post(f"{AT}/<any(allow,withdraw,notify,hush):action>")
@requires(Permission.ACCESS_EDIT)
def party_access_act(party_id: uuid.UUID, contact_id: uuid.UUID, action: str) -> Response:
    """One tick of one contact's line; an access is made where there is none."""
    party, contact = _found(party_id, contact_id, Permission.ACCESS_EDIT)
    by = visitors.actor()
    VERBS[action](access=grant_to(contact=contact, by=by), by=by)
    return _back(party)


@backoffice.post(f"{AT}/draw")
@requires(Permission.ACCESS_EDIT)
def party_access_draw(party_id: uuid.UUID, contact_id: uuid.UUID) -> Response:
    """« Mdp aléatoire » for this contact; asks first where a password stands already."""
    party, contact = _found(party_id, contact_id, Permission.ACCESS_EDIT)
    by, seen = visitors.actor(), request.values.get("seen", type=int)
    try:
        access = grant_to(contact=contact, by=by)
        initial.draw(access=access, by=by, seen=seen or None, confirmed="confirmed" in request.form)
    except initial.Confirm as question:
        db.session.rollback()
        return tab(
            "backoffice/parties/access_replace.html",
            party_for(party_id, Permission.ACCESS_EDIT),
            status=409,
            contact=row_of(party, Contact, contact_id),
            sentence=question.sentence,
            seen=seen,
        )
    flash(_("Un mot de passe initial est tiré. Il servira une fois, dès que l’accès sera synchronisé."), "success")
    return _back(party)


@backoffice.post(f"{AT}/show")
@requires(Permission.ACCESS_SECRET)
def party_access_show(party_id: uuid.UUID, contact_id: uuid.UUID) -> Response:
    """« afficher »: the initial password in clear, with an audit line each time."""
    party, contact = _found(party_id, contact_id, Permission.ACCESS_SECRET)
    clear = initial.show(access=_standing(contact), by=visitors.actor())
    return tab("backoffice/parties/access_secret.html", party, contact=contact, clear=clear)


@backoffice.post(f"{AT}/hand-over")
@requires(Permission.ACCESS_SECRET)
def party_access_hand_over(party_id: uuid.UUID, contact_id: uuid.UUID) -> Response:
    """« Remis en main propre »."""
    party, contact = _found(party_id, contact_id, Permission.ACCESS_SECRET)
    initial.hand_over(access=_standing(contact), how="in_person", by=visitors.actor())
    flash(_("C’est noté : ce mot de passe ne sera plus jamais affiché."), "success")
    return _back(party)


@backoffice.post(f"{AT}/end-sessions")
@requires(Permission.ACCESS_EDIT)
def party_access_end(party_id: uuid.UUID, contact_id: uuid.UUID) -> Response:
    """Every device of this contact is out at its next click; the access stays."""
    party, contact = _found(party_id, contact_id, Permission.ACCESS_EDIT)
    ended = end_all(access=_standing(contact), by=visitors.actor())
    said = ngettext("%(num)s appareil est déconnecté.", "%(num)s appareils sont déconnectés.", ended)
    flash(said if ended else _("Aucun appareil n’était connecté."), "success")
    return _back(party)


def _found(party_id: uuid.UUID, contact_id: uuid.UUID, permission: Permission) -> tuple[Party, Contact]:
    party = party_for(party_id, permission, seen_by=Permission.ACCESS_SEE)
    return party, row_of(party, Contact, contact_id)


def _standing(contact: Contact) -> Access:
    return access_of(contact) or abort(404)


def _back(party: Party) -> Response:
    return go(url_for("backoffice.party_access", party_id=party.id))
