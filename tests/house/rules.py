"""What every page of the house respects, whatever it shows: `faults_of(app, answer)` names what it does not."""

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import html5lib
from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

POLICY = (
    "default-src 'none'; script-src 'nonce-{}'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; object-src 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types htmx guichet"
)
# Words that no French sentence holds, and what Python writes where a value was forgotten.
ENGLISH = re.compile(
    r"\b(the|and|with|your|you|please|save|cancel|delete|search|password|loading|previous|submit|invalid|required|"
    r"this|must|field|undefined|null|None|True|False|not|file|folder|size|choice|valid)\b"
)
SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-label")
# The remedies that the accessibility declaration must name: decree 2019-768, article 5.
OUTSIDE = ("https://formulaire.defenseurdesdroits.fr/", "https://www.defenseurdesdroits.fr/saisir/delegues")
URLS = {"href": "GET", "src": "GET", "action": "", "hx-get": "GET", "hx-post": "POST", "formaction": "POST"}


def faults_of(app: Flask, answer: TestResponse) -> list[str]:
    """One sentence for each fault of this page."""
    soup = BeautifulSoup(answer.text, "lxml")
    return [
        *_syntax(answer.text),
        *_frame(soup, answer.request.path),
        *_names(soup),
        *_labels(soup),
        *_scripts(soup, answer),
        *_words(soup),
        *_addresses(app, soup, answer.request.path),
        *_headers(answer),
    ]


def _syntax(html: str) -> Iterator[str]:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    parser.parse(html)
    lines = html.splitlines()
    for (line, _column), code, _more in parser.errors:
        yield f"html: {code} in « {lines[min(line, len(lines)) - 1].strip()[:120]} »"


def _frame(soup: BeautifulSoup, here: str) -> Iterator[str]:
    """One h1, a title that repeats it (but where it greets a person: the history of a browser keeps no name)."""
    headings = soup.find_all("h1")
    if len(headings) != 1:
        yield f"{len(headings)} h1"
        return
    title, heading = _text(soup.title), _text(headings[0])
    wanted = "Accueil" if here == "/" else heading
    if not re.fullmatch(rf"{re.escape(wanted)} — \S.*", title):
        yield f"title « {title} » beside h1 « {heading} »"
    if not soup.html or soup.html.get("lang") not in ("fr", "en"):
        yield "no language"


def _names(soup: BeautifulSoup) -> Iterator[str]:
    ids = Counter(str(tag["id"]) for tag in soup.select("[id]"))
    yield from (f"id {name} {count} times" for name, count in ids.items() if count > 1)
    for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls", "form", "popovertarget"):
        for tag in soup.select(f"[{attribute}]"):
            value = tag.get(attribute) or ""
            for name in value if isinstance(value, list) else str(value).split():
                if name not in ids:
                    yield f"{attribute}={name} names nothing"


def _labels(soup: BeautifulSoup) -> Iterator[str]:
    named = {str(label.get("for")) for label in soup.find_all("label")}
    for control in soup.select("input:not([type=hidden]), select, textarea"):
        wrapped = control.find_parent("label")
        if not (control.get("aria-label") or control.get("aria-labelledby") or control.get("id") in named or wrapped):
            yield f"no label: {str(control)[:120]}"
    for control in soup.select("button, a[href], summary"):
        pictures = [str(picture.get("alt", "")) for picture in control.find_all("img")]
        if not (control.get("aria-label") or _text(control) or "".join(pictures)):
            yield f"no name: {str(control)[:120]}"


def _scripts(soup: BeautifulSoup, answer: TestResponse) -> Iterator[str]:
    nonce = re.search(r"'nonce-([^']+)'", answer.headers.get("Content-Security-Policy", ""))
    ours = nonce[1] if nonce else ""
    for tag in soup.find_all(True):
        for name in tag.attrs:
            if name == "style" or name.startswith(("on", "hx-on")):
                yield f"inline {name}: {str(tag)[:120]}"
            if name.startswith("hx-") and tag.get("hx-nonce") != ours:
                yield f"{name} without the nonce: {str(tag)[:120]}"
        if tag.name in ("script", "style") and tag.get("nonce") != ours:
            yield f"{tag.name} without the nonce"


def _words(soup: BeautifulSoup) -> Iterator[str]:
    body = soup.body
    if body is None:
        return
    for unread in body.select("script, code, pre, textarea, [translate=no], iframe, [lang=en]"):
        unread.extract()
    said = [str(text) for text in body.stripped_strings]
    said += [str(tag[name]) for name in SPOKEN for tag in body.select(f"[{name}]")]
    said.append(_text(soup.title))
    for text in said:
        if found := ENGLISH.search(text):
            yield f"« {found[0]} » in « {text[:100]} »"
        if '"' in text or re.search(r"\w'\w", text):
            yield f"straight quotes in « {text[:100]} »"
        if re.search(r"coffre.fort", text, re.IGNORECASE):
            yield f"protected word in « {text[:100]} »"
        if re.search(r"%\(\w+\)|\{\{|\{%|\bTODO\b|lorem", text, re.IGNORECASE):
            yield f"not filled in: « {text[:100]} »"


def _addresses(app: Flask, soup: BeautifulSoup, here: str) -> Iterator[str]:
    adapter = app.url_map.bind("localhost")
    for attribute, method in URLS.items():
        for tag in soup.select(f"[{attribute}]"):
            url = str(tag[attribute])
            if tag.name == "form" and _is_only_carried(soup, tag):
                continue
            if (url.startswith(("#", "data:")) and url != "#") or url in OUTSIDE:
                continue
            parts = urlsplit(urljoin(f"http://localhost{here}", url))
            if parts.netloc != "localhost":
                yield f"{attribute} leaves: {url}"
                continue
            try:
                adapter.match(parts.path, method=method or str(tag.get("method", "get")).upper())
            except MethodNotAllowed:
                yield f"{attribute} with a wrong method: {url}"
            except RequestRedirect:
                continue
            except HTTPException:
                yield f"{attribute} leads nowhere: {url}"


def _is_only_carried(soup: BeautifulSoup, form: Tag) -> bool:
    """A form without a button of its own: each button elsewhere names it, and its own address."""
    buttons = soup.select(f"button[form={form.get('id')}]") if form.get("id") else []
    return not form.find("button") and all(button.get("formaction") for button in buttons)


def _headers(answer: TestResponse) -> Iterator[str]:
    headers = answer.headers
    policy = headers.get("Content-Security-Policy", "")
    nonce = re.search(r"'nonce-([^']{20,})'", policy)
    if not nonce or policy != POLICY.format(nonce[1]):
        yield f"policy: {policy}"
    for name, wanted in {
        "X-Content-Type-Options": ("nosniff",),
        "X-Frame-Options": ("DENY",),
        "Cache-Control": ("no-store", "private, no-store"),
        "Referrer-Policy": ("same-origin", "no-referrer"),
        "Content-Type": ("text/html; charset=utf-8",),
    }.items():
        if headers.get(name) not in wanted:
            yield f"{name}: {headers.get(name)}"
    for cookie in headers.getlist("Set-Cookie"):
        if cookie.startswith("__Host-") and not ("Secure" in cookie and "HttpOnly" in cookie and "SameSite" in cookie):
            yield f"cookie: {cookie.partition('=')[0]}"


def _text(tag: Tag | None) -> str:
    return " ".join(tag.get_text().split()) if tag else ""
