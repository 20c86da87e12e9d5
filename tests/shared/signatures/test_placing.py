"""Where the stamp falls, looked at as a reader sees it: rendered before and after."""

from itertools import pairwise

import pypdfium2 as pdfium
import pytest
from PIL import Image, ImageChops
from sqlalchemy.orm import Session, scoped_session

from shared.signatures.authority import Sealer
from shared.signatures.preparing import Place, Prepared, prepare
from shared.signatures.sealing import seal
from shared.signatures.stamping import Stamp
from tests.shared.signatures.papers import BLUE, LAYOUTS, RED, Paper, flag, made, plain

SCALE = 1.5
CLARA = Sealer("Clara Fontaine", "P-1")
STAMP = Stamp(["Signé électroniquement par", "Clara Fontaine", "le 22/11/2026 à 10:00:00 (CET)"], flag())


@pytest.mark.parametrize(
    ("paper", "side"),
    [(paper, ("left", "right")[rank % 2]) for rank, paper in enumerate(LAYOUTS)],
    ids=lambda each: each.name if isinstance(each, Paper) else each,
)
def test_stamp_stands_upright_in_its_half_over_nothing(
    db_session: scoped_session[Session], paper: Paper, side: str
) -> None:
    prepared = prepare(made(paper), places=[Place("S1", "Signature", side)], title="Devis", certify=False)  # type: ignore[arg-type]
    before, after = seen_before_and_after(prepared, "S1")
    box = ImageChops.difference(before, after).getbbox()
    assert box, "no stamp is seen"
    middle = after.width / 2
    assert (box[2] <= middle) if side == "left" else (box[0] >= middle)
    assert is_plain(before.crop(box)), "the stamp covers something"
    red, blue = centre(after.crop(box), RED), centre(after.crop(box), BLUE)
    assert red[0] < blue[0], "the stamp is upside down or mirrored"
    assert abs(red[1] - blue[1]) < 3, "the stamp is turned"
    assert red[1] < (box[3] - box[1]) / 2, "the words stand under the mark"
    assert prepared.added_page is paper.name.startswith(("full", "tiny")) or paper.name == "half-full"


@pytest.mark.row("P-16")
@pytest.mark.parametrize("pages", [1, 2, 10])
@pytest.mark.parametrize("side", ["left", "right"])
def test_stamp_is_on_the_last_page(db_session: scoped_session[Session], side: str, pages: int) -> None:
    prepared = prepare(plain(pages), places=[Place("S1", "Signature", side)], title="Devis")  # type: ignore[arg-type]
    assert prepared.pages == pages
    before, after = seen_before_and_after(prepared, "S1")
    box = ImageChops.difference(before, after).getbbox()
    assert box
    assert is_plain(before.crop(box))
    assert (box[2] <= after.width / 2) if side == "left" else (box[0] >= after.width / 2)
    red, blue = centre(after.crop(box), RED), centre(after.crop(box), BLUE)
    assert red[0] < blue[0]


@pytest.mark.row("P-16")
@pytest.mark.parametrize("pages", [1, 2, 10])
def test_page_is_added_where_there_is_no_room(db_session: scoped_session[Session], pages: int) -> None:
    full = made(Paper("full", ink=((0, 0, 595, 842),), pages=pages))
    prepared = prepare(full, places=[Place("S1", "Signature", "right")], title="Devis")
    assert prepared.added_page
    assert prepared.pages == pages + 1
    before, after = seen_before_and_after(prepared, "S1")
    box = ImageChops.difference(before, after).getbbox()
    assert box
    assert box[0] >= after.width / 2
    assert is_plain(before.crop(box))


def test_several_on_one_side_stand_above_each_other(db_session: scoped_session[Session]) -> None:
    places = [Place(f"S{rank}", f"Signature {rank}", "left") for rank in range(1, 5)]
    prepared = prepare(plain(), places=places, title="Contrat", certify=False)
    heights, data, digest = [], prepared.data, prepared.sha256
    before = last_page(data)
    for rank in range(1, 5):
        signed = seal(
            data, field=f"S{rank}", signer=CLARA, stamp=STAMP, reason="Accord", level="B-B", expected_sha256=digest
        )
        after = last_page(signed.data)
        box = ImageChops.difference(before, after).getbbox()
        assert box
        assert is_plain(before.crop(box))
        heights.append((box[1], box[3]))
        before, data, digest = after, signed.data, signed.sha256
    assert all(upper[1] <= lower[0] for lower, upper in pairwise(heights))


def test_thirty_signers_get_pages_of_their_own(db_session: scoped_session[Session]) -> None:
    places = [Place(f"S{rank}", "Signature", "left") for rank in range(30)]
    prepared = prepare(plain(), places=places, title="Assemblée", certify=False)
    assert prepared.pages > 2


def test_stamp_stands_beside_its_anchor(db_session: scoped_session[Session]) -> None:
    data = plain(3, text="Bon pour accord")
    place = Place("S1", "Signature", "right", anchor="Bon pour accord")
    before, after = seen_before_and_after(prepare(data, places=[place], title="Devis", certify=False), "S1")
    box = ImageChops.difference(before, after).getbbox()
    assert box
    assert box[3] < after.height * 0.3, "the anchor is at the top of the page"
    assert is_plain(before.crop(box))


def seen_before_and_after(prepared: Prepared, field: str) -> tuple[Image.Image, Image.Image]:
    signed = seal(
        prepared.data,
        field=field,
        signer=CLARA,
        stamp=STAMP,
        reason="Accord",
        level="B-B",
        expected_sha256=prepared.sha256,
    )
    return last_page(prepared.data), last_page(signed.data)


def last_page(data: bytes) -> Image.Image:
    document = pdfium.PdfDocument(data)
    document.init_forms()
    try:
        seen: Image.Image = document[len(document) - 1].render(scale=SCALE, may_draw_forms=True).to_pil()
        return seen.convert("RGB")
    finally:
        document.close()


def is_plain(image: Image.Image) -> bool:
    return all(low > 200 and high - low < 10 for low, high in image.getextrema())  # type: ignore[misc]


def centre(image: Image.Image, colour: tuple[int, int, int]) -> tuple[float, float]:
    bands = ImageChops.difference(image, Image.new("RGB", image.size, colour)).split()
    near = [band.point(lambda value: 255 if value < 40 else 0) for band in bands]
    box = ImageChops.darker(ImageChops.darker(near[0], near[1]), near[2]).getbbox()
    assert box, "the mark is not seen"
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
