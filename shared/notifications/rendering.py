"""From a staff-written text and its values to a subject, a text part and an HTML part.

A text is compiled once per version: cut into pieces, set in its frame, checked. Merging then only
joins strings. Nothing of a value or of a staff text is ever a template or markup.
"""

import re
from dataclasses import dataclass

from flask_babel import gettext as _

from shared.errors import Refused
from shared.notifications.fields import Field, Used, known, parse
from shared.notifications.frame import Block, Brand, Frame, Piece, cut, html_part, slotted, text_body, text_part
from shared.notifications.headers import clean
from shared.notifications.values import HIDDEN, Item, Link, Value, Values, is_empty, items
from shared.notifications.wording import frame_words, typeset
from shared.notifications.writing import WRITERS

__all__ = ["Brand", "Compiled", "Rendered", "compile", "own_values"]

CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Rendered:
    """What leaves. `body` is the text without its frame, for SMS and letters."""

    subject: str
    body: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Compiled:
    """One text in one language, ready to merge. In `*_parts` literals and slots alternate."""

    subject_parts: list[str]
    body_parts: list[str]
    text_parts: list[str]
    html_parts: list[str]
    fields: tuple[Field, ...]
    own: dict[str, Value]
    locale: str
    zone: str
    button: str

    @property
    def keys(self) -> set[str]:
        """The folded names of the fields that it uses."""
        return {field.key for field in self.fields}

    def missing(self, values: Values) -> list[str]:
        """The names of the fields used whose value is absent or empty, unless they may be."""
        holes = (field for field in self.fields if not field.optional and is_empty(self._value(field, values)))
        return [field.name for field in holes]

    def merge(self, values: Values) -> Rendered:
        """Put the values in, once; keys are folded names (`societe`). Raises Refused when one is missing."""
        chosen = self._chosen(values)
        written: dict[str, str] = {}
        return Rendered(
            clean(self._join(self.subject_parts, chosen, written)),
            self._join(self.body_parts, chosen, written),
            self._join(self.text_parts, chosen, written),
            self._join(self.html_parts, chosen, written),
        )

    def kept(self, values: Values) -> str:
        """The body as the history keeps it: secrets and links read « ••• ». Raises Refused as `merge`."""
        chosen = self._chosen(values)
        for field in self.fields:
            chosen[field.key] = _masked(field, chosen[field.key])
        return self._join(self.body_parts, chosen, {})

    def drafted(self, values: Values) -> tuple[str, str]:
        """The subject and the body to be edited by hand: values put in, links left as their `#champ#`."""
        chosen = self._chosen(values)
        for field in self.fields:
            if field.secret or field.hidden:
                chosen[field.key] = f"#{field.name}#"
        return clean(self._join(self.subject_parts, chosen, {})), self._join(self.body_parts, chosen, {})

    def _chosen(self, values: Values) -> dict[str, Value]:
        missing = self.missing(values)
        if missing:
            raise Refused(_("Il manque une valeur pour %(fields)s.", fields=", ".join(f"#{name}#" for name in missing)))
        chosen = {field.key: self._value(field, values) for field in self.fields}
        link = chosen.get("lien")
        chosen["@button"] = link.label if isinstance(link, Link) and link.label else self.button
        return chosen

    def _value(self, field: Field, values: Values) -> Value:
        return values[field.key] if field.key in values else self.own.get(field.key)

    def _join(self, parts: list[str], chosen: dict[str, Value], written: dict[str, str]) -> str:
        out = parts[:]
        for at in range(1, len(parts), 2):
            slot = parts[at]
            text = written.get(slot)
            if text is None:
                key, _colon, form = slot.partition(":")
                text = written[slot] = WRITERS[form](chosen[key], self.locale, self.zone)
            out[at] = text
            # An optional field left empty takes the blank before it away: « Bonjour, ».
            if not text and out[at - 1].endswith(" "):
                out[at - 1] = out[at - 1][:-1]
        return "".join(out)


def compile(
    subject: str,
    body: str,
    brand: Brand,
    *,
    locale: str = "fr",
    kind: str = "document",
    reason: str = "",
    button: str = "",
    informs: bool = False,
) -> Compiled:
    """Cut a text and set it in its frame; raises Refused on an unknown field or an invisible character.

    `kind` (document, access, security…) chooses the usual sentence « Vous recevez ce message parce
    que … » and the usual button, where `reason` and `button` do not; `informs` adds how to have no more of them.
    """
    if CONTROLS.search(subject + body + reason):
        raise Refused(_("Le texte contient un caractère invisible : effacez-le et tapez-le à nouveau."), "body")
    words = frame_words(locale)
    because = reason or words.because.get(kind, words.because_of_all)
    plain = body.replace("\r\n", "\n").strip()
    frame = Frame(
        brand=brand,
        locale=locale,
        words=words,
        subject=parse(typeset(clean(subject, "subject"), locale)),
        blocks=cut(typeset(plain, locale)),
        because=parse(typeset(f"{because}\n{words.no_more}" if informs else because, locale)),
    )
    return Compiled(
        subject_parts=slotted(frame.subject).split("\0"),
        body_parts=text_body(cut(plain), words).split("\0"),
        text_parts=text_part(frame).split("\0"),
        html_parts=html_part(frame).split("\0"),
        fields=_fields([*frame.subject, *frame.because, *_pieces(frame.blocks)]),
        own=own_values(brand),
        locale=locale,
        zone=brand.zone,
        button=button or words.buttons.get(kind, words.button_of_all),
    )


def _pieces(blocks: list[Block]) -> list[Piece]:
    return [piece for block in blocks for piece in block.pieces]


def _fields(pieces: list[Piece]) -> tuple[Field, ...]:
    found: dict[str, Field] = {}
    for piece in pieces:
        if isinstance(piece, Used):
            field = known(piece.key)
            if field is None:
                raise Refused(_("Le champ %(field)s n’existe pas : choisissez-en un dans la liste.", field=piece.typed))
            found[field.key] = field
    return tuple(found.values())


def own_values(brand: Brand) -> dict[str, Value]:
    """The fields that the company itself fills in."""
    return {
        "societe": brand.company,
        "domaine": brand.domain,
        "portail": brand.portal_url,
        "expediteur": brand.sender or brand.company,
        "signature": brand.signature or brand.company,
    }


def _masked(field: Field, value: Value) -> Value:
    if field.secret or field.hidden:
        return HIDDEN
    if field.many:
        return [Item(item.name, item.reference) for item in items(value)]
    return value
