"""`ui`: every macro of templates/components/, without an import, in whole pages and in fragments alike."""

import functools
from collections.abc import Callable
from typing import Any

from flask import Flask
from jinja2 import Environment, TemplateNotFound
from markupsafe import Markup

from shared.web.states import STATES
from shared.web.static import icon_url


class Components:
    """`ui.button(…)` is the macro `button` of templates/components/button.html."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._drawn = functools.lru_cache(maxsize=1024)(self._draw)

    def _draw(self, _url: str, name: str, label: str) -> Markup:
        """`_url` is part of the cache's key only: another sprite makes another drawing."""
        module: Any = self._environment.get_template("components/icon.html").module
        return Markup(module.icon(name, label))

    def icon(self, name: str, label: str = "") -> Markup:
        """The macro `icon` for a name and a label, drawn once: a page holds fifty."""
        return self._drawn(icon_url(name), name, label)

    def __getattr__(self, name: str) -> Callable[..., str]:
        try:
            module = self._environment.get_template(f"components/{name}.html").module
        except TemplateNotFound as missing:
            raise AttributeError(name) from missing
        macro: Callable[..., str] = getattr(module, name)
        if not self._environment.auto_reload:
            setattr(self, name, macro)  # a page asks for the same few a hundred times
        return macro


def install(app: Flask) -> None:
    """Give `ui` to every template, macros included."""
    app.jinja_env.globals.update(ui=Components(app.jinja_env), states=STATES)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
