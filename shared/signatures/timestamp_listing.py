"""The list of timestamp servers: which ones, in which order, under which certificate each answered."""

import uuid
from urllib.parse import urlsplit

from flask_babel import gettext as _
from sqlalchemy import select

from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db
from shared.secrets import seal
from shared.signatures.authority_models import TimestampServer

MOST = 5  # servers: each that is silent costs 5 s
LONGEST = 300  # characters of an address
PASSWORD = "timestamp-server"  # what its secret is sealed for


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


def checked_url(url: str) -> str:
    """The address as kept. Raises Refused for what is no address of a timestamp server."""
    written = url.strip()
    parts = urlsplit(written)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or len(written) > LONGEST:
        raise Refused(_("Écrivez une adresse complète, comme https://horodatage.exemple.fr."), "url")
    return written
