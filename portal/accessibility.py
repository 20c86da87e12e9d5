"""The accessibility declaration of the portal."""

from flask import Response

from portal import portal
from shared.web.accessibility import ALL_CRITERIA, contact, declaration, state_words
from shared.web.page import page
from shared.web.permissions import public


@portal.get("/accessibility")
@public("the law wants it read by everybody")
def accessibility() -> Response:
    """What the tests found, and what to do when something is out of reach."""
    found = declaration("portal")
    return page(
        "portal/accessibility.html",
        found=found,
        state=state_words(found.state),
        all_criteria=ALL_CRITERIA,
        contact=contact(),
    )
