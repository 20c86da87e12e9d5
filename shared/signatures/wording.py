"""The words of the button: who orders as a consumer is told that they will pay."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from shared.signatures.models import Signer, SignerRole

ORDERS = ("quote", "order")


def button_words(signers: Sequence[Signer]) -> str:
    """« Signer », or the plain words that the law asks for (Code de la consommation, art. L221-14)."""
    if any(_pays(signer) for signer in signers):
        return str(_("Signer avec obligation de paiement"))
    return str(ngettext("Signer le document", "Signer les %(num)s documents", len(signers)))


def _pays(signer: Signer) -> bool:
    """A consumer who accepts an offer with a price."""
    ours = signer.request
    is_consumer = signer.role is SignerRole.PARTY and not ours.party.is_business and not ours.party.family.of_people
    return is_consumer and ours.document.folder.document_class in ORDERS
