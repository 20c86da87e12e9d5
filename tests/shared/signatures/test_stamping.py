"""What the stamp says and shows."""

import io
from datetime import UTC, datetime

import pypdfium2 as pdfium
import pytest
from PIL import Image
from sqlalchemy.orm import Session, scoped_session

from shared.errors import Refused
from shared.signatures.authority import Sealer
from shared.signatures.preparing import Place, prepare
from shared.signatures.sealing import seal
from shared.signatures.stamping import Stamp, clean_picture, drawn, words
from shared.signatures.validating import signatures_of
from tests.shared.signatures.papers import flag, plain

AT = datetime(2026, 7, 14, 9, 30, tzinfo=UTC)
NAMES = [
    "Éloïse Ñandú-Œuvrard",
    "Nguyễn Thị Hồng",
    "Γεώργιος Παπαδόπουλος",
    "Александр Ковалёв",
    "محمد عبد الله",
    "王小明",
    "김철수",
    "สมชาย ใจดี",
    "राम कुमार",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_of_every_script_are_written(app: object, name: str) -> None:
    page = pdfium.PdfDocument(drawn(Stamp(words(name, AT)), 190, 68))[0]
    text = page.get_textpage().get_text_bounded()
    assert "Signé électroniquement par" in text
    assert "qualifi" not in text
    assert "le 14/07/2026 à 11:30:00 (CEST)" in text
    assert has_no_empty_box(name)


def test_long_names_are_fitted_not_cut(app: object) -> None:
    name = "Marie-Antoinette de La Rochefoucauld-Montmorency, Établissements Dupont et Fils réunis du Grand Ouest"
    page = pdfium.PdfDocument(drawn(Stamp(words(name, AT), flag()), 120, 40))[0]
    text = page.get_textpage().get_text_bounded()
    assert "Ouest" in text.replace("\r\n", " ")
    assert page.get_size() == (120, 40)


def test_picture_is_drawn_again() -> None:
    out = io.BytesIO()
    Image.new("RGB", (3000, 900), "white").save(out, "JPEG", comment=b"hidden")
    made = clean_picture(out.getvalue())
    assert b"hidden" not in made
    with Image.open(io.BytesIO(made)) as image:
        assert max(image.size) <= 600
    for wrong in (b"not a picture", b"x" * 2_000_001):
        with pytest.raises(Refused):
            clean_picture(wrong)


def test_name_stands_in_the_certificate(db_session: scoped_session[Session]) -> None:
    prepared = prepare(plain(), places=[Place("S1", "署名", "left")], title="契約", certify=False)
    made = seal(
        prepared.data,
        field="S1",
        signer=Sealer("王小明", "P-9", "北京 SARL"),
        stamp=Stamp(words("王小明", AT)),
        reason="Accord",
        level="B-T",
        expected_sha256=prepared.sha256,
    )
    found = signatures_of(made.data)[0]
    assert (found.signer, found.organisation) == ("王小明", "北京 SARL")
    assert found.stands and found.ours and found.timestamped


def has_no_empty_box(name: str) -> bool:
    """Whether the name is drawn otherwise than as the box of a sign that no font knows."""

    def seen(text: str) -> bytes:
        made = pdfium.PdfDocument(drawn(Stamp([text]), 190, 68))
        picture: Image.Image = made[0].render(scale=1).to_pil()
        return picture.tobytes()

    letters = [mark for mark in name if mark.isalpha()][:3]
    return all(seen(mark) != seen("\ue123") for mark in letters)
