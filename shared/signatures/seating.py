"""A signer signs in: whoever is asked and has no access gets one that opens no folder, only what they sign."""

from shared.access.contacts import access_of, grant_to
from shared.access.granting import allow
from shared.access.models import Access
from shared.people.models import Contact

BULK = "signing_batch"  # the source of a document filed by a bulk asking, which then asks on its own terms


def open_to_sign(*, contact: Contact, by: str) -> Access:
    """The access by which this contact signs, made and allowed where there is none.

    One that staff closed stays closed: its owner is not told, and the page of the request says so.
    """
    standing = access_of(contact)
    if standing is not None:
        return standing
    access = grant_to(contact=contact, by=by)
    access.folder_ids = []
    allow(access=access, by=by)
    return access
