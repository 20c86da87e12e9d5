"""The API at /api/v1: what an ERP or a payroll system calls. No session, no cookie: a token with scopes opens."""

from flask import Blueprint
from sqlalchemy.exc import IntegrityError

from shared.documents.storage import Unavailable
from shared.errors import Refused
from shared.extensions import csrf
from shared.web.api import problems
from shared.web.api.gate import check

api = Blueprint("api", __name__, url_prefix="/api/v1")
csrf.exempt(api)
api.before_request(check)
api.register_error_handler(problems.Problem, problems.problem)
api.register_error_handler(Refused, problems.refused)
api.register_error_handler(Unavailable, problems.away)
api.register_error_handler(IntegrityError, problems.overtaken)


def load_views() -> None:
    """Import every view module: each registers itself."""
    from shared.web.api import accounting, describing, documents, events, parties, records  # noqa: F401
