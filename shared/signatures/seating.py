"""A signer signs in: whoever is asked and has no access gets one that opens no folder, only what they sign."""

from flask_babel import gettext as _

from shared.access.contacts import access_of, grant_to
from shared.access.granting import allow
from shared.access.models import Access, Act
from shared.errors import Refused
from shared.people.models import Contact

BULK = "signing_batch"  # the source of a document filed by a bulk asking, which then asks on its own terms


def open_to_sign(*, contact: Contact, by: str) -> Access:
    """The access by which this contact signs, made and allowed where there is none.

    One that staff closed stays closed: its owner is not told, and the page of the request says so. Raises Refused
    for one that does not let its person sign.
    """
    standing = access_of(contact)
    if standing is not None:
        if Act.SIGN not in standing.acts:
            raise Refused(
                _(
                    "L’accès de %(name)s ne permet pas de signer : choisissez une autre personne, "
                    "ou faites-lui donner ce droit (« Droits et dates »).",
                    name=contact.person.full_name or contact.party.name,
                ),
                field="signers",
            )
        return standing
    access = grant_to(contact=contact, by=by)
    access.folder_ids = []
    allow(access=access, by=by)
    return access
