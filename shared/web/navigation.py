"""What a face gives its layout to show around a page."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Company:
    """Whose counter this is. `colour` is « #rrggbb »; `logo` an address on this site, or None for a monogram."""

    name: str = "Guichet"
    logo: str | None = None
    colour: str | None = None
    ink: str = ""  # the text colour chosen for it; empty: black or white, whichever reads better


@dataclass(frozen=True)
class Item:
    """A line of navigation or of a menu; `post` makes it a button that posts (logout)."""

    label: str
    url: str
    icon: str
    current: bool = False
    count: int = 0
    post: bool = False
    danger: bool = False


@dataclass(frozen=True)
class Group:
    """Lines of the back office's navigation under one heading."""

    label: str
    lines: tuple[Item, ...]


@dataclass(frozen=True)
class Notice:
    """A strip above the page: suspended notifications, « vous regardez le portail de… », a planned cut."""

    text: str
    tone: Literal["news", "warn", "bad"] = "warn"
    icon: str = "info-circle"
    url: str = ""
    label: str = ""
    post: bool = False  # a button that posts, as in a menu
