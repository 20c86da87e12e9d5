"""The merge fields `#champ#` of staff-written texts: what is offered where, and what a text uses.

A text is cut once into plain pieces and fields; a value put in is never read again.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _

from shared.errors import Refused
from shared.notifications.field_table import BY_KEY, FIELDS, Field, key_of
from shared.notifications.headers import clean
from shared.notifications.values import Value

__all__ = ["Context", "Field", "Used", "check", "known", "offered", "parse", "sample_values", "unknown_fields"]

# « ## » is text. A name begins with a letter; with blanks in it, it must be (nearly) a field to count.
CANDIDATE = re.compile(r"#([^\W\d]\w{0,39})#|#([^\W\d][\w '’-]{0,38}\w)#")


@dataclass(frozen=True, slots=True)
class Context:
    """Where a text will be used: kind of message, family key (None: any), channel."""

    kind: str
    family: str | None = None
    channel: str = "email"
    secrets_by_mail: bool = False


@dataclass(frozen=True, slots=True)
class Used:
    """A field found in a text: as it was typed, and the key by which it is known."""

    typed: str
    key: str


def parse(text: str) -> list[str | Used]:
    """Cut a text into plain pieces and fields, known or not, in order."""
    text = unicodedata.normalize("NFC", text)
    pieces: list[str | Used] = []
    start = at = 0
    while (at := text.find("#", at)) >= 0:
        if text.startswith("##", at):
            at += 2
            continue
        found = _field_at(text, at)
        if found is None:
            at += 1
            continue
        if at > start:
            pieces.append(text[start:at])
        pieces.append(found)
        start = at = at + len(found.typed)
    if start < len(text):
        pieces.append(text[start:])
    return pieces


def known(name: str) -> Field | None:
    """The field of that name, whatever its case and accents."""
    return BY_KEY.get(key_of(name))


def offered(context: Context) -> list[Field]:
    """The fields that a text may use there, in the order of the catalogue."""
    return [field for field in FIELDS if _is_offered(field, context)]


def unknown_fields(text: str, context: Context) -> list[str]:
    """The fields of a text that do not exist or are not offered there, as typed, each once."""
    wrong = (used.typed for used in _used(text) if not _allowed(used.key, context))
    return list(dict.fromkeys(wrong))


def check(subject: str, body: str, context: Context) -> None:
    """Refuse a text that could not be sent; the sentence names the field and the nearest known one."""
    clean(subject, "subject")
    if not subject.strip() and context.channel == "email":
        raise Refused(_("L’objet est vide : écrivez de quoi parle le message."), "subject")
    if not body.strip():
        raise Refused(_("Le message est vide : écrivez-le avant d’enregistrer."), "body")
    for text, where in ((subject, "subject"), (body, "body")):
        for used in _used(text):
            _check_field(used, context, where)


def sample_values(context: Context) -> dict[str, Value]:
    """Made-up values of every field offered there, for previews and test messages."""
    return {field.key: field.sample for field in offered(context)}


def _field_at(text: str, at: int) -> Used | None:
    found = CANDIDATE.match(text, at)
    if found is None:
        return None
    plain, spaced = found.groups()
    key = key_of(plain or spaced)
    if spaced is not None and not difflib.get_close_matches(key, BY_KEY, 1, 0.8):
        return None
    return Used(found.group(), key)


def _used(text: str) -> list[Used]:
    return [piece for piece in parse(text) if isinstance(piece, Used)]


def _allowed(key: str, context: Context) -> bool:
    field = BY_KEY.get(key)
    return field is not None and _is_offered(field, context)


def _is_offered(field: Field, context: Context) -> bool:
    if field.secret and context.channel == "email" and not context.secrets_by_mail:
        return False
    theirs = not field.only_for or context.family in field.only_for
    return context.kind in field.kinds and theirs and context.family not in field.not_for


def _check_field(used: Used, context: Context, where: str) -> None:
    field = BY_KEY.get(used.key)
    if field is None:
        raise Refused(_no_such_field(used, offered(context)), where)
    if field.secret and context.channel == "email" and not context.secrets_by_mail:
        raise Refused(
            _(
                "%(field)s ne part que par lettre ou par SMS : un e-mail se lit en chemin et se garde.",
                field=used.typed,
            ),
            where,
        )
    if not _is_offered(field, context):
        raise Refused(_("%(field)s n’existe pas pour ce genre de message : retirez-le.", field=used.typed), where)
    if where == "subject" and (field.secret or field.hidden):
        raise Refused(
            _("%(field)s n’a pas sa place dans l’objet : mettez-le dans le message.", field=used.typed), where
        )


def _no_such_field(used: Used, choices: Iterable[Field]) -> str:
    names = {field.key: field.name for field in choices}
    near = difflib.get_close_matches(used.key, names, 1, 0.5)
    sentence: str = _("Le champ %(field)s n’existe pas : choisissez-en un dans la liste.", field=used.typed)
    if near:
        sentence = _(
            "Le champ %(field)s n’existe pas. Vouliez-vous écrire #%(near)s# ?", field=used.typed, near=names[near[0]]
        )
    return sentence
