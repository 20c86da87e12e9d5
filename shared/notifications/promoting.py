"""Promotion in a text: a block between « [promotion] » and « [/promotion] », each alone on its line.

A service message holds none: it is refused when the text is saved, and left out whatever happened since. An
information message holds it for whoever has not refused information (Code des postes et des communications
électroniques, art. L34-5).
"""

import re

from flask_babel import gettext as _

from shared.errors import Refused
from shared.folding import fold

SERVICE, INFORMATION, SECURITY = "service", "information", "security"
BLOCK = "[promotion]\n\n[/promotion]"  # what the editor puts at the cursor
MARK = re.compile(r"^[ \t]*\[(/?)promotion\][ \t]*$", re.IGNORECASE | re.MULTILINE)
WHOLE = re.compile(
    r"^[ \t]*\[promotion\][ \t]*$.*?(?:^[ \t]*\[/promotion\][ \t]*$|\Z)\n?", re.IGNORECASE | re.MULTILINE | re.DOTALL
)
GAP = re.compile(r"\n{3,}")
WORDS = re.compile(
    r"\b(promo\w*|soldes?|remises? (?:de|exceptionnelle)|offres? (?:speciale|exceptionnelle|de bienvenue)|"
    r"code promo|bon plan|profitez|black friday|special offer|discount|sale ends|% off)\b|-\s?\d{1,2}\s?%"
)


def check_promotion(kind: str, body: str) -> None:
    """Refuse a promotional block in anything but an information message, and a block that does not end."""
    marks = [found[1] for found in MARK.finditer(body)]
    if not marks:
        return
    if kind != INFORMATION:
        raise Refused(
            _(
                "Un message de service ne contient pas de promotion : retirez le bloc [promotion], "
                "ou marquez ce modèle « information »."
            ),
            "body",
        )
    if marks != ["", "/"] * (len(marks) // 2):
        raise Refused(_("Un bloc [promotion] finit par une ligne [/promotion], et n’en contient pas d’autre."), "body")


def looks_promotional(kind: str, subject: str, body: str) -> list[str]:
    """Words of a service message that announce a promotion: pointed out, never refused."""
    if kind != SERVICE:
        return []
    return list(dict.fromkeys(found.group() for found in WORDS.finditer(fold(f"{subject}\n{body}"))))


def with_promotion(body: str) -> str:
    """The text for whoever takes information: the marks go, what they hold stays."""
    return _tidy(MARK.sub("", body))


def without_promotion(body: str) -> str:
    """The text for a service message, and for whoever refuses information."""
    return _tidy(WHOLE.sub("", body))


def _tidy(body: str) -> str:
    return GAP.sub("\n\n", body).strip()
