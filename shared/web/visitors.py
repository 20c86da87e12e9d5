"""Who is asking: read once, when the session is opened, in one query."""

import uuid
from typing import NoReturn
from urllib.parse import quote, urlsplit

from flask import Flask, Response, abort, flash, redirect, request, session
from flask_babel import gettext as _
from werkzeug.urls import iri_to_uri

from shared.access.models import Account, Link, Seat
from shared.access.opening import GRANT, document_by_grant
from shared.access.seats import is_open
from shared.clock import now
from shared.events.actors import ANONYMOUS, account_actor, staff_actor
from shared.extensions import login
from shared.people.models import Staff
from shared.web.entering import current
from shared.web.page import is_htmx
from shared.web.redirects import safe_next
from shared.web.sessions import BACKOFFICE, face_of

GRANTS = "opened"  # in the session: document id → the link that proved it, and when


def install(app: Flask) -> None:
    """Tell Flask-Login who is there; the session and its end are ours, its remember cookie is never set."""
    app.config["SESSION_PROTECTION"] = None
    login.init_app(app)
    login.request_loader(lambda _request: staff_or_none() or account_or_none())
    login.unauthorized_handler(turn_away)


def staff() -> Staff:
    """The member of staff who asks, with grants and roles; others are sent to the login."""
    return staff_or_none() or turn_away()


def staff_or_none() -> Staff | None:
    """The same, or None; always None on the portal, where staff have no right by being staff."""
    return current().staff


def seat() -> Seat:
    """The seat from which a person of the portal asks, with account, access and party; others are sent to the login."""
    return seat_or_none() or turn_away()


def seat_or_none() -> Seat | None:
    """The same, or None. A seat withdrawn a second ago is none."""
    found = current().seat
    return found if found is not None and is_open(found) else None


def impersonator() -> Staff | None:
    """The member of staff who looks as the customer (« Portail client »); they only read, and leave no trace."""
    return current().impersonator


def account_or_none() -> Account | None:
    """Whose session it is: with a seat, or on the way to choosing a password."""
    return current().account


def actor() -> str:
    """Who asks, as the log writes it."""
    if (someone := staff_or_none() or impersonator()) is not None:
        return staff_actor(someone)
    account = account_or_none()
    return account_actor(account) if account is not None and seat_or_none() is not None else ANONYMOUS


def client_ip() -> str:
    """Where the request comes from; a proxy is believed only where the configuration says so."""
    return request.remote_addr or ""


def user_agent() -> str:
    """What the browser says of itself, cut."""
    return request.user_agent.string[:300]


def grant_link(link: Link) -> None:
    """Remember that this browser knew the code that goes with a document link; it opens that document, for a while."""
    session[GRANTS] = {**session.get(GRANTS, {}), str(link.document_id): [str(link.id), int(now().timestamp())]}


def link_grant(document_id: uuid.UUID) -> Link | None:
    """The mailed link by which this browser may open that one document now; no wider session comes with it."""
    link_id, proved_at = session.get(GRANTS, {}).get(str(document_id), (None, 0))
    if link_id is None or now().timestamp() - proved_at > GRANT.total_seconds():
        return None
    return document_by_grant(link_id=uuid.UUID(link_id), document_id=document_id)


def turn_away() -> NoReturn:
    """To the login of this face, and back afterwards; a fragment says so to HTMX with a 401."""
    if current().ended:
        flash(
            _("Votre session s’est terminée. Reconnectez-vous : rien de ce qui était enregistré n’est perdu."), "info"
        )
    home, url = ("/backoffice/", "/backoffice/sign-in") if face_of(request.path) is BACKOFFICE else ("/", "/sign-in")
    back = safe_next(_asked(), otherwise=home)
    if back != home:
        url = f"{url}?next={quote(back, safe='/')}"
    if not is_htmx():
        abort(redirect(url, 303))
    answer = Response(status=401)
    answer.headers["HX-Redirect"] = url
    answer.vary.add("HX-Request")
    abort(answer)


def _asked() -> str:
    """The page to come back to: never the address of a post, nor of a fragment."""
    if is_htmx():
        shown = urlsplit(request.headers.get("HX-Current-URL", ""))
        return f"{shown.path}?{shown.query}" if shown.query else shown.path
    if request.method not in ("GET", "HEAD"):
        return ""
    return iri_to_uri(request.full_path).removesuffix("?")
