"""Everything about the look, in one call."""

from flask import Flask, request
from flask_babel import get_locale

from shared.web import components, compression, errors, escaping, filters, headers, query, static
from shared.web.form_key import key_field
from shared.web.navigation import Company

# What a layout shows when a face's context processor has said nothing.
DEFAULTS: dict[str, object] = {
    "company": Company(),
    "nav": (),
    "menu": (),
    "notices": (),
    "footer_links": (),
    "language_url": "",
    "home_url": "/",
    "party_name": "",
    "person_name": "",
    "search_url": "",
    "health": None,
}


def install(app: Flask) -> None:
    """Filters, components, static files, error pages and headers; compression runs last, so it is registered first."""
    escaping.install(app)
    compression.install(app)
    headers.install(app)
    static.install(app)
    components.install(app)
    filters.install(app)
    errors.install(app)
    app.jinja_env.globals.update(
        DEFAULTS,
        theme=theme,
        get_locale=get_locale,
        url_with=query.url_with,
        sorting=query.sorting,
        key_field=key_field,
    )


def theme() -> str:
    """« light » or « dark » if the person has chosen, else an empty string: the system decides."""
    chosen = request.cookies.get("theme", "")
    return chosen if chosen in ("light", "dark") else ""
