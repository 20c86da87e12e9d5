"""The language of the portal's pages."""

from flask import Response, request, url_for

from portal import portal
from shared.web.languages import change
from shared.web.permissions import public


@portal.post("/language")
@public("a visitor who has not signed in reads too")
def language() -> Response:
    """Keep the language of the button that was pressed."""
    return change(request.form.get("language", ""), url_for("portal.home"))
