"""Opening a PDF to add to it, never to rewrite it: pyHanko's incremental writer, with one sentence when it cannot."""

import io
from typing import Any

from asn1crypto import x509
from flask_babel import gettext as _
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import enumerate_sig_fields

from shared.errors import Refused

TURN = 360


def opened(data: bytes) -> IncrementalPdfFileWriter:
    """The file, ready for additions; an owner's password is the empty one. Raises Refused."""
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(data))
        if writer.prev.encrypted:
            writer.encrypt(b"")  # type: ignore[no-untyped-call]
    except (PdfError, ValueError) as error:
        raise Refused(
            _(
                "La structure de ce PDF ne permet pas d’y ajouter une signature sans le récrire. Rien n’a été signé : "
                "demandez à l’expéditeur de l’enregistrer de nouveau en PDF."
            )
        ) from error
    return writer


def field_of(writer: IncrementalPdfFileWriter, name: str) -> generic.DictionaryObject:
    """The empty signature field of that name. Raises Refused when it is signed already, KeyError when there is none."""
    for found, value, reference in enumerate_sig_fields(writer.prev):
        if found == name:
            if value is not None:
                raise Refused(_("Cette signature est déjà posée sur le document : elle ne l’est pas deux fois."))
            field = reference.get_object()
            if not isinstance(field, generic.DictionaryObject):
                raise KeyError(name)
            return field
    raise KeyError(name)


def stamped_by(writer: IncrementalPdfFileWriter) -> list[x509.Certificate]:
    """The certificate of the last timestamp of the whole file, which the next one goes on from, whoever gave it."""
    stamps = writer.prev.embedded_timestamp_signatures
    return [stamps[-1].signer_cert] if stamps else []


def rotation_of(field: generic.DictionaryObject) -> int:
    """By how many degrees the page of a field is turned when it is shown: 0, 90, 180 or 270."""
    return int(_inherited(field, "/Rotate", 0)) % TURN


def unit_of(field: generic.DictionaryObject) -> float:
    """Points in one unit of the page of a field."""
    page = _entry(field, "/P")
    return float(_entry(page, "/UserUnit") or 1) if page is not None else 1.0


def _inherited(field: generic.DictionaryObject, name: str, default: int) -> int:
    node = _entry(field, "/P")
    for _level in range(64):
        if node is None:
            return default
        if name in node:
            return int(node[name])
        node = _entry(node, "/Parent")
    return default


def _entry(thing: generic.DictionaryObject, name: str) -> Any:
    """What stands there, references followed: `get` would hand back the reference itself."""
    try:
        return thing[name]
    except KeyError:
        return None
