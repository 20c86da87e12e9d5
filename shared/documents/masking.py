"""Social security numbers are never indexed, logged or compared: they are taken out of every text we keep."""

import re

# Sex, year, month (or a special code), department, commune, order, and a key that is often left out.
# Source: INSEE, « numéro d’inscription au répertoire ». Digits may be set apart by spaces, dots or dashes.
_GAP = r"[\s.\u2011-]?"
_NIR = re.compile(
    rf"(?<![\d.,])[1-478]{_GAP}\d{{2}}{_GAP}(?:0[1-9]|1[0-2]|[2-9]\d){_GAP}(?:\d{{2}}|2[AB]){_GAP}\d{{3}}{_GAP}\d{{3}}"
    rf"(?:{_GAP}\d{{2}})?(?!\d)",
    re.IGNORECASE,
)
MASK = "•••"


def without_nir(text: str) -> str:
    """The text with each number of 13 or 15 digits built like an NIR replaced by « ••• »."""
    return _NIR.sub(MASK, text)
