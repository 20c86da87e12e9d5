"""The accept and refuse table of `docs/files.md`, line by line."""

import hashlib
import resource
import time
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Encryption, Name, Permissions, String

from shared.documents import sandbox
from shared.documents.inspecting import LIMITS, Limits, inspect
from shared.documents.refusals import SENTENCES, WARNINGS, FileRefused
from shared.errors import Refused
from tests.shared.documents import corpus as made

SCRIPT = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def reason(data: bytes, name: str = "facture.pdf", limits: Limits = LIMITS) -> str:
    with pytest.raises(FileRefused) as caught:
        inspect(data, name, limits=limits)
    assert caught.value.sentence == SENTENCES[caught.value.reason]
    return caught.value.reason


def test_a_good_pdf() -> None:
    data = made.pdf(lambda pdf: pdf.docinfo.update({"/Title": "Facture F-12"}), pages=3)
    seen = inspect(data, "Facture.PDF")
    assert (seen.kind, seen.mime, seen.pages, seen.title) == ("pdf", "application/pdf", 3, "Facture F-12")
    assert seen.sha256 == hashlib.sha256(data).hexdigest() and seen.size == len(data)
    assert seen.text.split("\f") == ["Bonjour 1", "Bonjour 2", "Bonjour 3"]
    assert seen.warnings == () and seen.viewable


def test_a_path_is_as_good_as_bytes(tmp_path: Path) -> None:
    data = made.pdf()
    (tmp_path / "depot").write_bytes(data)
    assert inspect(tmp_path / "depot", "a.pdf") == inspect(data, "a.pdf")


NOT_PDF = {
    "html": b"<!doctype html><script>alert(1)</script>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "javascript": b"alert(1)",
    "exe": b"MZ\x90\0" + bytes(200),
    "docx": made.word("Bonjour"),
    "image": made.picture(),
    "late header": b" " * 900 + made.pdf(),
    "one byte before": b"\n" + made.pdf(),
}


@pytest.mark.parametrize("data", NOT_PDF.values(), ids=NOT_PDF.keys())
def test_what_is_called_pdf_and_is_not(data: bytes) -> None:
    assert reason(data) == "not_pdf"


def test_frame_of_a_pdf() -> None:
    good = made.pdf()
    assert reason(b"") == "empty"
    assert reason(b"%PDF-") == "truncated"
    assert reason(good[: len(good) // 2]) == "truncated"
    assert reason(b"%PDF-1.7\n%%EOF\n") == "unreadable"
    assert reason(good + b"<script>alert(1)</script>") == "junk"
    assert reason(good + made.archive(x=b"1")) == "junk"
    assert reason(b"%PDF-1.7\n<html><script>alert(1)</script>\n" + good[9:]) == "html_in_pdf"
    assert inspect(good + b"\r\n \0\n", "a.pdf").pages == 1


def test_an_archive_whose_comment_is_the_end_of_the_pdf() -> None:
    good = made.pdf()
    zipped = made.archive(x=b"MZ")[:-2]
    at = good.index(b"\n") + 1
    rest = good[at:]
    both = good[:at] + b"%" + zipped + (len(rest) + 1).to_bytes(2, "little") + b"\n" + rest
    assert reason(both) == "html_in_pdf"


def test_linearised_is_fine_and_cut_linearised_is_not() -> None:
    good = made.pdf(pages=40, text="Bonjour " * 20, linearize=True, compress_streams=False)
    assert inspect(good, "a.pdf").pages == 40
    assert reason(good[: len(good) // 2]) == "truncated"


def test_repairable_is_kept_with_a_warning() -> None:
    good = made.pdf(object_stream_mode=made.OPEN)
    at = good.rindex(b"startxref")
    seen = inspect(good[:at] + b"startxref\n12\n%%EOF\n", "a.pdf")
    assert seen.pages == 1 and "Bonjour" in seen.text
    assert seen.warnings == (WARNINGS["repaired"],)


def test_passwords() -> None:
    owner = Encryption(owner="patron", user="", R=6, allow=Permissions(extract=False))
    assert inspect(made.pdf(encryption=owner), "a.pdf").warnings == (WARNINGS["locked"],)
    assert inspect(made.pdf(encryption=owner), "a.pdf").text == "Bonjour 1"
    assert reason(made.pdf(encryption=Encryption(owner="patron", user="secret"))) == "password"


def named_scripts(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("0"), SCRIPT])))


ACTIVE = {
    "opening script": made.with_root(OpenAction=SCRIPT),
    "opening address": made.with_root(OpenAction=Dictionary(S=Name.URI, URI=String("https://exemple.fr"))),
    "named scripts": named_scripts,
    "triggers of the document": made.with_root(AA=Dictionary(WC=SCRIPT)),
    "triggers of a page": lambda pdf: pdf.pages[0].obj.__setitem__("/AA", Dictionary(O=Dictionary(S=Name.GoTo))),
    "script in a stream": lambda pdf: made.with_action(S=Name.JavaScript, JS=pdf.make_stream(b"app.alert(1)"))(pdf),
    "next action": made.with_action(S=Name.GoTo, D=String("x"), Next=Array([Dictionary(S=Name.GoTo, Next=SCRIPT)])),
    "launch": made.with_action(S=Name.Launch, F=String("calc.exe")),
    "submit": made.with_action(S=Name.SubmitForm, F=String("https://exemple.fr")),
    "import": made.with_action(S=Name.ImportData, F=String("x.fdf")),
    "rendition": made.with_action(S=Name.Rendition, JS=String("x")),
    "javascript address": made.with_action(S=Name.URI, URI=String("javascript:alert(1)")),
    "disguised address": made.with_action(S=Name.URI, URI=String("  Java\tScript:alert(1)")),
    "utf-16 address": made.with_action(S=Name.URI, URI=String("javascript:é")),
    "base address": made.with_root(URI=Dictionary(Base=String("javascript:x"))),
    "local address": made.with_action(S=Name.URI, URI=String("file://serveur/partage")),
    "rich media": lambda pdf: pdf.pages[0].obj.__setitem__(
        "/Annots", Array([Dictionary(Type=Name.Annot, Subtype=Name.RichMedia, Rect=[0, 0, 9, 9])])
    ),
    "script in a form": made.with_form(b"<script contentType='application/x-javascript'>x</script>"),
    "beside the bytes of a drawing": made.with_stream(b"", Subtype=Name.Form, BBox=[0, 0, 9, 9], Z=SCRIPT),
    "unused object": lambda pdf: pdf.Root.__setitem__("/Unused", pdf.make_indirect(Dictionary(Z=Array([SCRIPT])))),
}


@pytest.mark.parametrize("change", ACTIVE.values(), ids=ACTIVE.keys())
@pytest.mark.parametrize("packing", [made.OPEN, made.PACKED], ids=["open", "object-streams"])
def test_what_acts_is_refused(change, packing) -> None:  # type: ignore[no-untyped-def]
    assert reason(made.pdf(change, object_stream_mode=packing)) == "active"


def test_names_in_hexadecimal_hide_nothing() -> None:
    data = made.hex_named()
    assert b"JavaScript" not in data
    assert reason(data) == "active"


def test_encrypted_scripts_are_seen() -> None:
    data = made.pdf(made.with_root(OpenAction=SCRIPT), encryption=Encryption(owner="patron", user="", R=6))
    assert reason(data) == "active"


INNOCENT = {
    "web address": made.with_action(S=Name.URI, URI=String("https://exemple.fr/javascript:notes")),
    "mail address": made.with_action(S=Name.URI, URI=String("mailto:compta@exemple.fr")),
    "opening at a page": lambda pdf: pdf.Root.__setitem__("/OpenAction", Array([pdf.pages[0].obj, Name.Fit])),
    "opening by an action": made.with_root(OpenAction=Dictionary(S=Name.Named, N=Name.FirstPage)),
    "empty triggers": made.with_root(AA=Dictionary()),
    "no script listed": made.with_root(Names=Dictionary(JavaScript=Dictionary(Names=Array([])))),
    "a font called AA": lambda pdf: pdf.pages[0].Resources.Font.__setitem__("/AA", pdf.pages[0].Resources.Font.F1),
    "a font called AA, written inside": lambda pdf: pdf.pages[0].Resources.Font.__setitem__(
        "/AA", Dictionary(Type=Name.Font, Subtype=Name.Type3, CharProcs=Dictionary(a=Dictionary()))
    ),
    "a drawing called JS": lambda pdf: pdf.pages[0].Resources.__setitem__(
        "/XObject", Dictionary(JS=pdf.make_stream(b"", Subtype=Name.Form, BBox=[0, 0, 9, 9]))
    ),
}


@pytest.mark.parametrize("change", INNOCENT.values(), ids=INNOCENT.keys())
def test_what_only_looks_like_it_is_kept(change) -> None:  # type: ignore[no-untyped-def]
    assert inspect(made.pdf(change), "a.pdf").pages == 1


def test_names_in_latin_1_are_read() -> None:
    data = made.pdf(with_name_to_change, object_stream_mode=made.OPEN, compress_streams=False)
    assert inspect(data.replace(b"/Etiquette", b"/#C9tiquette"), "a.pdf").text == "Bonjour 1"
    hidden = made.pdf(made.with_root(Etiquette=Dictionary(Z=SCRIPT)), object_stream_mode=made.OPEN)
    assert reason(hidden.replace(b"/Etiquette", b"/#C9tiquette")) == "active"


def with_name_to_change(pdf: pikepdf.Pdf) -> None:
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], Etiquette=Dictionary(Z=Name.Etiquette))
    link.A = Dictionary(S=Name.URI, URI=String("https://exemple.fr"), Etiquette=Name.Etiquette)
    pdf.pages[0].Annots = Array([pdf.make_indirect(link)])


def test_what_lies_elsewhere() -> None:
    assert reason(made.pdf(made.with_action(S=Name.GoToR, F=String("\\\\serveur\\partage\\x.pdf")))) == "external"
    spec = Dictionary(Type=Name.Filespec, UF=String("//serveur/x.pdf"))
    assert reason(made.pdf(made.with_action(S=Name.GoToR, F=spec))) == "external"
    assert reason(made.pdf(made.with_stream(b"", F=String("\\\\serveur\\x")))) == "external"
    near = inspect(made.pdf(made.with_action(S=Name.GoToR, F=String("annexe.pdf"))), "a.pdf")
    assert near.warnings == (WARNINGS["scripted_link"],)


def test_embedded_files() -> None:
    seen = inspect(made.pdf(made.with_attachment("factur-x.xml", made.INVOICE)), "a.pdf")
    assert seen.embedded == ("factur-x.xml",)
    for name, content in [
        ("factur-x.xml", b"<html/>"),
        ("factur-x.xml", b'<!DOCTYPE a [<!ENTITY b "c">]>' + made.INVOICE),
        ("virus.exe", b"MZ"),
        ("facture.xml", made.INVOICE),
    ]:
        assert reason(made.pdf(made.with_attachment(name, content))) == "attachment"


def test_forms_and_layers() -> None:
    static = inspect(made.pdf(made.with_form(b"<template/>")), "a.pdf")
    assert static.warnings == (WARNINGS["static_form"],)
    assert reason(made.pdf(made.with_form(b"<template/>", NeedsRendering=True))) == "dynamic_form"
    assert reason(made.pdf(made.with_form(b"<dynamicRender>required</dynamicRender>"))) == "dynamic_form"
    shown = inspect(made.pdf(made.with_layer(hidden=False)), "a.pdf")
    assert shown.layers and shown.warnings == (WARNINGS["layers"],)
    assert reason(made.pdf(made.with_layer(hidden=True))) == "hidden_layer"


def test_pages() -> None:
    assert reason(made.written("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Count 0 /Kids [] >>")) in (
        "no_page",
        "unreadable",
    )
    assert inspect(made.pdf(pages=2_000), "a.pdf").pages == 2_000
    assert reason(made.many_pages(100_000)) == "complex"
    assert reason(made.cyclic_tree()) in ("complex", "unreadable")


BOMBS = {
    "two hundred millions": made.small_bomb,
    "deeper": made.deep_bomb,
    "huge image": made.huge_image_in_pdf,
    "brackets": made.brackets,
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_bombs_are_too_complex_and_the_next_file_is_read(bomb) -> None:  # type: ignore[no-untyped-def]
    data, began = bomb(), time.monotonic()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert reason(data) == "complex"
    assert time.monotonic() - began < 50
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000
    assert inspect(made.pdf(), "a.pdf").pages == 1


def test_the_small_bomb_is_small() -> None:
    assert len(made.small_bomb()) < 2_000


def test_what_lasts_too_long_is_stopped() -> None:
    data, began = made.exponential_drawing(), time.monotonic()
    try:
        inspect(data, "a.pdf", limits=Limits(seconds=1.5))
    except FileRefused as refused:
        assert refused.reason == "complex"
    assert time.monotonic() - began < 30
    assert inspect(made.pdf(), "a.pdf").pages == 1


def test_long_text_is_cut_and_said() -> None:
    seen = inspect(made.pdf(pages=5), "a.pdf", limits=Limits(text_max=20))
    assert len(seen.text) <= 24 and seen.warnings == (WARNINGS["text_cut"],)


def test_too_heavy() -> None:
    assert reason(bytes(2000), "a.bin", Limits(bytes_max=1000)) == "too_big"


def test_no_social_security_number_is_kept() -> None:
    seen = inspect(made.pdf(text="2 85 07 75 116 001 94, 2850775116001, 552 100 554"), "a.pdf")
    assert "116" not in seen.text and seen.text.count("•••") == 2
    assert "552 100 554" in seen.text


def test_images() -> None:
    for image_format, suffix in [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp"), ("GIF", "gif"), ("TIFF", "tif")]:
        seen = inspect(made.picture(image_format), f"photo.{suffix}")
        assert (seen.kind, seen.width, seen.height, seen.warnings) == ("image", 300, 200, ())
        assert seen.mime == f"image/{image_format.lower()}"
    assert inspect(made.picture("PNG"), "photo.jpg").warnings == (WARNINGS["image_name"],)
    assert reason(made.picture()[:2000], "photo.jpg") == "unreadable"
    assert reason(made.huge_png(), "photo.png") == "complex"
    assert reason(b"<svg/>", "photo.png") == "mismatch"
    assert reason(made.picture(), "photo.pdf.html") == "mismatch"


def test_word_and_archives() -> None:
    seen = inspect(made.word("Contrat", "Article 1"), "contrat.docx")
    assert seen.kind == "docx" and seen.text.splitlines()[:2] == ["Contrat", "Article 1"]
    assert "dans un tableau" in seen.text
    listed = inspect(made.archive(**{"a/b.txt": b"123", "../../etc/passwd": b"", "x\u202egpj.exe": b""}), "lot.zip")
    assert listed.kind == "zip"
    assert listed.entries == (("a/b.txt", 3), ("../../etc/passwd", 0), ("x\ufffdgpj.exe", 0))
    assert reason(made.archive(a=b"1"), "contrat.docx") == "unreadable"
    assert reason(b"PK\x03\x04" + bytes(50), "lot.zip") == "unreadable"
    assert reason(b"Bonjour", "lot.zip") == "mismatch"
    assert reason(made.archive(**{"word/document.xml": bytes(160 << 20)}), "contrat.docx") == "complex"


def test_other_files_are_kept_and_never_shown() -> None:
    for name, data in [
        ("page.html", b"<script>alert(1)</script>"),
        ("dessin.svg", b"<svg onload='alert(1)'/>"),
        ("outil.exe", b"MZ\x90"),
        ("données.xml", b"<x/>"),
    ]:
        seen = inspect(data, name)
        assert (seen.kind, seen.mime, seen.viewable) == ("other", "application/octet-stream", False)
        assert seen.sha256 == hashlib.sha256(data).hexdigest()
    assert reason(b"MZ\x90", "contrat.txt") == "program"
    assert reason(made.pdf(), "facture.html") == "mismatch"
    assert reason(made.pdf(), "facture.pdf.html") == "mismatch"


def test_refusals_are_whole_sentences() -> None:
    for sentence in (*SENTENCES.values(), *WARNINGS.values()):
        assert sentence[0].isupper() and sentence.endswith(".") and "'" not in sentence
    assert issubclass(FileRefused, Refused)


def test_the_child_has_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUICHET_KEY", "secret")
    child = sandbox._Child()
    environment = Path(f"/proc/{child.process.pid}/environ")
    try:
        assert b"GUICHET_KEY" not in environment.read_bytes()
    except PermissionError:  # the child forbids even reading it
        pass
    finally:
        child.kill()
