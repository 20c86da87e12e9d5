"""The words that a signer accepts: what was read, what signing means, what is kept of it and for how long.

Code civil, art. 1366 and 1367; regulation (EU) 910/2014, art. 25. Nobody accepts anything by a box ticked beforehand.
"""

import hashlib

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from shared.catalogues import languages
from shared.errors import Stale
from shared.signatures.models import Level, SignatureRequest

KEPT_YEARS = 10  # what proves a contract concluded electronically: Code de la consommation, L213-1 and D213-2
SHOWN_OF_DIGEST = 8


def consent_text(request: SignatureRequest, locale: str) -> str:
    """What a signer of this request accepts, word for word, in that language; stored as it was shown."""
    version = request.prepared_version
    pages = version.pages or 1 if version else 1
    with force_locale(locale):
        told = [
            _(
                "J’ai lu le document « %(title)s » (%(pages)s, empreinte SHA-256 %(digest)s…) "
                "et j’accepte de le signer électroniquement.",
                title=request.document.title,
                pages=ngettext("%(num)s page", "%(num)s pages", pages),
                digest=(request.prepared_sha256 or "")[:SHOWN_OF_DIGEST],
            ),
            _(
                "Je reconnais que ma signature électronique m’engage au même titre qu’une signature manuscrite "
                "(articles 1366 et 1367 du Code civil)."
            ),
            level_words(request.level),
            _(
                "Les données de preuve (identité, adresse électronique, téléphone, adresse IP, dates et heures, "
                "code de confirmation) sont conservées pendant %(years)s ans pour prouver cet accord.",
                years=KEPT_YEARS,
            ),
        ]
    return "\n".join(told)


def level_words(level: Level) -> str:
    """What the level is worth, in honest words."""
    if level is Level.REINFORCED:
        return str(_("C’est une signature électronique renforcée : un code reçu par moi seul confirme qui je suis."))
    return str(_("C’est une signature électronique simple : ma connexion à cet espace dit qui je suis."))


def digest_of(text: str) -> str:
    """What the page carries of the text that it showed."""
    return hashlib.sha256(text.encode()).hexdigest()


def shown_text(request: SignatureRequest, digest: str) -> tuple[str, str]:
    """The text that the page showed and its language, known again by its digest. Raises Stale when it has changed."""
    for locale in languages():
        text = consent_text(request, locale)
        if digest_of(text) == digest:
            return text, locale
    raise Stale(_("Le document a changé pendant que vous le lisiez. Rien n’a été signé : lisez la nouvelle version."))
