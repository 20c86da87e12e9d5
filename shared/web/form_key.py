"""The key of a form whose second sending must change nothing; another page read is another key."""

from uuid import UUID

from flask import request
from markupsafe import Markup

from shared.extensions import uuid7


def key_field() -> Markup:
    """The hidden field, for the forms that ask for something to be done each time."""
    return Markup('<input type="hidden" name="key" value="{}">').format(uuid7())


def form_key() -> str:
    """The key that came with the form; empty when it has none of ours."""
    try:
        return str(UUID(request.form.get("key", "")))
    except ValueError:
        return ""
