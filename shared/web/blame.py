"""A rule that was broken is shown beside the field that broke it."""

from typing import Any

from shared.errors import Refused


def blame(form: Any, refused: Refused) -> str:
    """Put the sentence under its field; what is returned goes above the form: a sentence that names no field."""
    if refused.field is None or refused.field not in form:
        return refused.sentence
    form[refused.field].errors = [*form[refused.field].errors, refused.sentence]
    return ""
