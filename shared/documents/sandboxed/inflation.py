"""How large the streams of a PDF grow, measured without ever holding them."""

import base64
import binascii
import io
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import pikepdf
from PIL import Image, UnidentifiedImageError

from shared.documents.sandboxed.reading import plain
from shared.documents.sandboxed.reject import Reject

STREAM_MAX = 100_000_000  # bytes of one stream once inflated, when it is not an image
DOCUMENT_MAX = 1_500_000_000  # bytes of all streams together
STEP = 1 << 20
HARMLESS = 50  # an image that grows less than this many times is what it says
DEPTH_MAX = 6  # filters one upon the other

FLATE = {"/FlateDecode", "/Fl"}
CODECS = {"/DCTDecode", "/DCT", "/JPXDecode", "/CCITTFaxDecode", "/CCF", "/JBIG2Decode", "/Crypt"}
LZW = {"/LZWDecode", "/LZW"}


class Meter:
    """Adds up the streams of one document; raises Reject("complex") beyond the limits."""

    def __init__(self, pixels_max: int) -> None:
        self.pixels_max = pixels_max
        self.total = 0

    def measure(self, stream: pikepdf.Object) -> None:
        filters = _filters(stream)
        raw = stream.read_raw_bytes()
        image = stream.get("/Subtype") == "/Image"
        expected = self._pixels(stream) * 8 if image else 0
        if image and len(raw) * HARMLESS >= expected and not (len(filters) > 1):
            self._check_codec(filters, raw)
            return
        bound = min(max(expected + STEP, STREAM_MAX) if image else STREAM_MAX, DOCUMENT_MAX - self.total)
        self.total += self._inflated(stream, filters, raw, bound)

    def _inflated(self, stream: pikepdf.Object, filters: list[str], raw: bytes, bound: int) -> int:
        chunks: Iterable[bytes] = (raw,)
        for place, name in enumerate(filters):
            if name in CODECS:
                self._check_codec(filters[place:], b"".join(_bounded(chunks, bound)))
                return len(raw)
            if name in LZW:  # qpdf inflates it, within the memory that the process is allowed
                return _length_by_qpdf(stream, bound)
            chunks = _unfiltered(name, chunks)
        return sum(len(chunk) for chunk in _bounded(chunks, bound))

    def _pixels(self, image: pikepdf.Object) -> int:
        width, height = _number(image.get("/Width")), _number(image.get("/Height"))
        if width * height > self.pixels_max:
            raise Reject("complex")
        return max(width * height, 1)

    def _check_codec(self, filters: list[str], raw: bytes) -> None:
        """A photograph has its own idea of its size."""
        if not filters or filters[0] not in ("/DCTDecode", "/DCT", "/JPXDecode"):
            return
        try:
            width, height = Image.open(io.BytesIO(raw)).size
        except Image.DecompressionBombError as error:
            raise Reject("complex") from error
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
            return
        if width * height > self.pixels_max:
            raise Reject("complex")


def _filters(stream: pikepdf.Object) -> list[str]:
    named: Any = stream.get("/Filter")
    if named is None:
        return []
    listed = [plain(name) for name in named] if isinstance(named, pikepdf.Array) else [plain(named)]
    if len(listed) > DEPTH_MAX:
        raise Reject("complex")
    return listed


def _number(value: Any) -> int:
    return abs(int(value)) if isinstance(value, int) else 0


def _bounded(chunks: Iterable[bytes], bound: int) -> Iterator[bytes]:
    for chunk in chunks:
        bound -= len(chunk)
        if bound < 0:
            raise Reject("complex")
        yield chunk


def _unfiltered(name: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    if name in FLATE:
        return _inflate(chunks)
    if name in ("/RunLengthDecode", "/RL"):
        return _run_lengths(b"".join(_bounded(chunks, STREAM_MAX)))
    if name in ("/ASCII85Decode", "/A85"):
        return _ascii85(b"".join(_bounded(chunks, STREAM_MAX)))
    if name in ("/ASCIIHexDecode", "/AHx"):
        data = b"".join(b"".join(_bounded(chunks, STREAM_MAX)).split()).partition(b">")[0]
        return iter((binascii.unhexlify(data[: len(data) // 2 * 2]),)) if data.isalnum() else iter(())
    return iter(chunks)


def _inflate(chunks: Iterable[bytes]) -> Iterator[bytes]:
    decoder = zlib.decompressobj()
    try:
        for chunk in chunks:
            while chunk and not decoder.eof:
                out = decoder.decompress(chunk, STEP)
                chunk = decoder.unconsumed_tail
                if out:
                    yield out
    except zlib.error:  # damaged data stops here for every reader
        return


def _ascii85(data: bytes) -> Iterator[bytes]:
    try:
        yield base64.a85decode(data.partition(b"~")[0])
    except ValueError:
        return


def _run_lengths(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data) and data[at] != 128:
        count = data[at]
        if count < 128:
            yield data[at + 1 : at + 2 + count]
            at += 2 + count
        else:
            yield data[at + 1 : at + 2] * (257 - count)
            at += 2


def _length_by_qpdf(stream: pikepdf.Object, bound: int) -> int:
    try:
        length = len(stream.read_bytes())
    except pikepdf.PdfError:
        return 0
    if length > bound:
        raise Reject("complex")
    return length
