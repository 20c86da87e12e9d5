"""The routes as the application declares them: what the checked-in table must say."""

import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from flask import Flask

from shared.people.roles import ROLES

TABLE = Path(__file__).with_name("routes.txt")
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
CONVERTER = re.compile(r"<(?:(\w+)(?:\(([^)]*)\))?:)?(\w+)>")


class Route(NamedTuple):
    """One method of one address: its permission, or why it is public."""

    method: str
    path: str
    endpoint: str
    permission: str | None
    public: str | None

    @property
    def line(self) -> str:
        who = (
            f"public: {self.public}" if self.public else f"{self.permission}: {', '.join(roles_with(self.permission))}"
        )
        return f"{self.method:6} {self.path} | {who}"

    def filled(self) -> str:
        """The address with ids that name nothing."""
        return CONVERTER.sub(_example, self.path)


def routes(app: Flask) -> Iterator[Route]:
    """Every method of every rule, but the ones that Flask adds by itself."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        view = app.view_functions[rule.endpoint]
        for method in sorted(METHODS & (rule.methods or set())):
            yield Route(
                method, rule.rule, rule.endpoint, getattr(view, "permission", None), getattr(view, "public", None)
            )


def roles_with(permission: str | None) -> list[str]:
    """Who holds it by the shipped roles; the portal's are every seat's."""
    if permission and permission.startswith("portal:"):
        return ["seat"]
    if permission and permission.startswith("api:"):
        return ["token"]
    return [key for key, (_label, permissions) in ROLES.items() if permission in permissions]


def _example(found: re.Match[str]) -> str:
    kind, choices, _name = found.groups()
    if kind == "uuid":
        return str(uuid.uuid4())
    if kind == "int":
        return "1"
    return choices.split(",")[0].strip(" '\"") if kind == "any" else "inconnu"
