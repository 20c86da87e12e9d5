"""The frame around a message: blocks, signature, why it was sent, link to the portal.

Where a value will go stands a slot, `\\0key:form\\0`; no text may hold a NUL of its own.
"""

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from shared.notifications.fields import Used, parse
from shared.notifications.wording import Words

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "messages"
COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")
FALLBACK = "#1f5fae"
LABEL = re.compile(r"([^\n]{2,40}?)\s*:\s*\Z")  # « Voir mes devis : #lien# » on a line is a button
LINKS = frozenset({"lien", "portail", "desinscription"})
LISTS = frozenset({"document", "liste"})
SLOT_FOR_LABEL = "\0@button:{}\0"

Piece = str | Used


@dataclass(frozen=True, slots=True)
class Brand:
    """Whose message it is. `colour` is #rrggbb; `signature` and `legal` may have several lines."""

    company: str
    portal_url: str
    domain: str = ""
    colour: str = FALLBACK
    ink: str = ""  # empty: black or white, whichever reads better on the colour
    signature: str = ""
    sender: str = ""
    legal: str = ""
    zone: str = "Europe/Paris"
    logo: str = ""  # its address on the portal, the same for everybody: it tells nothing of who reads


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a field alone on its line: a button, whose text may stand before it, or a list."""

    kind: Literal["paragraph", "button", "list"]
    pieces: tuple[Piece, ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """All that is set once per version of a text."""

    brand: Brand
    locale: str
    words: Words
    subject: list[Piece]
    blocks: list[Block]
    because: list[Piece]


def cut(body: str) -> list[Block]:
    """Cut a text into blocks: a blank line ends a paragraph, a lone link or list stands by itself."""
    blocks: list[Block] = []
    lines: list[str] = []
    for line in [*body.split("\n"), ""]:
        alone = _alone(line)
        if line.strip() and alone is None:
            lines.append(line.rstrip())
            continue
        if lines:
            blocks.append(Block("paragraph", tuple(parse("\n".join(lines)))))
            lines = []
        if alone is not None:
            blocks.append(alone)
    return blocks


def slotted(pieces: Iterable[Piece]) -> str:
    """Plain text with its slots."""
    return "".join(piece if isinstance(piece, str) else f"\0{piece.key}:text\0" for piece in pieces)


def text_body(blocks: Iterable[Block], words: Words) -> str:
    """The message itself in plain text."""
    return "\n\n".join(_text_block(block, words) for block in blocks)


def text_part(frame: Frame) -> str:
    """The whole text part."""
    signature = "" if _signs(frame.blocks) else f"\n\n{frame.brand.signature or frame.brand.company}"
    legal = f"\n{frame.brand.legal}" if frame.brand.legal else ""
    foot = f"{slotted(frame.because)}\n{frame.words.portal}{frame.words.colon}{frame.brand.portal_url}{legal}"
    return f"{text_body(frame.blocks, frame.words)}{signature}\n\n-- \n{foot}\n"


def html_part(frame: Frame) -> str:
    """The whole HTML part."""
    written = _page().render(
        brand=replace(frame.brand, colour=frame.brand.colour if COLOUR.match(frame.brand.colour) else FALLBACK),
        ink=frame.brand.ink or ink_on(frame.brand.colour),
        locale=frame.locale,
        subject=_marked(frame.subject),
        blocks=[(block.kind, _listed(block) or _marked(block.pieces), _label(block)) for block in frame.blocks],
        signature=None if _signs(frame.blocks) else frame.brand.signature or frame.brand.company,
        because=_marked(frame.because),
        words=frame.words,
    )
    return re.sub(r"\n\s*", "\n", written).strip() + "\n"


def ink_on(colour: str) -> str:
    """Black or white, whichever reads better on that colour (WCAG 2 relative luminance)."""
    if not COLOUR.match(colour):
        return "#ffffff"
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return "#ffffff" if 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.179 else "#000000"


def _alone(line: str) -> Block | None:
    pieces = parse(line.strip())
    last = pieces[-1] if pieces else None
    if not isinstance(last, Used):
        return None
    if len(pieces) == 1 and last.key in LISTS:
        return Block("list", (last,))
    label = LABEL.match(pieces[0]) if len(pieces) == 2 and isinstance(pieces[0], str) else None
    if last.key != "lien" or (len(pieces) > 1 and label is None):
        return None
    return Block("button", (last,), label[1] if label else "")


def _signs(blocks: Iterable[Block]) -> bool:
    return any(isinstance(piece, Used) and piece.key == "signature" for block in blocks for piece in block.pieces)


def _text_block(block: Block, words: Words) -> str:
    if block.kind == "button":
        return f"{block.label or SLOT_FOR_LABEL.format('text')}{words.colon.rstrip()}\n\0lien:text\0"
    if block.kind == "list":
        return _slots(block, "list-text")
    return slotted(block.pieces)


def _listed(block: Block) -> Markup | None:
    return Markup(_slots(block, "list-html")) if block.kind == "list" else None


def _slots(block: Block, form: str) -> str:
    return "".join(f"\0{each.key}:{form}\0" for each in block.pieces if isinstance(each, Used))


def _label(block: Block) -> str | Markup:
    return block.label or Markup(SLOT_FOR_LABEL.format("html"))


def _marked(pieces: Iterable[Piece]) -> Markup:
    """HTML with its slots; staff-written text is escaped here, values when they are merged."""
    out = []
    for piece in pieces:
        if isinstance(piece, str):
            out.append(escape(piece).replace("\n", "<br>"))
        else:
            out.append(f"\0{piece.key}:{'anchor' if piece.key in LINKS else 'html'}\0")
    return Markup("".join(out))


@functools.cache
def _page() -> Template:
    loader = FileSystemLoader(FOLDER)
    jinja = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return jinja.get_template("frame.html")


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
