"""What the API answers to what it was told, for its description; a test holds real answers against these."""

from typing import Literal

from msgspec import Struct

from shared.web.api.answers import Answer


class RecordStanding(Answer):
    """Where a record stands after an event."""

    kind: str
    number: str
    status: str


class EventAnswer(Answer):
    """`applied`: something changed; `ready`: the orders that goods made ready."""

    applied: bool
    record: RecordStanding | None
    ready: list[str]


class FieldFault(Answer):
    """What is wrong with one field."""

    field: str
    detail: str


class ProblemAnswer(Answer):
    """RFC 9457: what was refused, why, and where."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldFault]


class BatchResult(Struct, kw_only=True):
    """What became of one event: the members of an event's answer, or those of a problem."""

    index: int
    status: int
    id: str | None = None
    applied: bool = False
    record: RecordStanding | None = None
    ready: list[str] = []
    type: str = ""
    title: str = ""
    detail: str = ""
    errors: list[FieldFault] = []


class BatchAnswer(Answer):
    """One result for each event, in their order."""

    results: list[BatchResult]
    applied: int
    refused: int


class DepositAnswer(Answer):
    """What became of a file: `to_attach` waits for staff, who say whose it is."""

    id: str | None
    verdict: Literal["filed", "known", "to_attach"]
    detail: str
    sha256: str | None


class MarkedAnswer(Answer):
    """How many had not been marked before."""

    marked: int
