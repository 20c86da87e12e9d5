"""`ui`: every macro of templates/components/, without an import, in whole pages and in fragments alike."""

from collections.abc import Callable

from flask import Flask
from jinja2 import Environment, TemplateNotFound

from shared.web.states import STATES


class Components:
    """`ui.button(…)` is the macro `button` of templates/components/button.html."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

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
