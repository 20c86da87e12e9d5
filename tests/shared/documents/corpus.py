"""Good, odd and hostile files, all made here."""

import functools
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import docx
import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import Image

INVOICE = (
    b'<?xml version="1.0"?><rsm:CrossIndustryInvoice'
    b' xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"/>'
)


def pdf(change: Callable[[Pdf], Any] | None = None, *, pages: int = 1, text: str = "Bonjour", **saved: Any) -> bytes:
    """A PDF with one line of text a page, changed before it is saved."""
    with pikepdf.new() as made:
        font = made.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        for number in range(pages):
            page = made.add_blank_page(page_size=(595, 842))
            page.Resources = Dictionary(Font=Dictionary(F1=font))
            page.Contents = made.make_stream(f"BT /F1 20 Tf 60 700 Td ({text} {number + 1}) Tj ET".encode())
        if change:
            change(made)
        out = io.BytesIO()
        made.save(out, **{"deterministic_id": "encryption" not in saved, **saved})
    return out.getvalue()


def with_action(**action: Any) -> Callable[[Pdf], Any]:
    """A link on the first page that does this."""

    def change(made: Pdf) -> None:
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 50, 50], A=Dictionary(**action))
        made.pages[0].Annots = Array([made.make_indirect(link)])

    return change


def with_root(**entries: Any) -> Callable[[Pdf], Any]:
    def change(made: Pdf) -> None:
        for name, value in entries.items():
            made.Root[f"/{name}"] = value

    return change


def with_stream(data: bytes, **entries: Any) -> Callable[[Pdf], Any]:
    """The first page draws an object whose bytes are written as they are."""

    def change(made: Pdf) -> None:
        thing = Stream(made, data)
        for name, value in {"Type": Name.XObject, **entries}.items():
            thing[f"/{name}"] = value
        made.pages[0].Resources.XObject = Dictionary(X0=made.make_indirect(thing))

    return change


def with_attachment(name: str, content: bytes) -> Callable[[Pdf], Any]:
    def change(made: Pdf) -> None:
        moment = "D:20260102030405Z"  # the same bytes at each call
        made.attachments[name] = pikepdf.AttachedFileSpec(
            made, content, filename=name, creation_date=moment, mod_date=moment
        )

    return change


def with_form(text: bytes, **root: Any) -> Callable[[Pdf], Any]:
    def change(made: Pdf) -> None:
        form = made.make_stream(b"<xdp>" + text + b"</xdp>")
        made.Root.AcroForm = Dictionary(Fields=[], XFA=Array([String("template"), form]))
        with_root(**root)(made)

    return change


def with_layer(*, hidden: bool) -> Callable[[Pdf], Any]:
    def change(made: Pdf) -> None:
        layer = made.make_indirect(Dictionary(Type=Name.OCG, Name=String("Filigrane")))
        made.Root.OCProperties = Dictionary(
            OCGs=Array([layer]), D=Dictionary(ON=[layer] if not hidden else [], OFF=[layer] if hidden else [])
        )

    return change


def hex_named() -> bytes:
    """The script's name written `/J#61vaScript`, out of reach of a search for bytes."""
    plain = pdf(with_action(S=Name.JavaScript, JS=String("app.alert(1)")), object_stream_mode=OPEN, static_id=True)
    return plain.replace(b"/JavaScript", b"/J#61vaScript").replace(b"/JS ", b"/#4aS ")


OPEN = pikepdf.ObjectStreamMode.disable
PACKED = pikepdf.ObjectStreamMode.generate


@functools.cache
def deflated(size: int, times: int = 1) -> bytes:
    """That many zeros, compressed so many times."""
    if times > 1:
        return zlib.compress(deflated(size, times - 1), 9)
    maker = zlib.compressobj(9)
    return b"".join(maker.compress(bytes(1 << 20)) for _ in range(size >> 20)) + maker.flush()


def small_bomb() -> bytes:
    """About a thousand bytes that become two hundred millions."""
    filters = Array([Name.FlateDecode, Name.FlateDecode])
    return pdf(with_stream(deflated(200 << 20, 2), Filter=filters), compress_streams=False)


def deep_bomb() -> bytes:
    return pdf(with_stream(deflated(200 << 20, 3), Filter=Array([Name.FlateDecode] * 3)), compress_streams=False)


def huge_image_in_pdf() -> bytes:
    change = with_stream(
        deflated(1 << 20),
        Filter=Name.FlateDecode,
        Subtype=Name.Image,
        Width=50_000,
        Height=50_000,
        BitsPerComponent=8,
        ColorSpace=Name.DeviceGray,
    )
    return pdf(change)


def many_pages(count: int) -> bytes:
    """One page that the tree shows `count` times."""
    return written(
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {count} /Kids [{'3 0 R ' * count}] >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
    )


def cyclic_tree() -> bytes:
    return written(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Count 1 /Kids [3 0 R 2 0 R] >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
    )


def brackets() -> bytes:
    return written(
        "<< /Type /Catalog /Pages 2 0 R /X " + "[" * 10_000_000 + " >>",
        "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
    )


def exponential_drawing() -> bytes:
    """Twelve drawings, each drawing the next one ten times."""

    def change(made: Pdf) -> None:
        below = made.make_stream(b"BT /F1 9 Tf (x) Tj ET", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9])
        for _ in range(12):
            below = made.make_stream(
                b"/X0 Do " * 10,
                Type=Name.XObject,
                Subtype=Name.Form,
                BBox=[0, 0, 9, 9],
                Resources=Dictionary(XObject=Dictionary(X0=below)),
            )
        made.pages[0].Resources.XObject = Dictionary(X0=below)
        made.pages[0].Contents = made.make_stream(b"/X0 Do")

    return pdf(change)


def written(*objects: str) -> bytes:
    """A PDF typed by hand, with its table of references."""
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n" + "".join(f"{at:010} 00000 n \n" for at in places)
    end = f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + table.encode() + end.encode()


def picture(image_format: str = "JPEG", size: tuple[int, int] = (300, 200), **saved: Any) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, image_format, **saved)
    return out.getvalue()


def huge_png() -> bytes:
    """The header of 50,000 × 50,000 pixels and hardly anything behind."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", deflated(1 << 20)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def word(*paragraphs: str) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.add_table(rows=1, cols=2).rows[0].cells[1].text = "dans un tableau"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def archive(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()
