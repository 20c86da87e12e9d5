"""« Interlocuteurs »: who works at this party."""

import uuid

from flask import Response, flash, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.party_forms import ContactForm, fresh, values_of
from backoffice.party_rows import blamed, conflict, row_of, tab
from backoffice.reach import party_for, scope
from shared.errors import Refused, Stale
from shared.notifications.preferring import refuses
from shared.notifications.refusals import Subject
from shared.people import contacting
from shared.people.models import Contact, Party
from shared.people.siting import sites_of
from shared.web import visitors
from shared.web.page import go
from shared.web.permissions import Permission, requires


@backoffice.get("/parties/<uuid:party_id>/contacts")
@requires(Permission.PARTIES_SEE)
def party_contacts(party_id: uuid.UUID) -> Response:
    """The list: who, what for, where, how to reach them."""
    party = party_for(party_id, Permission.PARTIES_SEE)
    return tab(
        "backoffice/parties/contacts.html",
        party,
        contacts=contacting.contacts_of(party),
        sites={site.id: site for site in sites_of(party)},
        refuses_information=refuses(Subject(party_id=party.id)),
        may_edit=scope(Permission.PARTIES_EDIT).reaches_family(party.family_id),
    )


@backoffice.get("/parties/<uuid:party_id>/contacts/new")
@requires(Permission.PARTIES_EDIT)
def party_contact_new(party_id: uuid.UUID) -> Response:
    """An empty card."""
    party = party_for(party_id, Permission.PARTIES_EDIT)
    return _card(party, ContactForm(formdata=None, data=fresh()))


@backoffice.post("/parties/<uuid:party_id>/contacts/new")
@requires(Permission.PARTIES_EDIT)
def party_contact_create(party_id: uuid.UUID) -> Response:
    """Write the new contact; sent twice, it is one contact."""
    party, form = party_for(party_id, Permission.PARTIES_EDIT), ContactForm()
    if not form.validate_on_submit():
        return _card(party, form, status=422)
    try:
        made = contacting.add_contact(party=party, card=form.card(), by=visitors.actor(), contact_id=form.row_id)
    except Refused as refusal:
        return _card(party, form, sentence=blamed(form, refusal), status=422)
    flash(_("« %(name)s » est enregistré.", name=made.person.full_name), "success")
    return go(url_for("backoffice.party_contacts", party_id=party.id))


@backoffice.get("/parties/<uuid:party_id>/contacts/<uuid:contact_id>")
@requires(Permission.PARTIES_EDIT)
def party_contact(party_id: uuid.UUID, contact_id: uuid.UUID) -> Response:
    """The card to change."""
    party = party_for(party_id, Permission.PARTIES_EDIT)
    contact = row_of(party, Contact, contact_id)
    return _card(party, ContactForm(formdata=None, data=values_of(contact)), contact)


@backoffice.post("/parties/<uuid:party_id>/contacts/<uuid:contact_id>")
@requires(Permission.PARTIES_EDIT)
def party_contact_save(party_id: uuid.UUID, contact_id: uuid.UUID) -> Response:
    """Write the contact as edited; 409 with both texts when somebody saved meanwhile."""
    party, form = party_for(party_id, Permission.PARTIES_EDIT), ContactForm()
    contact = row_of(party, Contact, contact_id)
    if not form.validate_on_submit() or form.revision.data is None:
        return _card(party, form, contact, status=422)
    try:
        contacting.edit_contact(contact=contact, card=form.card(), revision=form.revision.data, by=visitors.actor())
    except Stale as stale:
        _choices(form, party)
        here = url_for("backoffice.party_contact_save", party_id=party.id, contact_id=contact.id)
        back = url_for("backoffice.party_contacts", party_id=party.id)
        return conflict(party, form, stale, stands=values_of(contact), back=back, action=here, row_id=contact.id)
    except Refused as refusal:
        return _card(party, form, contact, sentence=blamed(form, refusal), status=422)
    flash(_("« %(name)s » est enregistré.", name=contact.person.full_name), "success")
    return go(url_for("backoffice.party_contacts", party_id=party.id))


@backoffice.get("/parties/<uuid:party_id>/contacts/<uuid:contact_id>/close")
@requires(Permission.PARTIES_EDIT)
def party_contact_ask(party_id: uuid.UUID, contact_id: uuid.UUID) -> Response:
    """What closing does, before it is done."""
    party = party_for(party_id, Permission.PARTIES_EDIT)
    return tab(
        "backoffice/parties/contact_close.html", party, blocks=("dialog",), contact=row_of(party, Contact, contact_id)
    )


@backoffice.post("/parties/<uuid:party_id>/contacts/<uuid:contact_id>/close")
@requires(Permission.PARTIES_EDIT)
def party_contact_close(party_id: uuid.UUID, contact_id: uuid.UUID) -> Response:
    """They have left."""
    party = party_for(party_id, Permission.PARTIES_EDIT)
    contacting.close_contact(contact=row_of(party, Contact, contact_id), by=visitors.actor())
    flash(_("Cet interlocuteur est fermé, et son accès retiré. Son histoire reste."), "success")
    return go(url_for("backoffice.party_contacts", party_id=party.id))


@backoffice.post("/parties/<uuid:party_id>/contacts/<uuid:contact_id>/reopen")
@requires(Permission.PARTIES_EDIT)
def party_contact_reopen(party_id: uuid.UUID, contact_id: uuid.UUID) -> Response:
    """They are back."""
    party = party_for(party_id, Permission.PARTIES_EDIT)
    contacting.reopen_contact(contact=row_of(party, Contact, contact_id), by=visitors.actor())
    flash(_("Cet interlocuteur est rouvert. Son accès reste retiré tant que vous ne l’autorisez pas."), "success")
    return go(url_for("backoffice.party_contacts", party_id=party.id))


def _card(
    party: Party, form: ContactForm, contact: Contact | None = None, sentence: str = "", status: int = 200
) -> Response:
    _choices(form, party)
    return tab(
        "backoffice/parties/contact_edit.html", party, status=status, form=form, contact=contact, sentence=sentence
    )


def _choices(form: ContactForm, party: Party) -> None:
    open_sites = [site for site in sites_of(party) if site.closed_at is None or str(site.id) == form.site_id.data]
    form.site_id.choices = [("", _("Aucun")), *[(str(site.id), site.name) for site in open_sites]]
