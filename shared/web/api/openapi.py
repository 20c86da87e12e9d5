"""OpenAPI 3.1, made from the routes, their scopes, and the very shapes that validate the bodies."""

import functools
import re
from typing import Any

import msgspec
from flask import current_app

from shared.intake import api_event_schemas as happenings
from shared.intake import api_schemas as shapes
from shared.intake.tokens import SCOPES
from shared.web.api import answers, outcomes

REF = "#/components/schemas/{name}"
BODIES: dict[str, Any] = {
    "put_party": shapes.PartyBody,
    "put_record": shapes.RecordBody,
    "post_event": happenings.AnyEvent,
    "post_events": happenings.Batch,
    "post_document": shapes.DocumentBody,
    "mark_entries": shapes.Marking,
}
ANSWERS: dict[str, tuple[Any, tuple[int, ...]]] = {
    "put_party": (answers.PartyAnswer, (200, 201)),
    "one_party": (answers.PartyAnswer, (200,)),
    "list_parties": (answers.PartyPage, (200,)),
    "put_record": (answers.RecordAnswer, (200, 201)),
    "one_record": (answers.RecordAnswer, (200,)),
    "list_records": (answers.RecordPage, (200,)),
    "post_event": (outcomes.EventAnswer, (200,)),
    "post_events": (outcomes.BatchAnswer, (200,)),
    "post_document": (outcomes.DepositAnswer, (200, 201, 202)),
    "one_document": (answers.DocumentAnswer, (200,)),
    "list_documents": (answers.DocumentPage, (200,)),
    "list_entries": (answers.EntryPage, (200,)),
    "mark_entries": (outcomes.MarkedAnswer, (200,)),
}
QUERIES = {
    "list_parties": ("limit", "after"),
    "list_records": ("limit", "after", "party", "status"),
    "list_documents": ("limit", "after", "party"),
    "list_entries": ("limit", "after", "exported"),
    "post_document": tuple(each.encode_name for each in msgspec.structs.fields(shapes.DocumentBody)),  # the bytes alone
}
REFUSALS = {
    "get": (401, 403, 404, 422, 429, 500, 503),
    "put": (400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503),
    "post": (400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503),
}
MULTIPART = {
    "type": "object",
    "required": ["file", "metadata"],
    "properties": {
        "file": {"type": "string", "format": "binary"},
        "metadata": {"$ref": REF.format(name="DocumentBody")},
    },
}


@functools.lru_cache(maxsize=1)
def description() -> dict[str, Any]:
    """The whole document. It names no server: the address is the one it was read from."""
    kinds = [*BODIES.values(), *(shape for shape, _codes in ANSWERS.values()), outcomes.ProblemAnswer]
    found, components = msgspec.json.schema_components(kinds, ref_template=REF)
    components["Batch"]["properties"]["events"]["items"] = found[list(BODIES).index("post_event")]
    bodies = dict(zip(BODIES, found, strict=False))
    told = dict(zip(ANSWERS, found[len(BODIES) :], strict=False))
    return {
        "openapi": "3.1.0",
        "info": {"title": "Guichet", "version": "1", "description": __doc__.split("\n", maxsplit=1)[0]},
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}],
        "paths": _paths(bodies, told),
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": ", ".join(SCOPES)},
            },
        },
    }


def operations(told: dict[str, Any]) -> list[dict[str, Any]]:
    """Its operations, one after the other, for the page."""
    return [
        {"path": path, "method": method, **operation}
        for path, methods in told["paths"].items()
        for method, operation in methods.items()
    ]


def _paths(bodies: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda rule: rule.rule):
        name = rule.endpoint.removeprefix("api.")
        if not rule.endpoint.startswith("api.") or name not in ANSWERS:
            continue
        method = min((rule.methods or set()) - {"HEAD", "OPTIONS"}).lower()
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix("/api/v1"))
        operation = _operation(name, method, sorted(rule.arguments), told[name], bodies.get(name))
        paths.setdefault(path, {})[method] = operation
    return paths


def _operation(name: str, method: str, within: list[str], told: Any, body: Any) -> dict[str, Any]:
    view: Any = current_app.view_functions[f"api.{name}"]
    scope = view.permission.removeprefix("api:")
    made: dict[str, Any] = {
        "operationId": name,
        "summary": (view.__doc__ or "").strip().split("\n")[0],
        "description": f"Scope: {scope}",
        "security": [{"token": []}],
        "parameters": [_parameter(each, "path") for each in within],
        "responses": {
            **{str(code): _json(told, "application/json") for code in ANSWERS[name][1]},
            **{str(code): _json(_problem(), "application/problem+json") for code in REFUSALS[method]},
        },
    }
    made["parameters"] += [_parameter(each, "query") for each in QUERIES.get(name, ())]
    if body is not None:
        made["parameters"].append(_parameter("Idempotency-Key", "header"))
        made["requestBody"] = {"required": True, "content": _content(name, body)}
    return made


def _content(name: str, body: Any) -> dict[str, Any]:
    if name != "post_document":
        return {"application/json": {"schema": body}}
    encoding = {"metadata": {"contentType": "application/json"}}
    return {
        "multipart/form-data": {"schema": MULTIPART, "encoding": encoding},
        "application/pdf": {"schema": {"type": "string", "format": "binary"}},
    }


def _parameter(name: str, where: str) -> dict[str, Any]:
    schema = {"type": "integer", "minimum": 1, "maximum": 500} if name == "limit" else {"type": "string"}
    return {"name": name, "in": where, "required": where == "path", "schema": schema}


def _problem() -> dict[str, str]:
    return {"$ref": REF.format(name="ProblemAnswer")}


def _json(schema: Any, kind: str) -> dict[str, Any]:
    said = "A problem (RFC 9457)" if kind == "application/problem+json" else "Done"
    return {"description": said, "content": {kind: {"schema": schema}}}
