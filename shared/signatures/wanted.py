"""Who is to sign, in which rank: those of one rank sign in any order, the next rank is asked after them."""

from dataclasses import dataclass, replace

from shared.people.models import Contact, Staff
from shared.signatures.models import SignerRole


@dataclass(frozen=True)
class Wanted:
    """One person: a contact of the party on the portal, or a member of staff in the back office."""

    rank: int
    role: SignerRole
    contact: Contact | None = None
    staff: Staff | None = None

    def at(self, rank: int) -> "Wanted":
        """The same person in another rank."""
        return replace(self, rank=rank)
