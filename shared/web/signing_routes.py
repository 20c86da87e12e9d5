"""The addresses of signing, the same under each counter: one place says which views there are and what they do."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, request

from shared.signatures.models import Signer
from shared.web import signing, signing_elsewhere, signing_reading
from shared.web.permissions import Permission, View, requires
from shared.web.signing_desk import Desk


@dataclass(frozen=True)
class Counter:
    """One counter: its blueprint, where its pages are, the permission, and who signs there (404 for a stranger's)."""

    blueprint: Blueprint
    path: str  # under the blueprint
    endpoint: str
    permission: Permission
    signer: Callable[[uuid.UUID], Signer]
    desk: Callable[[], Desk]
    mark: Callable[[View], View] = lambda view: view


def open_counter(counter: Counter) -> None:
    """Register the pages of one signer at this counter."""
    find, desk = counter.signer, counter.desk
    own = f"{counter.path}/<uuid:signer_id>"
    views: tuple[tuple[str, str, str, View], ...] = (
        ("GET", "", "", lambda signer_id: signing_reading.show(find(signer_id), desk())),
        ("POST", "/opened", "_opened", lambda signer_id: signing_reading.mark_opened(find(signer_id), desk())),
        ("POST", "/read", "_read", lambda signer_id: signing_reading.mark_read(find(signer_id), desk())),
        ("GET", "/file", "_file", lambda signer_id: signing_reading.file(find(signer_id), desk())),
        ("GET", "/sign", "_sign", lambda signer_id: signing.sign_page([find(signer_id)], desk())),
        ("POST", "/sign", "_sign_now", lambda signer_id: signing.sign([find(signer_id)], desk())),
        ("POST", "/code", "_code", lambda signer_id: signing.send_code([find(signer_id)], desk())),
        ("POST", "/telephone", "_telephone", lambda signer_id: signing_elsewhere.begin(find(signer_id), desk())),
    )
    for method, path, name, view in views:
        _open(counter, method, own + path, name, view)
    _open(counter, "GET", f"{own}/pages/<int:number>", "_page", _page_view(counter))
    _open(counter, "GET", f"{own}/telephone/<uuid:drawing_id>", "_drawing", _drawing_view(counter))


def _page_view(counter: Counter) -> View:
    def view(signer_id: uuid.UUID, number: int) -> Response:
        return signing_reading.page_image(counter.signer(signer_id), counter.desk(), number)

    return view


def _drawing_view(counter: Counter) -> View:
    def view(signer_id: uuid.UUID, drawing_id: uuid.UUID) -> Response:
        signer = counter.signer(signer_id)
        if "picture" in request.args:
            return signing_elsewhere.picture(signer, drawing_id)
        return signing_elsewhere.follow(signer, counter.desk(), drawing_id)

    return view


def _open(counter: Counter, method: str, rule: str, name: str, view: View) -> None:
    marked = counter.mark(requires(counter.permission)(view))
    counter.blueprint.add_url_rule(rule, f"{counter.endpoint}{name}", marked, methods=[method])
