"""The list of timestamp servers: which ones, in which order, under which certificate each answered."""

import asyncio
import uuid

from flask_babel import gettext as _
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from sqlalchemy import select

from shared.clock import now
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db
from shared.secrets import seal
from shared.signatures.authority_models import TimestampServer
from shared.signatures.timestamp_servers import LONGEST, PASSWORD, ServerStamper, checked_url

MOST = 5  # servers: each that is silent costs 5 s


def servers() -> list[TimestampServer]:
    """In the order in which they are asked."""
    return list(db.session.scalars(select(TimestampServer).order_by(TimestampServer.position)))


def add_server(*, url: str, username: str = "", password: str = "", by: str) -> TimestampServer:
    """Add a server at the end; it serves once it has answered a try. Raises Refused with the field that is wrong."""
    wanted, known = checked_url(url), servers()
    if any(each.url == wanted for each in known):
        raise Refused(_("Ce serveur est déjà dans la liste."), "url")
    if len(known) >= MOST:
        raise Refused(_("La liste a cinq serveurs : retirez-en un d’abord."), "url")
    if len(username) > LONGEST or len(password) > LONGEST:
        raise Refused(_("Cet identifiant est trop long."), "username")
    row = TimestampServer(
        position=max((each.position for each in known), default=0) + 1,
        url=wanted,
        username=username.strip(),
        sealed_password=seal(password, PASSWORD) if password else "",
        added_by=by,
    )
    db.session.add(row)
    db.session.flush()
    record("setting.changed", by=by, facts={"key": "timestamp_server", "value": wanted})
    return row


def remove_server(*, server: TimestampServer, by: str) -> None:
    """Ask it no more; what it has given stays valid, as its certificates are in the signed files."""
    db.session.delete(server)
    db.session.flush()
    record("setting.changed", by=by, facts={"key": "timestamp_server", "value": f"- {server.url}"})


def move_up(*, server: TimestampServer, by: str) -> None:
    """Ask it before the one above it."""
    above = [each for each in servers() if each.position < server.position]
    if not above:
        return
    above[-1].position, server.position = server.position, above[-1].position
    db.session.flush()
    record("setting.changed", by=by, facts={"key": "timestamp_server", "value": f"↑ {server.url}"})


def server_of(identity: uuid.UUID) -> TimestampServer | None:
    """The one of that id."""
    return db.session.get(TimestampServer, identity)


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
