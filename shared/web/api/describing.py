"""What the API is, told to programs (OpenAPI 3.1) and to people (a page without anything from elsewhere)."""

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from shared.web.accessibility import foot
from shared.web.api import api
from shared.web.api.answering import said
from shared.web.page import page
from shared.web.permissions import public


@api.get("/openapi.json")
@public("it says what may be asked, and nothing of what is here")
def openapi() -> Response:
    """The description that programs read."""
    from shared.web.api.openapi import description

    return said(description())


@api.get("/docs")
@public("it says what may be asked, and nothing of what is here")
def docs() -> Response:
    """The same, to be read by a person."""
    from shared.web.api.openapi import description, operations
    from shared.web.api.wording import OPERATIONS, PROBLEMS
    from shared.web.problems import KINDS

    told = description()
    return page(
        "api/docs.html",
        operations=[{**each, "told": _told(each)} for each in operations(told)],
        operation_words=OPERATIONS,
        schemas=told["components"]["schemas"],
        problems=KINDS,
        problem_words=PROBLEMS,
        footer_links=foot("portal", url_for("portal.accessibility")),
    )


def _told(operation: dict[str, Any]) -> list[tuple[str, Markup]]:
    """Scope, parameters and bodies of one operation: names that are written as they stand in every language."""
    sent = [schema_name(kind["schema"]) for kind in operation.get("requestBody", {}).get("content", {}).values()]
    back = {
        schema_name(one["schema"])
        for code, said in operation["responses"].items()
        if code < "300"
        for one in said["content"].values()
    }
    rows = [
        (_("Droit"), operation["description"].removeprefix("Scope: ")),
        (_("Paramètres"), ", ".join(each["name"] for each in operation["parameters"] if each["in"] != "path")),
        (_("Corps"), ", ".join(sent)),
        (_("Réponse"), ", ".join(sorted(back))),
    ]
    return [(label, Markup("<code>{}</code>").format(value)) for label, value in rows if value]


def schema_name(schema: dict[str, Any]) -> str:
    """« RecordBody », or the names of those among which one chooses."""
    if "anyOf" in schema:
        return " | ".join(schema_name(each) for each in schema["anyOf"])
    return str(schema.get("$ref", "PDF" if schema.get("format") == "binary" else "multipart")).rpartition("/")[2]
