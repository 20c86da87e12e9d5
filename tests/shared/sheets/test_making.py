"""The press: text stays text, files are accessible and archivable, a fork does not hang."""

import os
import threading
from datetime import UTC, datetime

import pikepdf
import pytest
import typst

from shared.documents.previewing import page_text
from shared.sheets import making
from shared.sheets.making import SheetError, make_sheet
from shared.sheets.writing import letter_data
from tests.shared.sheets.facts import letter, opened

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
HOSTILE = '*gras* #eval("1") $x$ @ref <b> \\ {{x}} #image("/etc/passwd") // fin /* */ = Titre'


def test_text_is_never_markup() -> None:
    data = {**letter_data(letter()), "subject": HOSTILE, "paragraphs": [HOSTILE]}
    text = " ".join(page_text(make_sheet("letter", data)).split())
    assert text.count(HOSTILE) == 2


def test_archive_and_accessibility_are_declared() -> None:
    pdf = opened(make_sheet("letter", letter_data(letter())))
    metadata = pdf.open_metadata()
    assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"], metadata["pdfuaid:part"]) == ("3", "A", "1")
    assert pdf.Root.MarkInfo.Marked and str(pdf.Root.Lang).startswith("fr")
    assert "/StructTreeRoot" in pdf.Root


def test_same_instant_same_bytes() -> None:
    data = letter_data(letter())
    assert make_sheet("letter", data, made_at=AT) == make_sheet("letter", data, made_at=AT)


@pytest.mark.parametrize("name", ["../secret", "frame.typ", "absent", ""])
def test_unknown_templates(name: str) -> None:
    with pytest.raises(SheetError):
        make_sheet(name, {})


def test_missing_data_is_our_fault() -> None:
    with pytest.raises(SheetError):
        make_sheet("letter", {"title": "x"})


def test_threads_take_turns() -> None:
    made: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: made.append(make_sheet("letter", letter_data(letter()), made_at=AT)))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 6 and len(set(made)) == 1


def test_a_forked_process_still_prints() -> None:
    data = letter_data(letter())
    mine = make_sheet("letter", data, made_at=AT)
    reading, writing = os.pipe()
    if (fork := os.fork()) == 0:
        ok = False
        try:
            ok = make_sheet("letter", data, made_at=AT) == mine
        finally:
            os.write(writing, b"1" if ok else b"0")
            os._exit(0)
    os.waitpid(fork, 0)
    assert os.read(reading, 1) == b"1"
    os.close(reading)
    os.close(writing)


def test_nothing_is_read_outside_the_templates(tmp_path: pytest.TempPathFactory) -> None:
    assert making.FOLDER.name == "sheets"
    source = b'#read("/../../pyproject.toml")'
    compiler = typst.Compiler(root=str(making.FOLDER), ignore_system_fonts=True)
    with pytest.raises(typst.TypstError):
        compiler.compile(source, format="pdf")


def test_attachments_travel() -> None:
    one = making.Attachment("note.txt", "Bonjour", mime="text/plain", description="Une note")
    pdf = opened(make_sheet("letter", letter_data(letter()), attachments=[one]))
    assert pdf.attachments["note.txt"].get_file().read_bytes() == b"Bonjour"
    assert isinstance(pdf, pikepdf.Pdf)
