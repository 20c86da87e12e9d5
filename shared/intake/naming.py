"""What the names of files and folders that come in by themselves say.

A pattern is a plain string such as `FAC_{party}_{number}_{date}.pdf`: it is matched by the small machine below, never
turned into a regular expression, so that nobody can write one that takes for ever.
"""

import functools
import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from shared.documents.masking import without_nir
from shared.documents.paths import FORBIDDEN, RESERVED, SEPARATORS
from shared.errors import Refused
from shared.folding import fold

PATTERN_MAX = 120  # characters
NAME_MAX = 200  # characters of a file name
FIELDS = ("party", "number", "date", "month", "label")
LENGTHS = {"party": 40, "number": 60, "date": 10, "month": 7, "label": 120}

DEFAULT_PATTERNS: tuple[tuple[str, str], ...] = (
    ("FAC_{party}_{number}_{date}.pdf", "invoice"),
    ("AV_{party}_{number}_{date}.pdf", "credit_note"),
    ("DEV_{party}_{number}_{date}.pdf", "quote"),
    ("BUL_{party}_{month}.pdf", "payslip"),
    ("CTR_{party}_{label}.pdf", "contract"),
)

_FIELD = re.compile(r"\{([a-z]+)\}")
_CODE = re.compile(r"[^\W_](?:[\w.-]*[^\W_])?")
_DATES = (
    re.compile(r"(?P<y>(?:19|20)\d\d)(?P<s>[-.]?)(?P<m>\d\d)(?P=s)(?P<d>\d\d)"),
    re.compile(r"(?P<d>\d\d)(?P<s>[-.]?)(?P<m>\d\d)(?P=s)(?P<y>(?:19|20)\d\d)"),
)
_MONTHS = (
    re.compile(r"(?P<y>(?:19|20)\d\d)[-.]?(?P<m>\d\d)"),
    re.compile(r"(?P<m>\d\d)[-.]?(?P<y>(?:19|20)\d\d)"),
)


@dataclass(frozen=True)
class NameFacts:
    """What a file name says; `day` of a month is its first; `kind` and `pattern` are those that matched."""

    kind: str
    pattern: str
    party: str | None = None
    number: str | None = None
    day: date | None = None
    label: str | None = None


def parse_name(filename: str, patterns: Sequence[tuple[str, str]] = DEFAULT_PATTERNS) -> NameFacts | None:
    """The facts of the first pattern that fits the whole name, or None. Case and accents' spelling do not count.

    `patterns` are pairs (pattern, kind). Raises Refused for a pattern that `check_pattern` refuses.
    """
    name = unicodedata.normalize("NFC", SEPARATORS.split(filename)[-1])[: NAME_MAX + 1]
    for pattern, kind in patterns:
        found = _match(check_pattern(pattern), name)
        if found is not None:
            day = _day(found["date"], _DATES) if "date" in found else None
            day = _day(found["month"], _MONTHS) if "month" in found else day
            return NameFacts(kind, pattern, found.get("party"), found.get("number"), day, found.get("label"))
    return None


def check_pattern(pattern: str) -> tuple[str, ...]:
    """The pieces of a pattern, literals and `{fields}` in turn. Raises Refused with what to change."""
    if not pattern.strip() or len(pattern) > PATTERN_MAX:
        raise Refused(
            _("Un modèle de nom compte de 1 à %(pattern_max)s caractères.", pattern_max=PATTERN_MAX), field="pattern"
        )
    pieces = tuple(piece for piece in re.split(r"(\{[^{}]*\})", unicodedata.normalize("NFC", pattern)) if piece)
    fields = [piece[1:-1] for piece in pieces if piece.startswith("{")]
    unknown = [name for name in fields if name not in FIELDS]
    if unknown or any("{" in piece or "}" in piece for piece in pieces if not _FIELD.fullmatch(piece)):
        known = ", ".join(f"{{{name}}}" for name in FIELDS)
        raise Refused(
            _("Ce modèle contient un champ inconnu. Les champs possibles sont %(known)s.", known=known), field="pattern"
        )
    if len(set(fields)) < len(fields) or {"date", "month"} <= set(fields):
        raise Refused(_("Ce modèle contient deux fois le même renseignement : gardez-en un seul."), field="pattern")
    if not fields:
        raise Refused(
            _("Ce modèle ne contient aucun champ : écrivez par exemple {party} pour le code."), field="pattern"
        )
    if any(a.startswith("{") and b.startswith("{") for a, b in itertools.pairwise(pieces)):
        raise Refused(_("Séparez deux champs voisins par un signe, par exemple « _ »."), field="pattern")
    return pieces


def safe_filename(written: str) -> str:
    """The last part of a name as it may be kept and given back: NFC, no invisible mark, no trailing dot, no NIR.

    Raises Refused for what could pass for something else: a null byte, a mark that turns the direction of writing, a
    name that Windows keeps for itself.
    """
    name = without_nir(SEPARATORS.split(unicodedata.normalize("NFC", written))[-1].strip())
    if _has_invisible(written):
        raise Refused(
            _("Le nom de ce fichier contient un caractère invisible. Renommez-le, puis déposez-le de nouveau.")
        )
    name = FORBIDDEN.sub("-", name).rstrip(". ")
    if not name.strip("."):
        raise Refused(_("Ce fichier n’a pas de nom. Renommez-le, puis déposez-le de nouveau."))
    if len(name) > NAME_MAX:
        raise Refused(
            _("Le nom de ce fichier est trop long : %(name_max)s caractères au plus. Renommez-le.", name_max=NAME_MAX)
        )
    if RESERVED.fullmatch(name):
        raise Refused(
            _(
                "« %(name)s » est un nom réservé par Windows. Renommez ce fichier, puis déposez-le de nouveau.",
                name=name,
            )
        )
    return name


def _match(pieces: tuple[str, ...], name: str) -> dict[str, str] | None:
    """Fields take as little as they can; each (piece, place) is tried once."""
    dead: set[tuple[int, int]] = set()

    def rest(index: int, at: int) -> dict[str, str] | None:
        if index == len(pieces):
            return {} if at == len(name) else None
        if (index, at) in dead:
            return None
        for end, found in _takes(pieces[index], name, at):
            behind = rest(index + 1, end)
            if behind is not None:
                return found | behind
        dead.add((index, at))
        return None

    return rest(0, 0)


def _takes(piece: str, name: str, at: int) -> Iterator[tuple[int, dict[str, str]]]:
    if not piece.startswith("{"):
        end = at + len(piece)
        if fold(name[at:end]) == fold(piece) and len(name) >= end:
            yield end, {}
        return
    field = piece[1:-1]
    for end in range(at + 1, min(len(name), at + LENGTHS[field]) + 1):
        if _fits(field, name[at:end]):
            yield end, {field: name[at:end]}


@functools.lru_cache(maxsize=4096)
def _fits(field: str, text: str) -> bool:
    if field == "date":
        return _day(text, _DATES) is not None
    if field == "month":
        return _day(text, _MONTHS) is not None
    if field == "label":
        return bool(text.strip())
    return bool(_CODE.fullmatch(text))


def _day(text: str, forms: tuple[re.Pattern[str], ...]) -> date | None:
    for form in forms:
        if found := form.fullmatch(text):
            parts = found.groupdict()
            try:
                return date(int(parts["y"]), int(parts["m"]), int(parts.get("d", 1)))
            except ValueError:
                continue
    return None


def _has_invisible(text: str) -> bool:
    return any(unicodedata.category(mark) in ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp") for mark in text)
