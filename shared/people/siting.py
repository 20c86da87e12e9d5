"""The places of a party: a shop, a plant, a building site. Closed, never deleted: people remember them."""

import uuid
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from shared.clock import now
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.folding import fold
from shared.people.cards import printable
from shared.people.countries import HOME
from shared.people.editing import held, put
from shared.people.models import Party
from shared.people.party_models import Site

FIELDS = ("name", "street", "postcode", "city", "country", "phone")


@dataclass(frozen=True)
class SiteCard:
    """What staff type about a place."""

    name: str
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = HOME
    phone: str = ""


def add_site(*, party: Party, card: SiteCard, by: str, site_id: uuid.UUID | None = None) -> Site:
    """A new place. `site_id` names one sending of the form: sent twice, it is one place. Raises Refused."""
    values = _checked(card)
    db.session.execute(select(Party.id).where(Party.id == party.id).with_for_update())
    known = db.session.get(Site, site_id) if site_id else None
    if known is not None and known.party_id == party.id:
        return known
    _refuse_taken(party.id, values["name"], None)
    site = Site(id=site_id if site_id and known is None else uuid7(), party_id=party.id, created_at=now())
    put(site, values)
    site.name_folded = fold(site.name)
    db.session.add(site)
    db.session.flush()
    record("site.created", by=by, party_id=party.id, facts={"site": str(site.id), "name": site.name})
    return site


def edit_site(*, site: Site, card: SiteCard, revision: int, by: str) -> Site:
    """Write the place edited from `revision`. Raises Stale when it was saved since, Refused with the wrong field."""
    held(site, revision)
    values = _checked(card)
    _refuse_taken(site.party_id, values["name"], site.id)
    changed = put(site, values)
    if changed:
        site.name_folded = fold(site.name)
        site.revision += 1
        db.session.flush()
        record("site.changed", by=by, party_id=site.party_id, facts={"site": str(site.id), "fields": changed})
    return site


def close_site(*, site: Site, by: str) -> None:
    """Nothing new is attached to it; who works there keeps it."""
    _set_closed(site, "site.closed", by, is_closed=True)


def reopen_site(*, site: Site, by: str) -> None:
    """A closed place serves again."""
    _set_closed(site, "site.reopened", by, is_closed=False)


def sites_of(party: Party) -> list[Site]:
    """The places of a party, the closed ones last."""
    query = select(Site).where(Site.party_id == party.id)
    return list(db.session.scalars(query.order_by(Site.closed_at.is_not(None), Site.name_folded, Site.id)))


def _set_closed(site: Site, event: str, by: str, *, is_closed: bool) -> None:
    held(site, site.revision)
    if (site.closed_at is not None) == is_closed:
        return
    site.closed_at = now() if is_closed else None
    site.revision += 1
    db.session.flush()
    record(event, by=by, party_id=site.party_id, facts={"site": str(site.id), "name": site.name})


def _checked(card: SiteCard) -> dict[str, str]:
    values = {name: printable(getattr(card, name), name) for name in FIELDS}
    if not values["name"]:
        raise Refused(_("Donnez un nom à ce site : « Atelier », « Boutique de Nantes »…"), field="name")
    return values


def _refuse_taken(party_id: uuid.UUID, name: str, but: uuid.UUID | None) -> None:
    query = select(Site.id).where(Site.party_id == party_id, Site.name_folded == fold(name))
    if but is not None:
        query = query.where(Site.id != but)
    if db.session.scalar(query) is not None:
        raise Refused(_("Ce tiers a déjà un site « %(name)s ».", name=name), field="name")
