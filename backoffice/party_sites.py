"""« Sites »: the places of this party."""

import uuid

from flask import Response, flash, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.party_forms import SiteForm, fresh, values_of
from backoffice.party_rows import blamed, conflict, row_of, tab
from backoffice.reach import party_for, scope
from shared.errors import Refused, Stale
from shared.people import contacting, siting
from shared.people.countries import country_name
from shared.people.models import Party
from shared.people.party_models import Site
from shared.web import visitors
from shared.web.page import go
from shared.web.permissions import Permission, requires


@backoffice.get("/parties/<uuid:party_id>/sites")
@requires(Permission.PARTIES_SEE)
def party_sites(party_id: uuid.UUID) -> Response:
    """The list, each with who works there."""
    party = party_for(party_id, Permission.PARTIES_SEE)
    there: dict[uuid.UUID, list[str]] = {}
    for contact in contacting.contacts_of(party):
        if contact.site_id is not None and contact.closed_at is None:
            there.setdefault(contact.site_id, []).append(contact.person.full_name)
    return tab(
        "backoffice/parties/sites.html",
        party,
        country_name=country_name,
        sites=siting.sites_of(party),
        there=there,
        may_edit=scope(Permission.PARTIES_EDIT).reaches_family(party.family_id),
    )


@backoffice.get("/parties/<uuid:party_id>/sites/new")
@requires(Permission.PARTIES_EDIT)
def party_site_new(party_id: uuid.UUID) -> Response:
    """An empty form."""
    party = party_for(party_id, Permission.PARTIES_EDIT)
    return _card(party, SiteForm(formdata=None, data={**fresh(), "country": party.country}))


@backoffice.post("/parties/<uuid:party_id>/sites/new")
@requires(Permission.PARTIES_EDIT)
def party_site_create(party_id: uuid.UUID) -> Response:
    """Write the new place; sent twice, it is one place."""
    party = party_for(party_id, Permission.PARTIES_EDIT)
    form = SiteForm(data={"country": party.country})
    if not form.validate_on_submit():
        return _card(party, form, status=422)
    try:
        made = siting.add_site(party=party, card=form.card(), by=visitors.actor(), site_id=form.row_id)
    except Refused as refusal:
        return _card(party, form, sentence=blamed(form, refusal), status=422)
    flash(_("Le site « %(name)s » est enregistré.", name=made.name), "success")
    return go(url_for("backoffice.party_sites", party_id=party.id))


@backoffice.get("/parties/<uuid:party_id>/sites/<uuid:site_id>")
@requires(Permission.PARTIES_EDIT)
def party_site(party_id: uuid.UUID, site_id: uuid.UUID) -> Response:
    """The form to change a place."""
    party = party_for(party_id, Permission.PARTIES_EDIT)
    site = row_of(party, Site, site_id)
    return _card(party, SiteForm(formdata=None, data=values_of(site)), site)


@backoffice.post("/parties/<uuid:party_id>/sites/<uuid:site_id>")
@requires(Permission.PARTIES_EDIT)
def party_site_save(party_id: uuid.UUID, site_id: uuid.UUID) -> Response:
    """Write the place as edited; 409 with both texts when somebody saved meanwhile."""
    party = party_for(party_id, Permission.PARTIES_EDIT)
    site = row_of(party, Site, site_id)
    form = SiteForm(data={"country": site.country})
    if not form.validate_on_submit() or form.revision.data is None:
        return _card(party, form, site, status=422)
    try:
        siting.edit_site(site=site, card=form.card(), revision=form.revision.data, by=visitors.actor())
    except Stale as stale:
        here = url_for("backoffice.party_site_save", party_id=party.id, site_id=site.id)
        back = url_for("backoffice.party_sites", party_id=party.id)
        return conflict(party, form, stale, stands=values_of(site), back=back, action=here, row_id=site.id)
    except Refused as refusal:
        return _card(party, form, site, sentence=blamed(form, refusal), status=422)
    flash(_("Le site « %(name)s » est enregistré.", name=site.name), "success")
    return go(url_for("backoffice.party_sites", party_id=party.id))


@backoffice.post("/parties/<uuid:party_id>/sites/<uuid:site_id>/<any(close,reopen):action>")
@requires(Permission.PARTIES_EDIT)
def party_site_close(party_id: uuid.UUID, site_id: uuid.UUID, action: str) -> Response:
    """Closed, it is offered no more; reopened, it is again."""
    party = party_for(party_id, Permission.PARTIES_EDIT)
    site, act = row_of(party, Site, site_id), siting.close_site if action == "close" else siting.reopen_site
    act(site=site, by=visitors.actor())
    said = _("Le site « %(name)s » est fermé.") if action == "close" else _("Le site « %(name)s » est rouvert.")
    flash(said % {"name": site.name}, "success")
    return go(url_for("backoffice.party_sites", party_id=party.id))


def _card(party: Party, form: SiteForm, site: Site | None = None, sentence: str = "", status: int = 200) -> Response:
    return tab("backoffice/parties/site_edit.html", party, status=status, form=form, site=site, sentence=sentence)
