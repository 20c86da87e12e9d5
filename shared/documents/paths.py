"""The path of a folder: one tree, whatever way it is spelled. It is data, never a place on a disk."""

import re
import unicodedata
from urllib.parse import unquote

from flask_babel import gettext as _

from shared.errors import Refused

SEPARATORS = re.compile(r"[\\/]+")
FORBIDDEN = re.compile(r'[<>:"|?*\u2044\u2215\u29f5\u29f8\ufe68\uff0f\uff3c]')
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)  # Windows has no such files
LONGEST_SEGMENT = 100
DEEPEST = 10
LONGEST = 300


def canonical_path(written: str, root: str) -> str:
    r"""`clients/A signer//Devis` becomes `CLIENTS\A signer\Devis\`; `root` is the family's.

    Raises Refused for what leaves the tree, another root, or a name that some machine could not bear.
    """
    text = unicodedata.normalize("NFC", written).strip()
    _check_characters(text)
    parts = [part.strip().rstrip(". ") if part.strip() != ".." else ".." for part in SEPARATORS.split(text)]
    parts = [part for part in parts if part]
    if ".." in parts or ".." in SEPARATORS.split(_decoded(text)):
        raise Refused(_("Le chemin ne peut pas remonter avec « .. »."), field="path")
    if len(parts) < 2 or parts[0].casefold() != root.casefold():
        raise Refused(_("Le chemin commence par %(root)s\\, suivi du nom du répertoire.", root=root), field="path")
    _check_segments(parts[1:])
    return "\\".join([root, *parts[1:]]) + "\\"


def _check_characters(text: str) -> None:
    for mark in text:
        if _is_invisible(mark):
            raise Refused(
                _("Le chemin contient un caractère invisible. Effacez-le et saisissez-le à nouveau."), field="path"
            )
    if FORBIDDEN.search(text):
        raise Refused(_('Le chemin ne peut contenir aucun des caractères < > : " | ? *'), field="path")
    if re.search(r"%(25)*(2f|5c)", text, re.IGNORECASE):
        raise Refused(_("Écrivez le chemin en clair, avec « \\ » entre les répertoires."), field="path")


def _check_segments(parts: list[str]) -> None:
    if len(parts) > DEEPEST or sum(len(part) + 1 for part in parts) > LONGEST:
        raise Refused(
            _(
                "Le chemin est trop long : %(deepest)s niveaux et %(longest)s caractères au plus.",
                deepest=DEEPEST,
                longest=LONGEST,
            ),
            field="path",
        )
    for part in parts:
        if len(part) > LONGEST_SEGMENT:
            raise Refused(
                _(
                    "Un nom de répertoire compte %(longest_segment)s caractères au plus.",
                    longest_segment=LONGEST_SEGMENT,
                ),
                field="path",
            )
        if RESERVED.fullmatch(part):
            raise Refused(
                _("« %(part)s » est un nom réservé par Windows : choisissez-en un autre.", part=part), field="path"
            )


def _decoded(text: str) -> str:
    for _round in range(4):
        plain = unquote(text)
        if plain == text:
            break
        text = plain
    return text


def _is_invisible(mark: str) -> bool:
    return unicodedata.category(mark) in ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp")
