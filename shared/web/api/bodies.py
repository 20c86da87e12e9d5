"""Bodies read against their schema: every field that is wrong is told at once, each with its sentence."""

import re
from typing import Any, get_args

import msgspec
from flask import request
from flask_babel import gettext as _
from msgspec import Struct

from shared.web.api.problems import Fault, Problem

NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def read(shape: Any) -> Any:
    """The body of this request as `shape`, a Struct or a union of Structs. Raises Problem."""
    return parsed(_json(), shape)


def parsed(data: bytes, shape: Any) -> Any:
    """The same of these bytes. Raises Problem."""
    try:
        try:
            return msgspec.json.decode(data, type=shape)
        except msgspec.ValidationError as error:
            found = faults(msgspec.json.decode(data), shape) or [_told(str(error))]
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise Problem(400, _("Le corps n’est pas du JSON en UTF-8. Rien n’a été modifié.")) from None
    raise Problem(422, _("Une règle empêche cette action. Rien n’a été modifié."), found)


def loosely(data: bytes) -> dict[str, Any]:
    """What an object says, whatever it is worth; empty for anything else."""
    try:
        found = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def faults(body: Any, shape: Any) -> list[Fault]:
    """Every member that is wrong, not only the first that was met."""
    struct = _struct_of(body, shape)
    return _of_members(body, struct) if struct is not None else []


def _json() -> bytes:
    if request.mimetype != "application/json":
        raise Problem(415, _("Envoyez du JSON : « Content-Type: application/json »."))
    data = request.get_data()
    if NUL.search(data):
        raise Problem(422, _("Le caractère nul (\\u0000) n’est accepté dans aucun texte."))
    return data


def _struct_of(body: Any, shape: Any) -> type[Struct] | None:
    """Which of the shapes a body claims to be."""
    if not isinstance(body, dict):
        return None
    shapes = get_args(shape) or (shape,)
    if len(shapes) == 1:
        only: type[Struct] = shapes[0]
        return only
    return next((each for each in shapes if each.__struct_config__.tag == body.get("event")), None)


def _of_members(body: dict[str, Any], struct: type[Struct]) -> list[Fault]:
    found: list[Fault] = []
    fields = {each.encode_name: each for each in msgspec.structs.fields(struct)}
    for name, field in fields.items():
        if name not in body:
            if field.required:
                found.append((name, _("Ce champ est nécessaire.")))
            continue
        try:
            msgspec.convert(body[name], field.type)
        except msgspec.ValidationError as error:
            found.append(_told(str(error), name))
    known = {*fields, struct.__struct_config__.tag_field}
    return found + [(name[:100], _("Ce champ n’existe pas.")) for name in body if name not in known]


def _told(message: str, under: str = "") -> Fault:
    """The library's words as a field and a sentence."""
    said, _at, path = message.partition(" - at `$")
    field = f"{under}{path.removesuffix('`')}".removeprefix(".").removesuffix("[...]")
    named = re.search(r"field `([^`]*)`", said)
    if named:
        field = f"{field}.{named[1]}".removeprefix(".")
    return field, str(_sentence(said))


def _sentence(said: str) -> Any:
    length = re.match(r"Expected `(\w+)` of length (<=|>=) (\d+)", said)
    if length:
        most = length[2] == "<="
        return _("Au plus %(count)s ici.", count=length[3]) if most else _("Au moins %(count)s ici.", count=length[3])
    kinds = re.match(r"Expected `([^`]*)`, got `([^`]*)`", said)
    if kinds:
        return _("Attendu : %(wanted)s ; reçu : %(given)s.", wanted=kinds[1], given=kinds[2])
    for beginning, sentence in (
        ("Object missing", _("Ce champ est nécessaire.")),
        ("Object contains unknown", _("Ce champ n’existe pas.")),
        ("Invalid decimal", _("Ce n’est pas un montant : écrivez-le avec un point, comme 1234.56.")),
        ("Invalid RFC3339 encoded date", _("Ce n’est pas une date de la forme 2026-12-31.")),
        ("Invalid enum", _("Cette valeur n’est pas de celles qui sont admises.")),
        ("Invalid value", _("Cette valeur n’est pas de celles qui sont admises.")),
    ):
        if said.startswith(beginning):
            return sentence
    return _("Cette valeur n’a pas la forme attendue.")
