"""Addresses that keep the view one is looking at."""

from functools import lru_cache
from urllib.parse import urlencode

from flask import request
from werkzeug.urls import iri_to_uri


def url_with(**changes: object) -> str:
    """This page's address with some of its query changed; None takes a name away.

    Used by sorted columns, pagers, tabs and filters: `url_with(sort="-date", after=None)`.
    """
    kept = [pair for pair in request.args.items(multi=True) if pair[0] not in changes]
    kept += [(name, str(value)) for name, value in changes.items() if value is not None]
    query = urlencode(kept)
    return _path(request.path) + (f"?{query}" if query else "")


@lru_cache(maxsize=1024)
def _path(path: str) -> str:
    return iri_to_uri(path)


def sorting(key: str) -> tuple[str, str]:
    """For a column: how it is sorted now (aria-sort), and the address that sorts by it, from the first row."""
    present = request.args.get("sort", "")
    state = {key: "ascending", f"-{key}": "descending"}.get(present, "none")
    wanted = f"-{key}" if present == key else key
    return state, url_with(sort=wanted, after=None, before=None)
