"""By which name somebody signs: the server's, never one that the form sends."""

from flask_babel import gettext as _

from shared.errors import Refused
from shared.folding import fold
from shared.signatures.models import Signer

LONGEST = 80


def name_of(signer: Signer) -> str:
    """Of the contact's person, else of the party; of the member of staff."""
    if signer.staff is not None:
        return signer.staff.name
    assert signer.contact is not None
    return signer.contact.person.full_name or signer.request.party.name


def is_person_named(signer: Signer) -> bool:
    """Whether we know the name of the human being, not only of the party."""
    return signer.staff is not None or bool(signer.contact and signer.contact.person.full_name)


def check_typed(typed: str, signer: Signer) -> None:
    """A typed sign is one's own name, or a part of it. Raises Refused (field `typed`)."""
    words = set(fold(typed).split())
    if len(fold(typed).strip()) < 2 or len(typed) > LONGEST:
        raise Refused(_("Tapez votre nom : il devient votre signature."), field="typed")
    if is_person_named(signer) and not words & set(fold(name_of(signer)).split()):
        raise Refused(
            _("Tapez votre propre nom, « %(name)s » : personne ne signe pour un autre.", name=name_of(signer)),
            field="typed",
        )
