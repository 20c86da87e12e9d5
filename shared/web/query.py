"""Addresses that keep the view one is looking at."""

from urllib.parse import urlencode

from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.urls import iri_to_uri


def url_with(**changes: object) -> str:
    """This page's address with some of its query changed; None takes a name away.

    Used by sorted columns, pagers, tabs and filters: `url_with(sort="-date", after=None)`.
    """
    kept: MultiDict[str, str] = MultiDict(request.args)
    for name, value in changes.items():
        kept.poplist(name)
        if value is not None:
            kept.add(name, str(value))
    query = urlencode(list(kept.items(multi=True)))
    return iri_to_uri(request.path) + (f"?{query}" if query else "")


def sorting(key: str) -> tuple[str, str]:
    """For a column: how it is sorted now (aria-sort), and the address that sorts by it, from the first row."""
    present = request.args.get("sort", "")
    state = {key: "ascending", f"-{key}": "descending"}.get(present, "none")
    wanted = f"-{key}" if present == key else key
    return state, url_with(sort=wanted, after=None, before=None)
