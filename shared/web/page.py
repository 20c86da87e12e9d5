"""Whole pages, and the fragments of them that HTMX asks for.

A fragment is a named block of its page. The block « results » answers the target `#results` (hyphens in the id
are underscores in the block), and only if the view lists it.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from flask import Response, current_app, make_response, redirect, render_template, request
from jinja2 import Template


def page(template: str, *, blocks: Iterable[str] = (), status: int = 200, **context: Any) -> Response:
    """The whole page, or the one block of `blocks` that HTMX's target names; 422 for a form refused."""
    block = asked(blocks)
    body = render_template(template, **context) if block is None else fragment(template, block, **context)
    answer = make_response(body, status)
    answer.vary.add("HX-Request")
    if blocks:
        answer.vary.add("HX-Target")
    return answer


def fragment(template: str, block: str, **context: Any) -> str:
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
