"""Whole pages, and the fragments of them that HTMX asks for.

A fragment is a named block of its page. The block « results » answers the target `#results` (hyphens in the id
are underscores in the block), and only if the view lists it.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from flask import Response, current_app, make_response, redirect, render_template, request
from jinja2 import Template
from markupsafe import Markup

BULK = Markup("<!--bulk-->")  # what is escaped holds no « < »: nobody can type it into a page


def page(
    template: str, *, blocks: Iterable[str] = (), status: int = 200, bulk: bytes = b"", **context: Any
) -> Response:
    """The whole page, or the one block of `blocks` that HTMX's target names; 422 for a form refused.

    `bulk` is HTML as UTF-8, put where the template says `{{ bulk }}` once all else is drawn: a list of 300 KB that
    each block, macro and encoding on the way out copied would take as long as its making.
    """
    block = asked(blocks)
    if bulk:
        context["bulk"] = BULK
    body = render_template(template, **context) if block is None else fragment(template, block, **context)
    before, _mark, after = body.partition(BULK)
    answer = make_response(before.encode() + bulk + after.encode() if bulk else body, status)
    answer.vary.add("HX-Request")
    if blocks:
        answer.vary.add("HX-Target")
    return answer


def fragment(template: str, block: str, /, **context: Any) -> str:
    """One block of a page, followed by the flash messages, which go to their own place."""
    found = current_app.jinja_env.get_template(template)
    current_app.update_template_context(context)
    return _block(found, block, context) + _block(
        current_app.jinja_env.get_template("layouts/flashes.html"), "flashes", context
    )


def asked(blocks: Iterable[str]) -> str | None:
    """Which of `blocks` this request wants alone; None for the whole page."""
    if not is_htmx():
        return None
    target = unquote(request.headers.get("HX-Target", "")).partition("#")[2].replace("-", "_")
    return target if target in set(blocks) else None


def is_htmx() -> bool:
    """Whether HTMX made this request to swap a part of its page."""
    return request.headers.get("HX-Request") == "true" and "HX-Boosted" not in request.headers


def go(url: str) -> Response:
    """After a change: to `url`, by 303, or by HX-Redirect where a redirect would be swapped into the page."""
    if not is_htmx():
        return make_response(redirect(url, 303))
    answer = Response(status=204)
    answer.headers["HX-Redirect"] = url
    answer.vary.add("HX-Request")
    return answer


def _block(template: Template, name: str, context: dict[str, Any]) -> str:
    """Jinja fills a page's blocks and top-level `set`s while its root runs: run it up to the first text."""
    made = template.new_context(context)
    next(iter(template.root_render_func(made)), None)
    return "".join(made.blocks[name][0](made))
