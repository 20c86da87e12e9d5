"""Text as it is searched and sorted: the database has neither ICU nor unaccent."""

import unicodedata

LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "’": "'"})


def fold(text: str) -> str:
    """Lower case, without marks, single spaces: « Bâtiment  Œuvre » becomes « batiment oeuvre »."""
    folded = unicodedata.normalize("NFKD", text.casefold()).translate(LIGATURES)
    kept = "".join(mark for mark in folded if not unicodedata.combining(mark))
    return " ".join(kept.split())
