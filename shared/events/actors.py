"""Who did it, as the log writes it: staff:<id>, account:<id>, api:<id>, system, command, anonymous."""

import uuid
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Text, cast, literal, select

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
    """Actor → name to show, in three queries at most."""
    wanted = set(actors)
    names = {actor: WORDS[actor] for actor in wanted if actor in WORDS}
    staff = _ids(wanted, "staff")
    accounts, tokens = _ids(wanted, "account"), _ids(wanted, "api")
    if tokens:
        labels = select(ApiToken.id, ApiToken.label).where(ApiToken.id.in_(tokens))
        names |= {f"api:{i}": label for i, label in db.session.execute(labels)}
    if staff:
        names |= {
            f"staff:{i}": name
            for i, name in db.session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(staff)))
        }
    if accounts:
        query = select(Account.id, Person.given_name, Person.family_name).join(Person).where(Account.id.in_(accounts))
        names |= {f"account:{i}": f"{given} {family}".strip() for i, given, family in db.session.execute(query)}
    return names


def staff_name(actor: ColumnElement[str]) -> ColumnElement[str]:
    """The name of the member of staff that a column holds, for a query that is asked anyway; NULL for others."""
    named = literal("staff:") + cast(Staff.id, Text)
    return select(Staff.name).where(named == actor).scalar_subquery()


def _ids(actors: set[str], kind: str) -> list[uuid.UUID]:
    return [uuid.UUID(actor.partition(":")[2]) for actor in actors if actor.startswith(f"{kind}:")]
