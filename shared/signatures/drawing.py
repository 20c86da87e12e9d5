"""The picture of a sign: drawn as lines that the browser sends as points, or an image that somebody imports.

What is drawn here is drawn again from its points: no browser's canvas is ever read, and no bytes are believed.
"""

import io
import json
import math
from itertools import pairwise

from flask_babel import gettext as _
from PIL import Image, ImageDraw

from shared.errors import Refused

WIDTH, HEIGHT = 500, 250  # units of the pad, whatever the screen; pixels of the picture before it is cut
FINER = 3  # drawn larger, then made smaller: smooth edges
INK = (22, 38, 86, 255)
PEN = 4.0  # units
MARGIN = 6  # pixels left around the ink
LONGEST_JSON = 200_000  # characters
MOST_POINTS = 6_000
SHORTEST = 120.0  # units of line below which it is a dot or a tick
NARROWEST = 40.0  # units
STRAIGHTEST = 1.12  # length of a single line over the distance between its ends
IMAGE_BYTES = 2 * 1024 * 1024
IMAGE_PIXELS = 16_000_000

Point = tuple[float, float]
Strokes = list[list[Point]]


def drawn(points: str) -> bytes:
    """The PNG of a drawing sent as JSON, lines of [x, y] in units of the pad. Raises Refused (field `strokes`)."""
    strokes = _read(points)
    if _is_too_simple(strokes):
        raise Refused(
            _("Ce dessin est vide ou trop simple pour être une signature : signez en entier, ou tapez votre nom."),
            field="strokes",
        )
    image = Image.new("RGBA", (WIDTH * FINER, HEIGHT * FINER), (*INK[:3], 0))
    pen = ImageDraw.Draw(image)
    for stroke in strokes:
        _draw(pen, [(x * FINER, y * FINER) for x, y in stroke])
    return _png(_cut(image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)))


def imported(data: bytes) -> bytes:
    """A PNG made again from an image, no wider nor higher than the pad. Raises Refused (field `image`)."""
    if not data:
        raise Refused(_("Choisissez l’image de votre signature."), field="image")
    if len(data) > IMAGE_BYTES:
        raise Refused(_("Cette image dépasse 2 Mo : choisissez-en une plus légère."), field="image")
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as opened:
            if opened.width * opened.height > IMAGE_PIXELS:
                raise Refused(_("Cette image est trop grande : réduisez-la, puis recommencez."), field="image")
            image = opened.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Refused(_("Ce fichier n’est pas une image PNG ou JPEG lisible."), field="image") from error
    image.thumbnail((WIDTH, HEIGHT))
    if image.width < NARROWEST or _is_blank(image):
        raise Refused(_("Cette image est vide ou trop petite pour être une signature."), field="image")
    return _png(image)


def _read(points: str) -> Strokes:
    try:
        if len(points) > LONGEST_JSON:
            raise ValueError
        strokes = [[(float(x), float(y)) for x, y in stroke] for stroke in json.loads(points or "[]")]
    except (ValueError, TypeError, RecursionError) as error:
        raise Refused(_("Ce dessin n’a pas été reçu en entier : recommencez."), field="strokes") from error
    every = [point for stroke in strokes for point in stroke]
    if len(every) > MOST_POINTS or not all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in every):
        raise Refused(_("Ce dessin n’a pas été reçu en entier : recommencez."), field="strokes")
    return [stroke for stroke in strokes if stroke]


def _is_too_simple(strokes: Strokes) -> bool:
    every = [point for stroke in strokes for point in stroke]
    if not every:
        return True
    across = max(x for x, _y in every) - min(x for x, _y in every)
    length = sum(_length(stroke) for stroke in strokes)
    if length < SHORTEST or across < NARROWEST:
        return True
    return len(strokes) == 1 and length < STRAIGHTEST * math.dist(strokes[0][0], strokes[0][-1])


def _length(stroke: list[Point]) -> float:
    return sum(math.dist(one, other) for one, other in pairwise(stroke))


def _draw(pen: ImageDraw.ImageDraw, stroke: list[Point]) -> None:
    half = PEN * FINER / 2
    pen.line(stroke, fill=INK, width=round(PEN * FINER), joint="curve")
    for x, y in (stroke[0], stroke[-1]):
        pen.ellipse((x - half, y - half, x + half, y + half), fill=INK)


def _cut(image: Image.Image) -> Image.Image:
    """Only the ink and a little around it: a sign drawn small is stamped as large as another."""
    left, top, right, bottom = image.getchannel("A").getbbox() or (0, 0, WIDTH, HEIGHT)
    return image.crop(
        (max(left - MARGIN, 0), max(top - MARGIN, 0), min(right + MARGIN, WIDTH), min(bottom + MARGIN, HEIGHT))
    )


def _is_blank(image: Image.Image) -> bool:
    """Nothing but one colour, once laid on white."""
    paper = Image.new("RGBA", image.size, "white")
    low, high = Image.alpha_composite(paper, image).convert("L").getextrema()
    return bool(high - low < 16)  # type: ignore[operator]


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
