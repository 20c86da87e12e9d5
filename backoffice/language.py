"""The language of the back office's pages."""

from flask import Response, request, url_for

from backoffice import backoffice
from shared.web.languages import change
from shared.web.permissions import public


@backoffice.post("/language")
@public("a visitor who has not signed in reads too")
def language() -> Response:
    """Keep the language of the button that was pressed."""
    return change(request.form.get("language", ""), url_for("backoffice.home"))
