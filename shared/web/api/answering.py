"""Answers in JSON, and `Idempotency-Key`: the same call again is answered the same and does nothing."""

import functools
import hashlib
import json
from collections.abc import Callable
from typing import Any

from flask import Response, make_response, request
from flask_babel import gettext as _

from shared.intake import api_calls
from shared.web.api import gate
from shared.web.api.problems import Problem

HEADER = "Idempotency-Key"

Told = tuple[dict[str, Any], int]


def said(body: dict[str, Any], status: int = 200) -> Response:
    """JSON in UTF-8 that no cache keeps."""
    answer = make_response(json.dumps(body, ensure_ascii=False), status)
    answer.content_type = "application/json"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def once(view: Callable[..., Told]) -> Callable[..., Response]:
    """Answer what `view` tells; with the header, a call that was done is not done again."""

    @functools.wraps(view)
    def answer(*args: Any, **named: Any) -> Response:
        key = _key()
        if key is None:
            return said(*view(*args, **named))
        token_id, digest = gate.token().id, _digest()
        try:
            known = api_calls.answered(token_id=token_id, key=key, digest=digest)
        except api_calls.OtherBody:
            sentence = _("Cette clé a déjà servi pour une autre demande : donnez-en une nouvelle.")
            raise Problem(422, faults=[(HEADER, sentence)]) from None
        if known is not None:
            replay = said(known.answer, known.status)
            replay.headers["Idempotent-Replayed"] = "true"
            return replay
        body, status = view(*args, **named)
        api_calls.remember(token_id=token_id, key=key, digest=digest, status=status, answer=body)
        return said(body, status)

    return answer


def _key() -> str | None:
    given = request.headers.get(HEADER)
    if given is not None and not (0 < len(given) <= api_calls.LONGEST and given.isprintable()):
        raise Problem(422, faults=[(HEADER, _("Une clé compte de 1 à 200 caractères."))])
    # Never taken for the id of an event, which is kept beside it.
    return f"call:{given}" if given is not None and given.startswith(api_calls.EVENT) else given


def _digest() -> str:
    """Of the whole call; the parts of a form without the boundary, which differs at each sending."""
    if request.mimetype != "multipart/form-data":
        return api_calls.digest_of(request.method, request.full_path, request.mimetype, request.get_data())
    fields = [part for pair in sorted(request.form.items(multi=True)) for part in pair]
    for name, file in sorted(request.files.items(multi=True), key=lambda pair: pair[0]):
        fields += [name, file.filename or "", hashlib.sha256(file.stream.read()).hexdigest()]
        file.stream.seek(0)
    return api_calls.digest_of(request.method, request.full_path, *fields)
