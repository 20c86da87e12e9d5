"""The texts of templates in the page's language, its catalogue looked up once a page and not once a sentence."""

from typing import Any

from flask import Flask, g
from flask_babel import get_translations


def install(app: Flask) -> None:
    """After Flask-Babel has given its own functions to the templates."""
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: _catalogue().ugettext(text),
        ngettext=lambda one, many, number: _catalogue().ungettext(one, many, number),
        newstyle=True,
        pgettext=lambda context, text: _catalogue().upgettext(context, text),
        npgettext=lambda context, one, many, number: _catalogue().unpgettext(context, one, many, number),
    )


def _catalogue() -> Any:
    """Flask-Babel keeps the language of a request beside `babel_locale`; another language is another object."""
    kept = getattr(g, "_flask_babel", None)
    locale = getattr(kept, "babel_locale", None)
    if kept is None or locale is None:
        return get_translations()
    known = getattr(kept, "catalogue", None)
    if known is None or known[0] is not locale:
        known = kept.catalogue = (locale, get_translations())
    return known[1]
