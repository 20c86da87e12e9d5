"""Text as it is searched and sorted: the database has neither ICU nor unaccent."""

import re
import unicodedata

LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "’": "'"})
LATIN_MARKS = re.compile("[\u0300-\u034e\u0350-\u036f]+")  # nearly always all of them: the rest is looked at singly
REST = re.compile("[^\x00-\x7f]")


def fold(text: str) -> str:
    """Lower case, without marks, single spaces: « Bâtiment  Œuvre » becomes « batiment oeuvre ». No U+0000 is left."""
    folded = text.casefold()
    if not folded.isascii():
        folded = LATIN_MARKS.sub("", unicodedata.normalize("NFKD", folded).translate(LIGATURES))
    if not folded.isascii():
        folded = REST.sub(lambda mark: "" if unicodedata.combining(mark[0]) else mark[0], folded)
    return " ".join(folded.replace("\0", "").split())
