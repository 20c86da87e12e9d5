"""A mark that a browser keeps after a login: whoever shows it is slowed by wrong passwords, never locked out."""

import secrets
import uuid

from flask import after_this_request, request
from werkzeug.wrappers import Response

from shared.web import cookies
from shared.web.sessions import Face

SECONDS = 400 * 24 * 3600
MOST = 20


def known(face: Face) -> tuple[str | None, frozenset[uuid.UUID]]:
    """The device, and whose accounts it has opened before."""
    device, owners = _read(face)
    return device, frozenset(uuid.UUID(owner) for owner in owners)


def remember(face: Face, owner: uuid.UUID) -> None:
    """This device has just opened the account of `owner`."""
    device, owners = _read(face)
    kept = [str(owner), *(other for other in owners if other != str(owner))][:MOST]
    value = cookies.signed([device or secrets.token_urlsafe(12), kept], _purpose(face))

    @after_this_request
    def put(answer: Response) -> Response:
        cookies.put(answer, f"{face.cookie}-device", value, SECONDS)
        return answer


def _read(face: Face) -> tuple[str | None, list[str]]:
    shown = request.cookies.get(cookies.name_of(f"{face.cookie}-device"), "")
    device, owners = cookies.unsigned(shown, _purpose(face), SECONDS) or (None, [])
    return device, owners


def _purpose(face: Face) -> str:
    return f"device:{face.key}"
