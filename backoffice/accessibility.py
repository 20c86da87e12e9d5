"""The accessibility declaration of the back office."""

from flask import Response

from backoffice import backoffice
from shared.web.accessibility import ALL_CRITERIA, contact, declaration, state_words
from shared.web.counter_lock import at_counter
from shared.web.page import page
from shared.web.permissions import public


@backoffice.get("/accessibility")
@public("the law wants it read by everybody")
@at_counter
def accessibility() -> Response:
    """What the tests found, and what to do when something is out of reach."""
    found = declaration("backoffice")
    return page(
        "backoffice/accessibility.html",
        found=found,
        state=state_words(found.state),
        all_criteria=ALL_CRITERIA,
        contact=contact(),
    )
