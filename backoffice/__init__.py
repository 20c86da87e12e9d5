"""The counter seen from inside: staff file, publish, open accesses, watch."""

import importlib
import pkgutil

from flask import Blueprint

backoffice = Blueprint("backoffice", __name__, url_prefix="/backoffice")


def load_views() -> None:
    """Import every module of views, which name themselves by their routes."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
