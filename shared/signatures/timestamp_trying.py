"""Whether a timestamp server answers, under which certificate, told in a sentence."""

import asyncio

from flask_babel import gettext as _
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

from shared.clock import now
from shared.extensions import db
from shared.signatures.authority_models import TimestampServer
from shared.signatures.timestamp_servers import ServerStamper


def try_server(server: TimestampServer) -> tuple[bool, str]:
    """Ask for one timestamp; at the first good answer its certificate is retained. Whether it works, and a sentence."""
    stamper = ServerStamper.of(server)
    try:
        asyncio.run(stamper.async_dummy_response("sha256"))
        top = stamper.top()
        name = str(top.subject.native.get("common_name", ""))
        if server.anchor is None:
            server.anchor = top.dump()
            said = _("Répond. Certificat retenu : %(name)s.", name=name)
        elif server.anchor != top.dump():
            return _noted(server, False, _("Répond sous un autre certificat que celui retenu : %(name)s.", name=name))
        else:
            said = _("Répond sous le certificat retenu : %(name)s.", name=name)
    except TimestampRequestError as error:
        return _noted(server, False, _why(str(error)))
    except (ValueError, KeyError, TypeError, AssertionError):
        return _noted(server, False, _("Sa réponse n’est pas un horodatage (RFC 3161)."))
    return _noted(server, True, said)


def _noted(server: TimestampServer, answered: bool, outcome: str) -> tuple[bool, str]:
    server.tried_at, server.answered, server.outcome = now(), answered, outcome
    db.session.flush()
    return answered, outcome


def _why(error: str) -> str:
    known = {
        "unknown name": _("Ce nom n’existe pas : vérifiez l’adresse."),
        "private address": _("Cette adresse mène au réseau interne : elle n’est pas demandée."),
        "not a timestamp": _("Sa réponse n’est pas un horodatage (RFC 3161)."),
        "HTTP 401": _("Il demande un identifiant et un mot de passe valables."),
    }
    return str(known.get(error, _("Il ne répond pas : %(why)s.", why=error)))
