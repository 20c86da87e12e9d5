"""`ui`: every macro of templates/components/, without an import, in whole pages and in fragments alike."""

import functools
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask_babel import get_locale
from jinja2 import Environment, TemplateNotFound
from markupsafe import Markup

from shared.web.headers import csp_nonce, with_nonce
from shared.web.states import STATES
from shared.web.static import icon_url

MARK = secrets.token_hex(16)  # where the nonce of each answer goes; nobody can type it into a search


@dataclass(frozen=True)
class Call:
    """One drawing: which macro, in which language, of what. Equal to another by `key` alone."""

    key: tuple[Any, ...]
    name: str = field(compare=False)
    arguments: tuple[Any, ...] = field(compare=False)
    named: dict[str, Any] = field(compare=False)


class Components:
    """`ui.button(…)` is the macro `button` of templates/components/button.html."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._drawn = functools.lru_cache(maxsize=1024)(self._draw)
        self._pieces = functools.lru_cache(maxsize=512)(self._cut)

    def _draw(self, _url: str, name: str, label: str) -> Markup:
        """`_url` is part of the cache's key only: another sprite makes another drawing."""
        module: Any = self._environment.get_template("components/icon.html").module
        return Markup(module.icon(name, label))

    def icon(self, name: str, label: str = "") -> Markup:
        """The macro `icon` for a name and a label, drawn once: a page holds fifty."""
        return self._drawn(icon_url(name), name, label)

    def kept(self, macro: str, /, *arguments: Any, **named: Any) -> Markup:
        """The macro of these arguments, drawn once a language: for what depends on nothing else but the nonce."""
        call = Call((macro, str(get_locale()), _frozen(arguments), _frozen(named)), macro, arguments, named)
        pieces = self._cut(call) if self._environment.auto_reload else self._pieces(call)
        return Markup(csp_nonce().join(pieces))

    def _cut(self, call: Call) -> list[str]:
        with with_nonce(MARK):
            return str(getattr(self, call.name)(*call.arguments, **call.named)).split(MARK)

    def __getattr__(self, name: str) -> Callable[..., str]:
        try:
            module = self._environment.get_template(f"components/{name}.html").module
        except TemplateNotFound as missing:
            raise AttributeError(name) from missing
        macro: Callable[..., str] = getattr(module, name)
        if not self._environment.auto_reload:
            setattr(self, name, macro)  # a page asks for the same few a hundred times
        return macro


def _frozen(value: Any) -> Any:
    """The same value as a key: lists and dicts as tuples."""
    if isinstance(value, (list, tuple)):
        return tuple(map(_frozen, value))
    if isinstance(value, dict):
        return tuple((key, _frozen(each)) for key, each in value.items())
    return value


def install(app: Flask) -> None:
    """Give `ui` to every template, macros included."""
    app.jinja_env.globals.update(ui=Components(app.jinja_env), states=STATES)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
