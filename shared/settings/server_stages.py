"""Whether this installation can be reached by its own name: domain, address, portal."""

import http.client
import socket
import ssl
from urllib.parse import urlsplit

from flask_babel import gettext as _

from shared.config import config
from shared.settings.identity import identity
from shared.settings.stages import Failed, Stage

PATIENCE = 8.0  # seconds


def server_stages() -> tuple[Stage, ...]:
    """In order: the company's domain has a name server's answer, the portal's host too, the portal answers there."""
    return (("domain", _domain), ("name", _address), ("portal", _portal))


def _domain() -> str:
    domain = identity().domain
    return _resolved(domain, str(_("Le domaine « %(name)s » est inconnu : corrigez-le.", name=domain)))


def _address() -> str:
    host = config().public_host
    return _resolved(host, str(_("« %(name)s » ne mène nulle part : corrigez PUBLIC_URL ou le DNS.", name=host)))


def _resolved(name: str, otherwise: str) -> str:
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Failed(otherwise) from error
    return str(_("%(name)s est à l’adresse %(address)s.", name=name, address=found[0][4][0]))


def _portal() -> str:
    """Asked of /healthz, which anybody may read and which says nothing of anybody."""
    parts = urlsplit(config().public_url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=PATIENCE)
    try:
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except ssl.SSLCertVerificationError as error:
        raise Failed(_("Le certificat du portail n’est pas reconnu : %(why)s.", why=error.verify_message)) from error
    except (OSError, http.client.HTTPException) as error:
        raise Failed(_("Le portail ne répond pas à %(url)s depuis cette machine.", url=config().public_url)) from error
    finally:
        connection.close()
    if status not in (200, 503):  # 503: it answers, and says that an engine is down
        raise Failed(_("%(url)s répond %(status)s : ce n’est pas ce portail.", url=config().public_url, status=status))
    return str(_("Le portail répond à %(url)s.", url=config().public_url))
