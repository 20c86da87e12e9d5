"""A visitor of the running product: reads pages, follows links, fills in forms, as a browser without scripts would.

Over plain HTTP to this machine, under the public name; the cookies are kept by hand because their marks ask for a
browser's idea of what is safe.
"""

import json
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from typing import Any, TypeVar
from urllib.parse import urlencode, urljoin, urlsplit

from lxml import html

from shared.config import Config

PATIENCE = 60.0  # seconds for an answer, and for what a worker does
BETWEEN = 0.3  # seconds between two looks
REDIRECTS = 8
AGENT = "Mozilla/5.0 (X11; Linux x86_64) Parcours de démonstration"
Found = TypeVar("Found")


class Lost(Exception):
    """One French sentence: what was expected and did not come."""


@dataclass(frozen=True)
class Upload:
    """A file for a form."""

    filename: str
    data: bytes
    mime: str = "application/pdf"


@dataclass(frozen=True)
class Page:
    """One answer, after redirections."""

    address: str
    status: int
    kind: str
    data: bytes

    @property
    def tree(self) -> Any:
        return html.fromstring(self.data.decode())

    @property
    def text(self) -> str:
        """The words of the page, spaces made single."""
        return " ".join(self.tree.text_content().split())

    def holds(self, *words: str) -> "Page":
        """Itself, when all these words are on it. Raises Lost."""
        for each in words:
            if each not in self.text:
                raise Lost(f"la page {urlsplit(self.address).path} ne montre pas « {each} »")
        return self

    def link(self, words: str) -> str:
        """The address of the first link that reads so. Raises Lost."""
        for each in self.tree.iter("a"):
            if words in " ".join(each.text_content().split()) and each.get("href"):
                return str(urljoin(self.address, each.get("href")))
        raise Lost(f"la page {urlsplit(self.address).path} n’a pas de lien « {words} »")


@dataclass
class Walker:
    """One visitor; `cookies` are theirs alone."""

    config: Config
    cookies: dict[str, str] = field(default_factory=dict)

    def visit(self, address: str) -> Page:
        """Read a page. Raises Lost for anything but a 200."""
        return self._followed("GET", urljoin(f"{self.config.public_url}/", address))

    def press(self, page: Page, button: str, **typed: str | Upload) -> Page:
        """Fill in the form of the first button that reads `button`, and press it. Raises Lost."""
        for each in page.tree.iter("button"):
            if button in " ".join(each.text_content().split()):
                return self._sent(page, each, typed)
        raise Lost(f"la page {urlsplit(page.address).path} n’a pas de bouton « {button} »")

    def tell(self, page: Page, path: str) -> None:
        """What the page's script posts by itself, with the token that the page carries."""
        carried = page.tree.find("body").get("hx-headers:inherited")
        if carried is None:
            raise Lost(f"la page {urlsplit(page.address).path} n’a pas de jeton")
        self._followed("POST", urljoin(page.address, path), {}, headers=json.loads(carried))

    def _sent(self, page: Page, button: Any, typed: dict[str, str | Upload]) -> Page:
        form = _form_of(page.tree, button)
        fields = _fields_of(page.tree, form) | typed
        if button.get("name"):
            fields[button.get("name")] = button.get("value", "")
        action = button.get("formaction") or form.get("action") or page.address
        return self._followed("POST", urljoin(page.address, action), fields)

    def _followed(
        self,
        method: str,
        address: str,
        fields: dict[str, str | Upload] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Page:
        for _hop in range(REDIRECTS):
            status, kind, data, location = self._asked(method, address, fields, headers or {})
            if status in (301, 302, 303) and location:
                method, address, fields = "GET", urljoin(address, location), None
                continue
            if status >= 400:
                raise Lost(f"{urlsplit(address).path} répond {status}{_why(data, kind)}")
            return Page(address, status, kind, data)
        raise Lost(f"{urlsplit(address).path} renvoie sans fin d’une page à l’autre")

    def _asked(
        self, method: str, address: str, fields: dict[str, str | Upload] | None, headers: dict[str, str]
    ) -> tuple[int, str, bytes, str]:
        parts = urlsplit(address)
        body, kind = _written(fields)
        sent = {"Host": urlsplit(self.config.public_url).netloc, "User-Agent": AGENT, **headers}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if kind:
            sent["Content-Type"] = kind
        host = "127.0.0.1" if self.config.bind in ("0.0.0.0", "::") else self.config.bind
        connection = HTTPConnection(host, self.config.port, timeout=PATIENCE)
        try:
            connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, sent)
            answer = connection.getresponse()
            data = answer.read()
        except (OSError, HTTPException) as error:
            raise Lost(f"{parts.path} ne répond pas ({error})") from error
        finally:
            connection.close()
        self._keep(answer.headers.get_all("Set-Cookie") or [])
        return answer.status, answer.headers.get_content_type(), data, answer.headers.get("Location", "")

    def _keep(self, headers: Iterable[str]) -> None:
        for header in headers:
            for name, morsel in SimpleCookie(header).items():
                if morsel.value and morsel["max-age"] != "0":
                    self.cookies[name] = morsel.value
                else:
                    self.cookies.pop(name, None)


def wait_for(question: Callable[[], Found | None], what: str, seconds: float = PATIENCE) -> Found:
    """The first answer that is something; raises Lost with `what` had to come."""
    end = time.monotonic() + seconds
    while True:
        found = question()
        if found:
            return found
        if time.monotonic() > end:
            raise Lost(f"{what} n’est pas venu en {seconds:.0f} s")
        time.sleep(BETWEEN)


def _form_of(tree: Any, button: Any) -> Any:
    named = button.get("form")
    if named:
        return tree.get_element_by_id(named)
    form = next(button.iterancestors("form"), None)
    if form is None:
        raise Lost("un bouton n’est dans aucun formulaire")
    return form


def _fields_of(tree: Any, form: Any) -> dict[str, str | Upload]:
    """What a browser would send: the fields inside and those that name this form, ticked boxes only."""
    fields: dict[str, str | Upload] = {}
    inside = [each for each in form.iter("input", "select", "textarea") if not each.get("form")]
    outside = [each for each in tree.iter("input", "select", "textarea") if each.get("form") == form.get("id")]
    for each in [*inside, *(outside if form.get("id") else [])]:
        kind = each.get("type", "") if each.tag == "input" else each.tag
        if not each.get("name") or kind in ("file", "submit", "button"):
            continue
        if kind in ("checkbox", "radio") and each.get("checked") is None:
            continue
        fields[each.get("name")] = _value_of(each)
    return fields


def _value_of(each: Any) -> str:
    if each.tag == "textarea":
        return each.text or ""
    if each.tag == "select":
        options = list(each.iter("option"))
        chosen = [option for option in options if option.get("selected") is not None] or options[:1]
        return chosen[0].get("value", "") if chosen else ""
    return str(each.get("value", "on" if each.get("type") in ("checkbox", "radio") else ""))


def _written(fields: dict[str, str | Upload] | None) -> tuple[bytes | None, str]:
    if fields is None:
        return None, ""
    if not any(isinstance(value, Upload) for value in fields.values()):
        return urlencode(fields).encode(), "application/x-www-form-urlencoded"
    mark = secrets.token_hex(16)
    parts = []
    for name, value in fields.items():
        if isinstance(value, Upload):
            head = f'name="{name}"; filename="{value.filename}"\r\nContent-Type: {value.mime}'
            parts.append(_part(mark, head, value.data))
        else:
            parts.append(_part(mark, f'name="{name}"', value.encode()))
    return b"".join(parts) + f"--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


def _part(mark: str, head: str, data: bytes) -> bytes:
    return f"--{mark}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + data + b"\r\n"


def _why(data: bytes, kind: str) -> str:
    """The first words of an error page."""
    if kind != "text/html" or not data:
        return ""
    heading = str(html.fromstring(data.decode(errors="replace")).xpath("string(//h1)")).strip()
    return f" (« {heading} »)" if heading else ""
