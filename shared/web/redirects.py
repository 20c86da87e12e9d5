"""Where to go next: only ever a path of this site, and of the same face."""

import re
from urllib.parse import unquote, urlsplit

LONGEST = 1500


def safe_next(target: str | None, *, otherwise: str) -> str:
    """`target` if a browser would stay on this site with it, else `otherwise`.

    Browsers read `/\\e`, `//e`, `https:e` and tabs in between as other sites (WHATWG URL), so nothing but
    an absolute path of plain characters passes; its decoded form must pass too.
    """
    return target if target and _is_ours(target) and _same_face(target, otherwise) else otherwise


def _is_ours(target: str) -> bool:
    if len(target) > LONGEST or not re.fullmatch(r"/[!-~]*", target) or "\\" in target:
        return False
    path = _decoded(target.partition("?")[0].partition("#")[0])
    if path is None or not path.startswith("/") or "//" in path or "\\" in path or "/../" in f"{path}/":
        return False
    parts = urlsplit(target)
    return not parts.scheme and not parts.netloc and path.isprintable()


def _decoded(path: str) -> str | None:
    """Without its percent signs; None when they are nested deeper than anybody needs."""
    for _layer in range(3):
        plain = unquote(path)
        if plain == path:
            return plain
        path = plain
    return None


def _same_face(target: str, otherwise: str) -> bool:
    path = target.partition("?")[0]
    return (path == "/backoffice" or path.startswith("/backoffice/")) == otherwise.startswith("/backoffice")
