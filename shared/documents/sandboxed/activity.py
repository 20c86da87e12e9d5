"""Looks at every object of a PDF for what would act, hide or travel with it.

The parser has undone hexadecimal names and opened object streams. A regular expression over the normalised text of
each object finds the few that deserve to be read closely.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf

from shared.documents.sandboxed import invoices
from shared.documents.sandboxed.inflation import Meter
from shared.documents.sandboxed.reading import plain, text, values
from shared.documents.sandboxed.reject import Reject

ACTIONS = {
    "/GoTo3DView",
    "/ImportData",
    "/JavaScript",
    "/Launch",
    "/Movie",
    "/Rendition",
    "/RichMediaExecute",
    "/Sound",
    "/SubmitForm",
}
MEDIA = {"/3D", "/Movie", "/RichMedia", "/Screen", "/Sound"}
QUIET_OPENINGS = {"/GoTo", "/Named"}
NODES_MAX = 3_000_000

_WORTH_READING = re.compile(
    rb"/(AA|Collection|EF|F|FFilter|GoTo3DView|GoToR|GoToE|ImportData|JS|JavaScript|Launch|Movie|OCProperties|OpenAction"
    rb"|Rendition|RichMedia\w*|Screen|Sig|Sound|SubmitForm|Thread|URI|XFA|3D)(?![\w#.-])"
)
_DANGEROUS_SCHEME = re.compile(r"(javascript|vbscript|data|file|smb|ms-[a-z]+|shell):")


@dataclass
class Found:
    """Names of the embedded files that are welcome, and keys of `refusals.WARNINGS`."""

    embedded: list[str] = field(default_factory=list)
    notes: set[str] = field(default_factory=set)


def walk(pdf: pikepdf.Pdf, meter: Meter) -> Found:
    """Every object, those of object streams and those that no page uses included. Raises Reject."""
    found, budget = Found(), NODES_MAX
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Stream):
            meter.measure(thing)
            normal = thing.stream_dict.unparse(resolved=True)  # a stream itself is unparsed as a reference
        elif isinstance(thing, (pikepdf.Dictionary, pikepdf.Array)):
            normal = thing.unparse(resolved=True)
        else:
            continue
        if not _WORTH_READING.search(normal):
            continue
        for part in _parts(thing):
            budget -= 1
            if budget < 0:
                raise Reject("complex")
            _read(part, found)
    _read_catalog(pdf, found)
    return found


def _parts(top: Any) -> Iterator[Any]:
    """The dictionaries written inside this object, itself included; references are walked on their own."""
    waiting = [top]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
            yield thing
            inside = values(thing)
        else:
            inside = list(thing)
        waiting += [
            child
            for child in inside
            if isinstance(child, (pikepdf.Dictionary, pikepdf.Array)) and not child.is_indirect
        ]


def _read(part: Any, found: Found) -> None:
    _read_action(part, found)
    if isinstance(part, pikepdf.Stream) and ("/F" in part or "/FFilter" in part):
        raise Reject("external")
    if "/AA" in part and _has_triggers(part.get("/AA")):
        raise Reject("active")
    if "/JavaScript" in part and _is_tree(part.get("/JavaScript")):
        raise Reject("active")
    if plain(part.get("/Subtype")) in MEDIA and "/Rect" in part:
        raise Reject("active")
    if "/EF" in part and isinstance(part.get("/EF"), pikepdf.Dictionary):
        found.embedded.append(_welcome(part))
    if "/Collection" in part and "/Pages" in part:
        raise Reject("attachment")
    if plain(part.get("/FT")) == "/Sig" and "/V" in part:
        found.notes.add("signed")


def _read_action(part: Any, found: Found) -> None:
    kind = part.get("/S")
    name = plain(kind)
    if name in ACTIONS or ("/JS" in part and _is_script(part.get("/JS"))):
        raise Reject("active")
    address = part.get("/URI")
    if isinstance(address, pikepdf.Dictionary):
        address = address.get("/Base")
    if isinstance(address, pikepdf.String) and _is_dangerous(text(address)):
        raise Reject("active")
    if name in ("/GoToR", "/GoToE", "/Thread") and "/F" in part:
        if any(_is_elsewhere(path) for path in _paths(part.get("/F"))):
            raise Reject("external")
        found.notes.add("scripted_link")


def _read_catalog(pdf: pikepdf.Pdf, found: Found) -> None:
    root = pdf.Root
    opening = root.get("/OpenAction")
    if isinstance(opening, pikepdf.Dictionary) and (plain(opening.get("/S")) or "/GoTo") not in QUIET_OPENINGS:
        raise Reject("active")
    form = root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary) and "/XFA" in form:
        _read_form(form.get("/XFA"), root)
        found.notes.add("static_form")
    layers = root.get("/OCProperties")
    if isinstance(layers, pikepdf.Dictionary) and len(layers.get("/OCGs", [])):
        default = layers.get("/D", pikepdf.Dictionary())
        if len(default.get("/OFF", [])) or plain(default.get("/BaseState")) == "/OFF":
            raise Reject("hidden_layer")
        found.notes.add("layers")


def _read_form(form: Any, root: Any) -> None:
    parts = [form] if isinstance(form, pikepdf.Stream) else list(form)
    xml = b"".join(part.read_bytes() for part in parts if isinstance(part, pikepdf.Stream))
    if b"<script" in xml:
        raise Reject("active")
    dynamic = re.search(rb"<dynamicRender>\s*required", xml)
    if dynamic or bool(root.get("/NeedsRendering", False)):
        raise Reject("dynamic_form")


def _welcome(spec: Any) -> str:
    """The name of an electronic invoice or order; any other embedded file is refused."""
    name = next(_paths(spec), "")
    for stream in values(spec.EF):
        if not isinstance(stream, pikepdf.Stream) or not invoices.is_welcome(name, stream.read_bytes()):
            raise Reject("attachment")
    return name


def _has_triggers(value: Any) -> bool:
    """Some action stands there; a font that happens to be called AA does not count."""
    if not isinstance(value, pikepdf.Dictionary) or "/Type" in value:
        return False
    return any(isinstance(action, pikepdf.Dictionary) for action in values(value))


def _is_tree(value: Any) -> bool:
    """A tree of scripts that is not empty."""
    if not isinstance(value, pikepdf.Dictionary):
        return isinstance(value, (pikepdf.Stream, pikepdf.String))
    return bool(len(value.get("/Names", [])) or len(value.get("/Kids", [])))


def _is_script(value: Any) -> bool:
    if isinstance(value, pikepdf.Stream):
        return plain(value.get("/Subtype")) not in ("/Form", "/Image")
    return isinstance(value, pikepdf.String)


def _is_dangerous(address: str) -> bool:
    bare = "".join(mark for mark in address if mark.isprintable() and not mark.isspace()).lower()
    return bool(_DANGEROUS_SCHEME.match(bare)) or bare.startswith("\\\\")


def _is_elsewhere(path: str) -> bool:
    return path.startswith(("\\\\", "//")) or bool(re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", path))


def _paths(spec: Any) -> Iterator[str]:
    if isinstance(spec, pikepdf.String):
        yield text(spec)
    elif isinstance(spec, pikepdf.Dictionary):
        for key in ("/UF", "/F", "/DOS", "/Unix", "/Mac"):
            path = spec.get(key)
            if isinstance(path, pikepdf.String):
                yield text(path)
