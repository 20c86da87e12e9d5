"""Files for the browser: few, compressed, and never asked for twice.

An address carries the hash of what it names, so an answer may be kept for ever. The two bundles join
what `make assets` copied into static/vendor/ with Guichet's own file: one style sheet, one script.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from time import monotonic

import rcssmin
import rjsmin
from flask import Flask, Response, abort, g, request, url_for

from shared.web.colours import is_colour, theme_css
from shared.web.permissions import public

ROOT = Path(__file__).resolve().parents[2] / "static"
BUNDLES = {
    "app.css": ("vendor/bootstrap-*.css", "guichet.css"),
    "app.js": ("vendor/htmx-[0-9]*.min.js", "vendor/htmx-csp-*.min.js", "guichet.js"),
}
SERVED = {".css", ".js", ".svg", ".png", ".ico", ".webmanifest"}
SPRITES = ("icons.svg", "icons-office.svg")
PACKED = {".css", ".js", ".svg", ".webmanifest"}
FOR_EVER = "public, max-age=31536000, immutable"
BRIEFLY = "public, max-age=60"
BOM = b"\xef\xbb\xbf"
RECHECK = 1.0  # seconds between two looks at a file: a page names twenty


@dataclass(frozen=True)
class Asset:
    """One file as it is sent."""

    body: bytes
    packed: bytes | None
    type: str
    digest: str


_seen: dict[str, tuple[float, Asset]] = {}


def install(app: Flask) -> None:
    """Serve /static/<hash>/<name> and /static/marque/<colour>.css, and give `static_url` and `brand_url` to pages."""
    app.add_url_rule("/static/<string(length=12):digest>/<path:name>", "asset", asset)
    app.add_url_rule("/static/marque/<string(minlength=6,maxlength=13):colours>.css", "brand", brand)
    app.jinja_env.globals.update(static_url=static_url, brand_url=brand_url, icon_url=icon_url)


def static_url(name: str) -> str:
    """The address of a file of static/ or of a bundle, with the hash of its bytes."""
    known = _known()
    if name not in known:
        known[name] = url_for("asset", digest=load(name).digest, name=name)
    return known[name]


def icon_url(name: str) -> str:
    """The address of one icon, in the sprite that holds it: the portal's, or the back office's further one."""
    known, mark = _known(), f"#{name}"
    if mark not in known:
        known[mark] = static_url(_sprite_of(name, load(SPRITES[0]).digest, load(SPRITES[1]).digest)) + mark
    return known[mark]


@lru_cache(maxsize=512)
def _sprite_of(name: str, portal: str, office: str) -> str:
    """`portal` and `office`, the digests of the two sprites, are part of the cache's key only."""
    held = f'id="{name}"'.encode()
    in_office = held not in load(SPRITES[0]).body and held in load(SPRITES[1]).body
    return SPRITES[in_office]


def _known() -> dict[str, str]:
    """What this request has asked for already: a page names the same few files again and again."""
    held: dict[str, str] = g.setdefault("static_urls", {})
    return held


def brand_url(colour: str, ink: str = "") -> str:
    """The address of the tokens of one brand colour (« #14566b »), with the text colour chosen for it."""
    both = [each.removeprefix("#").lower() for each in (colour, ink) if each]
    return url_for("brand", colours="-".join(both))


@public("Style sheets, scripts and icons hold nothing of anybody.")
def asset(digest: str, name: str) -> Response:
    """One file; an old address gets today's bytes, to be kept only briefly."""
    try:
        found = load(name)
    except FileNotFoundError:
        abort(404)
    return _answer(found, FOR_EVER if digest == found.digest else BRIEFLY)


@public("The sign-in page wears the brand too.")
def brand(colours: str) -> Response:
    """The tokens of one brand: made from the address alone, so no row is read."""
    colour, dash, ink = colours.partition("-")
    if not is_colour(f"#{colour}") or (dash and not is_colour(f"#{ink}")):
        abort(404)
    body = theme_css(f"#{colour}", f"#{ink}" if ink else "").encode()
    return _answer(Asset(body, None, "text/css", _digest(body)), FOR_EVER)


def load(name: str) -> Asset:
    """The asset `name`, read again within a second when one of its files has changed.

    Raises FileNotFoundError for what is not served, and RuntimeError where `make assets` has not run.
    """
    looked_at, found = _seen.get(name, (0.0, None))
    if found is None or monotonic() - looked_at > RECHECK:
        found = _looked_up(name)
        _seen[name] = (monotonic(), found)
    return found


def _looked_up(name: str) -> Asset:
    paths = tuple(_part(pattern) for pattern in BUNDLES[name]) if name in BUNDLES else (ROOT / name,)
    if name not in BUNDLES and not _is_served(paths[0]):
        raise FileNotFoundError(name)
    return _load(name, paths, tuple(path.stat().st_mtime_ns for path in paths))


@lru_cache(maxsize=256)
def _load(name: str, paths: tuple[Path, ...], stamps: tuple[int, ...]) -> Asset:
    """`stamps` are part of the cache's key only."""
    body = b"\n".join(_lean(path) for path in paths)
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    packed = gzip.compress(body, 9, mtime=0) if Path(name).suffix in PACKED else None
    return Asset(body, packed, kind, _digest(body))


def _lean(path: Path) -> bytes:
    """The file without what only its readers need; licences (« /*! ») stay."""
    body = path.read_bytes().removeprefix(BOM)
    if path.suffix == ".css":
        return bytes(rcssmin.cssmin(body, keep_bang_comments=True))
    if path.suffix == ".js" and not path.name.endswith(".min.js"):
        return bytes(rjsmin.jsmin(body, keep_bang_comments=True))
    return body


def _part(pattern: str) -> Path:
    """The one file of that pattern: the version of a library is in its name, and only there."""
    found = sorted(ROOT.glob(pattern))
    if len(found) != 1:
        raise RuntimeError(f"static/{pattern} names {len(found)} files instead of one: run `make assets`.")
    return found[0]


def _is_served(path: Path) -> bool:
    inside = path.resolve()
    return (
        inside.is_relative_to(ROOT)
        and not inside.is_relative_to(ROOT / "src")
        and inside.suffix in SERVED
        and inside.is_file()
    )


def _answer(found: Asset, cache: str) -> Response:
    packed = found.packed if request.accept_encodings["gzip"] > 0 else None
    answer = Response(packed or found.body, content_type=_content_type(found.type))
    if packed:
        answer.headers["Content-Encoding"] = "gzip"
    if found.packed:
        answer.vary.add("Accept-Encoding")
    answer.headers["Cache-Control"] = cache
    answer.set_etag(f"{found.digest}{'-gzip' if packed else ''}")
    answer.make_conditional(request)
    return answer


def _content_type(kind: str) -> str:
    return f"{kind}; charset=utf-8" if kind.startswith("text/") or kind.endswith("javascript") else kind


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:12]
