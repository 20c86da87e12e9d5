"""Who did it, as the log writes it: staff:<id>, account:<id>, api:<id>, system, command, anonymous."""

import uuid
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, Text, cast, func, literal, literal_column, select, union_all
from sqlalchemy.orm import QueryableAttribute

from shared.access.models import Account
from shared.extensions import db
from shared.intake.api_models import ApiToken
from shared.people.models import Person, Staff

SYSTEM = "system"
COMMAND = "command"
ANONYMOUS = "anonymous"
WORDS = {SYSTEM: "Guichet", COMMAND: "ligne de commande", ANONYMOUS: "visiteur"}


def staff_actor(staff: Staff) -> str:
    """A member of staff as an actor."""
    return f"staff:{staff.id}"


def account_actor(account: Account) -> str:
    """An account of the portal as an actor."""
    return f"account:{account.id}"


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """Actor → name to show, in one query whoever acted."""
    wanted = set(actors)
    person = func.trim(func.concat(Person.given_name, " ", Person.family_name))
    parts = [
        _named("staff", Staff.id, select(Staff.name), wanted),
        _named("account", Account.id, select(person).select_from(Account).join(Person), wanted),
        _named("api", ApiToken.id, select(ApiToken.label), wanted),
    ]
    asked = [part for part in parts if part is not None]
    found = {kind + str(ident): name for kind, ident, name in db.session.execute(union_all(*asked))} if asked else {}
    return {actor: WORDS[actor] for actor in wanted if actor in WORDS} | found


def staff_name(actor: ColumnElement[str]) -> ColumnElement[str]:
    """The name of the member of staff that a column holds, for a query that is asked anyway; NULL for others."""
    named = literal("staff:") + cast(Staff.id, Text)
    return select(Staff.name).where(named == actor).scalar_subquery()


def _named(
    kind: str, ident: QueryableAttribute[uuid.UUID], name: Select[str], actors: set[str]
) -> Select[str, uuid.UUID, str] | None:
    """The names of those of one kind; None where none of them acted."""
    ids = [uuid.UUID(actor.partition(":")[2]) for actor in actors if actor.startswith(f"{kind}:")]
    columns = (literal_column(f"'{kind}:'"), ident, *name.selected_columns)
    return name.with_only_columns(*columns).where(ident.in_(ids)) if ids else None
