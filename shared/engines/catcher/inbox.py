"""The page of the catcher: a list of messages and each message, on this machine only."""

import json
import re
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from shared.engines.catcher.post import BOUNCING
from shared.engines.catcher.store import Kept, Store, part
from shared.engines.catcher.texts import PATH, Texts

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

TEMPLATES = Path(__file__).resolve().parents[3] / "templates" / "catcher"
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})
LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
ROUTES = Map(
    [
        Rule("/", endpoint="list"),
        Rule("/messages/<name>", endpoint="show"),
        Rule("/messages/<name>/html", endpoint="html"),
        Rule("/messages/<name>/source", endpoint="source"),
        Rule("/messages/<name>/files/<int:number>", endpoint="file"),
        Rule("/api/messages", endpoint="api"),
        Rule("/api/texts", endpoint="api_texts"),
        Rule(PATH, endpoint="text", methods=["POST"]),
    ]
)
PAGE_POLICY = (
    "default-src 'none'; style-src 'nonce-{0}'; script-src 'nonce-{0}'; connect-src 'self'; img-src 'self' data:; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# A message may have style and its own images, nothing that runs and nothing from elsewhere;
# its links open a page of their own, free of this cage.
MESSAGE_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; form-action 'none'; frame-ancestors 'self'"
)


class Inbox:
    """A WSGI application over one store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.texts = Texts(store.folder.parent / "texts")
        loader = FileSystemLoader(TEMPLATES)
        self.jinja = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
        self.jinja.filters["linked"] = linked

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        return self._answer(request)(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.host.rsplit(":", 1)[0] not in LOOPBACK_HOSTS and request.host not in LOOPBACK_HOSTS:
            return Response("Cette page ne s’ouvre que sur la machine de démonstration.", 403)
        try:
            endpoint, values = ROUTES.bind_to_environ(request.environ).match()
            views: dict[str, Callable[..., Response]] = {
                "list": self._list,
                "show": self._show,
                "html": self._html,
                "source": self._source,
                "file": self._file,
                "api": self._api,
                "api_texts": self._api_texts,
                "text": self.texts.answer,
            }
            response = views[endpoint](request, **values)
        except HTTPException as error:
            response = Response(f"Introuvable ({error.code}).", error.code)
        response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response

    def _list(self, request: Request) -> Response:
        to = request.args.get("to", "")
        kept = {"messages": self.store.newest(to), "texts": self.texts.newest(to, limit=10)}
        return self._page("list.html", **kept, to=to, bouncing=f"@{BOUNCING}")

    def _show(self, request: Request, name: str) -> Response:
        kept = self._kept(name)
        message = self.store.message(kept)
        return self._page(
            "message.html",
            kept=kept,
            headers=[(key, str(value)) for key, value in message.raw_items()],
            has_html=bool(part(message, "html")),
            text=part(message, "plain"),
            files=[each.get_filename("fichier") for each in message.iter_attachments()],
        )

    def _html(self, request: Request, name: str) -> Response:
        html = part(self.store.message(self._kept(name)), "html")
        based = re.sub(r"(<head[^>]*>|\A(?!.*<head))", r'\1<base target="_blank">', html, count=1, flags=re.I | re.S)
        return Response(based, mimetype="text/html", headers={"Content-Security-Policy": MESSAGE_POLICY})

    def _source(self, request: Request, name: str) -> Response:
        return Response(self.store.raw(self._kept(name)), content_type="text/plain; charset=utf-8")

    def _file(self, request: Request, name: str, number: int) -> Response:
        found = list(self.store.message(self._kept(name)).iter_attachments())
        if number >= len(found):
            raise NotFound
        data = found[number].get_payload(decode=True)
        response = Response(data if isinstance(data, bytes) else b"", mimetype="application/octet-stream")
        response.headers.set("Content-Disposition", "attachment", filename=found[number].get_filename("fichier"))
        return response

    def _api(self, request: Request) -> Response:
        """`?to=` part of an address, `?after=` an id; newest first, 50 at most, texts and links included."""
        kept = self.store.newest(request.args.get("to", ""), request.args.get("after", ""), 50)
        return Response(
            json.dumps([self._told(each) for each in kept], ensure_ascii=False), mimetype="application/json"
        )

    def _api_texts(self, request: Request) -> Response:
        """The same for SMS: `?to=` part of a number, `?after=` an id."""
        told = self.texts.told(request.args.get("to", ""), request.args.get("after", ""))
        return Response(json.dumps(told, ensure_ascii=False), mimetype="application/json")

    def _told(self, kept: Kept) -> dict[str, Any]:
        message = self.store.message(kept)
        text = part(message, "plain")
        return {
            "id": kept.id,
            "received_at": kept.received_at,
            "envelope_from": kept.sender,
            "recipients": kept.recipients,
            "from": kept.shown_sender,
            "subject": kept.subject,
            "message_id": str(message["Message-ID"] or ""),
            "text": text,
            "html": part(message, "html"),
            "links": LINK.findall(text),
            "files": [each.get_filename("fichier") for each in message.iter_attachments()],
        }

    def _page(self, template: str, **values: object) -> Response:
        nonce = secrets.token_urlsafe(16)
        page = self.jinja.get_template(template).render(nonce=nonce, **values)
        return Response(page, mimetype="text/html", headers={"Content-Security-Policy": PAGE_POLICY.format(nonce)})

    def _kept(self, name: str) -> Kept:
        kept = self.store.get(name)
        if kept is None:
            raise NotFound
        return kept


def linked(text: str) -> Markup:
    """Plain text whose addresses can be clicked."""
    out, end = [], 0
    for found in LINK.finditer(text):
        url = escape(found[0])
        out += [
            escape(text[end : found.start()]),
            Markup('<a href="{0}" target="_blank" rel="noopener">{0}</a>').format(url),
        ]
        end = found.end()
    return Markup("").join([*out, escape(text[end:])])
