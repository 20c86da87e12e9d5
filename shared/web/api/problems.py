"""What a view of the API raises, and how a refusal of a verb is told, in the caller's language."""

from collections.abc import Sequence
from typing import Any

from flask import Response, current_app
from psycopg.errors import ForeignKeyViolation, UniqueViolation
from sqlalchemy.exc import IntegrityError

from shared.errors import Refused, Stale
from shared.extensions import db
from shared.web import problems
from shared.web.errors import EXPLANATIONS
from shared.web.problems import Fault

__all__ = ["Fault", "Problem", "away", "body_of", "of_refusal", "overtaken", "problem", "refused"]


class Problem(Exception):
    """Raised by a view: the answer is this problem, and nothing of the request stays."""

    def __init__(self, status: int, detail: str = "", faults: Sequence[Fault] = ()) -> None:
        super().__init__(detail)
        self.status, self.detail, self.faults = status, detail, tuple(faults)


def body_of(status: int, detail: str = "", faults: Sequence[Fault] = ()) -> dict[str, Any]:
    """The members of a problem; the usual words of that status where nothing better is said."""
    usual = EXPLANATIONS.get(status) or EXPLANATIONS[500 if status >= 500 else 400]
    told = detail or (faults[0][1] if faults else str(usual.happened))
    return problems.body_of(status, str(usual.title), told, faults)


def problem(error: Problem) -> Response:
    """What a view raised."""
    return problems.answer(body_of(error.status, error.detail, error.faults))


def of_refusal(refusal: Refused, status: int | None = None) -> dict[str, Any]:
    """A rule of the house that was broken, with the field it names."""
    faults = [(refusal.field, refusal.sentence)] if refusal.field else []
    return body_of(status or (409 if isinstance(refusal, Stale) else 422), refusal.sentence, faults)


def refused(refusal: Refused) -> Response:
    """A verb said no."""
    return problems.answer(of_refusal(refusal))


def away(_error: Exception) -> Response:
    """The storage of documents does not answer."""
    return problems.answer(body_of(503))


def overtaken(error: IntegrityError) -> Response:
    """Two calls made the same thing at once: the second finds it when it comes again. Another fault is ours."""
    db.session.rollback()
    if not isinstance(error.orig, (UniqueViolation, ForeignKeyViolation)):
        raise error
    current_app.logger.warning("api: refused by the database: %s", _constraint(error))
    return problems.answer(body_of(409))


def _constraint(error: IntegrityError) -> str:
    """Its name: never the values, which are people's."""
    return str(getattr(getattr(error.orig, "diag", None), "constraint_name", None) or type(error.orig).__name__)
