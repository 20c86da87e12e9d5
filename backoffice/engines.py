"""« Moteurs »: what each engine and process was last seen doing, and what to do about it."""

from flask import Response

from backoffice import backoffice
from shared.config import config
from shared.engines.checking import engine_states
from shared.web.page import page
from shared.web.permissions import Permission, requires


@backoffice.get("/engines")
@requires(Permission.ENGINES_SEE)
def engines() -> Response:
    """One line an engine, as the tick last saw it."""
    return page(
        "backoffice/engines/list.html",
        blocks=("results",),
        states=engine_states(),
        embedded=sorted(config().embedded),
        inbox_url=config().inbox_url,
    )
