"""The texts that Guichet comes with: `templates/messages/<event>/<variant>.<locale>.txt`.

A head of « name: value » lines, a line of three dashes, then the text with its `#champs#`.
"""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "messages"
USUAL = "message"
HEADS = frozenset({"label", "subject", "context", "kind", "channel", "family"})


@dataclass(frozen=True, slots=True)
class Shipped:
    """One text in one language. `key` is the event, or event.variant (`document.published.quotes`)."""

    key: str
    event: str
    variant: str
    locale: str
    channel: str
    label: str
    context: str
    kind: str
    family: str  # key of the only family that it is for; empty: all
    subject: str
    body: str

    @property
    def digest(self) -> str:
        """Changes when the text does: an upgrade replaces only what nobody has edited."""
        return sha256(f"{self.subject}\n{self.body}".encode()).hexdigest()


def shipped_messages() -> list[Shipped]:
    """All of them, by key then language. Raises ValueError on a file that is not written as it should be."""
    found = [_read(path) for path in sorted(FOLDER.glob("*/*.txt"))]
    return sorted(found, key=lambda each: (each.key, each.locale))


def _read(path: Path) -> Shipped:
    variant, _dot, locale = path.stem.partition(".")
    head, separator, body = path.read_text(encoding="utf-8").partition("\n---\n")
    lines = dict(line.partition(": ")[::2] for line in head.splitlines())
    if not separator or not locale or set(lines) - HEADS or "context" not in lines:
        raise ValueError(f"{path}: not a shipped text")
    event = path.parent.name
    return Shipped(
        key=event if variant == USUAL else f"{event}.{variant}",
        event=event,
        variant=variant,
        locale=locale,
        channel=lines.get("channel", "email"),
        label=lines.get("label", event),
        context=lines["context"],
        kind=lines.get("kind", "service"),
        family=lines.get("family", ""),
        subject=lines.get("subject", ""),
        body=body.strip(),
    )
