"""The address of one contact, corrected where it turned out to be wrong; the rest of their card stays."""

from flask_babel import gettext as _

from shared.errors import Refused, Stale
from shared.extensions import db
from shared.notifications.addresses import normalise
from shared.people.addressing import doubt
from shared.people.contacting import CONTACT_FIELDS, PERSON_FIELDS, ContactCard, edit_contact
from shared.people.models import Contact


def change_contact_address(
    *, contact: Contact, address: str, seen: str, by: str, is_sure: bool = False, field: str = "address"
) -> None:
    """Write another address on the card. `seen` is what it held when it was shown.

    Raises Stale when it holds something else by now, Refused when the address is malformed or the contact closed,
    Doubtful when it bounced before or looks misspelt and the person is not yet sure.
    """
    db.session.refresh(contact, with_for_update={"of": Contact})
    becomes = normalise(address, field)
    if contact.email == becomes:
        return
    if contact.closed_at is not None:
        raise Refused(_("Cet interlocuteur est fermé : rouvrez-le pour changer son adresse."), field)
    if contact.email != seen:
        raise Stale(_("Quelqu’un a changé cette adresse pendant que vous la modifiiez. Rien n’a été écrasé."), field)
    if not is_sure:
        doubt(party=contact.party, address=becomes, field=field)
    card = ContactCard(
        **{name: getattr(contact.person, name) for name in PERSON_FIELDS},
        **{name: getattr(contact, name) for name in CONTACT_FIELDS if name != "email"},
        email=becomes,
        site_id=contact.site_id,
    )
    edit_contact(contact=contact, card=card, revision=contact.revision, by=by)
