"""Previews: right way up, bounded, quick, and made in the sandbox."""

import io
import os
import threading
import time

import pytest
from pikepdf import Dictionary, Name, Pdf
from PIL import Image

from shared.documents import previewing, sandbox
from shared.documents.refusals import FileRefused
from tests.shared.documents import corpus as made


def opened(picture: previewing.Picture) -> Image.Image:
    image = Image.open(io.BytesIO(picture.data))
    assert image.size == (picture.width, picture.height)
    return image


@pytest.mark.row("B-06")
def test_first_page_of_forty_comes_quickly() -> None:
    data = made.pdf(pages=40, text="Bonjour " * 5)
    previewing.page_sizes(made.pdf())  # the sandbox is up
    began = time.monotonic()
    picture = previewing.render_page(data, 0, 800)
    assert time.monotonic() - began < 5  # the figure is in the benchmarks
    image = opened(picture)
    assert (image.format, picture.mime, image.width) == ("WEBP", "image/webp", 800)
    assert image.convert("L").getextrema()[0] < 100  # something is written on it


def test_other_formats_and_bounds() -> None:
    data = made.pdf()
    assert opened(previewing.render_page(data, 0, 300, "png")).format == "PNG"
    assert previewing.render_page(data, 0, 90_000).width <= 2400
    with pytest.raises(FileRefused):
        previewing.render_page(data, 1)
    with pytest.raises(FileRefused):
        previewing.render_page(data, -1)


def test_a_turned_page_is_shown_upright() -> None:
    def turn(pdf: Pdf) -> None:
        pdf.pages[0].Rotate = 90

    data = made.pdf(turn)
    assert previewing.page_sizes(data) == [(842.0, 595.0)]
    picture = previewing.render_page(data, 0, 842)
    assert (picture.width, picture.height) == (842, 595)


def test_a_page_as_long_as_a_road_is_bounded() -> None:
    def stretch(pdf: Pdf) -> None:
        pdf.pages[0].MediaBox = [0, 0, 3, 14_000]

    picture = previewing.render_page(made.pdf(stretch), 0, 2400)
    assert picture.width * picture.height <= 12_100_000


def test_filled_fields_are_drawn() -> None:
    def fill(pdf: Pdf) -> None:
        drawn = pdf.make_stream(b"0 0 200 200 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 200, 200])
        box = pdf.make_indirect(
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Widget,
                FT=Name.Tx,
                T="montant",
                Rect=[100, 100, 300, 300],
                F=4,
                AP=Dictionary(N=drawn),
            )
        )
        pdf.pages[0].Annots = pdf.make_indirect([box])
        pdf.Root.AcroForm = Dictionary(Fields=[box])

    image = opened(previewing.render_page(made.pdf(fill), 0, 595, "png")).convert("L")
    assert image.getpixel((200, 642)) < 50


def test_text_for_those_who_listen() -> None:
    assert previewing.page_text(made.pdf(pages=2), 1) == "Bonjour 2"


def test_thumbnails_are_upright_and_tell_nothing() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "Marque"
    picture = previewing.thumbnail(made.picture("JPEG", (1200, 600), exif=exif), 300)
    image = opened(picture)
    assert image.size == (300, 600)
    assert not image.getexif() and "exif" not in image.info


def test_transparency_is_laid_on_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG")
    image = opened(previewing.thumbnail(out.getvalue(), image_format="png"))
    assert image.convert("RGB").getpixel((5, 5)) == (255, 255, 255)


def test_image_bombs_have_no_thumbnail() -> None:
    with pytest.raises(FileRefused) as caught:
        previewing.thumbnail(made.huge_png())
    assert caught.value.reason == "complex"


def test_what_an_archive_holds() -> None:
    assert previewing.zip_entries(made.archive(**{"a.txt": b"12"})) == [("a.txt", 2)]


def test_a_page_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previewing, "SECONDS", 1.0)
    began = time.monotonic()
    try:
        previewing.render_page(made.exponential_drawing())
    except FileRefused as refused:
        assert refused.reason == "complex"
    assert time.monotonic() - began < 30
    assert previewing.page_text(made.pdf()) == "Bonjour 1"


def test_a_forked_process_starts_its_own_child() -> None:
    assert previewing.page_text(made.pdf()) == "Bonjour 1"
    mine = [child.process.pid for child in sandbox._idle]
    reading, writing = os.pipe()
    if (fork := os.fork()) == 0:
        ok = False
        try:
            ok = previewing.page_text(made.pdf(text="Ailleurs")) == "Ailleurs 1"
            ok = ok and not {child.process.pid for child in sandbox._idle} & set(mine)
            sandbox._stop()
        finally:
            os.write(writing, b"1" if ok else b"0")
            os._exit(0)
    os.waitpid(fork, 0)
    assert os.read(reading, 1) == b"1"
    assert previewing.page_text(made.pdf()) == "Bonjour 1"


def test_a_child_killed_between_two_files_is_replaced() -> None:
    previewing.page_text(made.pdf())
    for child in sandbox._idle:
        child.process.kill()
    assert previewing.page_text(made.pdf()) == "Bonjour 1"


def test_many_threads_share_a_few_children() -> None:
    texts: list[str] = []

    def read(rank: int) -> None:
        texts.append(previewing.page_text(made.pdf(text=f"Fil {rank}")))

    threads = [threading.Thread(target=read, args=(rank,)) for rank in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(texts) == [f"Fil {rank} 1" for rank in range(8)]
    assert len(sandbox._idle) <= sandbox.IDLE_CHILDREN
