"""How one value is written into the text part, the HTML part, an address or a list."""

import re
from collections.abc import Callable
from html import escape

from flask_babel import gettext as _

from shared.errors import Refused
from shared.notifications.values import HIDDEN, Item, Value, items, spelled

WEB_ADDRESS = re.compile(r"https?://[^\s<>\"\\\x00-\x1f\x7f]+\Z")
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
LINK = '<a class="link" href="{}" style="color:#1a56a8;text-decoration:underline">{}</a>'


def inline_text(value: Value, locale: str, zone: str) -> str:
    """In a sentence of the text part."""
    return CONTROLS.sub("", spelled(value, locale, zone).replace("\r\n", "\n"))


def inline_html(value: Value, locale: str, zone: str) -> str:
    """In a sentence of the HTML part: always as text."""
    return escape(inline_text(value, locale, zone)).replace("\n", "<br>")


def address(value: Value, locale: str, zone: str) -> str:
    """As the target of a link; raises Refused on anything but http and https."""
    url = spelled(value, locale, zone)
    if url == HIDDEN:
        return "#"
    if not WEB_ADDRESS.match(url):
        raise Refused(_("L’adresse du lien ne commence pas par « https:// » : le message n’est pas parti."))
    return escape(url)


def anchor(value: Value, locale: str, zone: str) -> str:
    """A link inside a sentence of the HTML part, which shows its address."""
    return LINK.format(address(value, locale, zone), inline_html(value, locale, zone))


def list_text(value: Value, locale: str, zone: str) -> str:
    """One document a line, its own link below it."""
    return "\n".join(_line(item, locale, zone) for item in items(value))


def list_html(value: Value, locale: str, zone: str) -> str:
    """One list item a document, its name being the link when it has one."""
    return "".join(f'<li style="margin:0 0 8px">{_entry(item, locale, zone)}</li>' for item in items(value))


WRITERS: dict[str, Callable[[Value, str, str], str]] = {
    "text": inline_text,
    "html": inline_html,
    "href": address,
    "anchor": anchor,
    "list-text": list_text,
    "list-html": list_html,
}


def _line(item: Item, locale: str, zone: str) -> str:
    title = inline_text(item.title, locale, zone).replace("\n", " ")
    return f"- {title}\n  {address(item.url, locale, zone)}" if item.url else f"- {title}"


def _entry(item: Item, locale: str, zone: str) -> str:
    if not item.url:
        return inline_html(item.title, locale, zone)
    return LINK.format(address(item.url, locale, zone), inline_html(item.title, locale, zone))
