"""The counter seen from outside: customers, employees and suppliers read, download, sign."""

import importlib
import pkgutil

from flask import Blueprint

portal = Blueprint("portal", __name__)


def load_views() -> None:
    """Import every module of views, which name themselves by their routes."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
