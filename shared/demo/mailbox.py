"""Reading the demo's mailbox, as its page does."""

import json
import urllib.request
from typing import Any
from urllib.error import URLError
from urllib.parse import quote

from shared.config import Config
from shared.demo.walking import Lost, wait_for


def newest(config: Config, to: str, after: str = "") -> list[dict[str, Any]]:
    """The messages to that address that came after the message of that id, the newest first. Raises Lost."""
    address = f"{config.inbox_url}api/messages?to={quote(to)}&after={quote(after)}"
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            found: list[dict[str, Any]] = json.load(answer)
    except (URLError, OSError, ValueError) as error:
        raise Lost(f"la messagerie de démonstration ne répond pas ({error})") from error
    return found


def awaited(config: Config, to: str, path: str, after: str = "") -> tuple[dict[str, Any], str]:
    """The first message to come there with a link to `path`, and that link. Raises Lost."""

    def look() -> tuple[dict[str, Any], str] | None:
        for message in reversed(newest(config, to, after)):
            for link in message["links"]:
                if link.startswith(config.public_url + path):
                    return message, link
        return None

    return wait_for(look, f"Le message à {to}")
