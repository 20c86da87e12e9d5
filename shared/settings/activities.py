"""Activities: what parts a company whose folders and records are not everybody's. An installation starts with one."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import func, select

from shared.errors import Refused, Stale
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.folding import fold
from shared.people.models import Activity
from shared.settings.reading import company

LONGEST = 80


def activities() -> Sequence[Activity]:
    """All of them, the company's first one before."""
    if company().id is None:  # nobody has named the company yet; who is signed in brought that with them
        return ()
    return db.session.scalars(select(Activity).order_by(Activity.position, Activity.id)).all()


def add_activity(*, name: str, by: str) -> Activity:
    """One more, which folders may be given and grants name. Raises Refused for no name, or one that is taken."""
    ours = company()
    db.session.add(ours)  # the first one is always the company itself
    db.session.flush()
    _lock()
    name = _free(name)
    last = db.session.scalar(select(func.max(Activity.position))) or 0
    made = Activity(id=uuid7(), name=name, position=last + 1, time_zone=ours.time_zone)
    db.session.add(made)
    db.session.flush()
    record("activity.added", by=by, activity_id=made.id, facts={"name": name})
    return made


def rename_activity(*, activity: Activity, name: str, seen: str, by: str) -> bool:
    """Another name; whether it differs. Raises Stale when it is no longer the one `seen`, and what `add_activity` does.

    The first one bears the name of the company, which is changed with the identity of the installation.
    """
    _lock()
    db.session.refresh(activity)
    if activity.id == company().id:
        raise Refused(_("La première activité porte le nom de la société : il se change dans « Serveur »."), "name")
    if activity.name == " ".join(name.split()):
        return False
    if activity.name != seen:
        raise Stale(_("Quelqu’un a renommé cette activité pendant que vous la modifiiez. Rien n’a été écrasé."))
    before, activity.name = activity.name, _free(name)
    db.session.flush()
    record("activity.renamed", by=by, activity_id=activity.id, facts={"before": before, "after": activity.name})
    return True


def _lock() -> None:
    """Two clerks give no two activities one name."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("activities", 0))))


def _free(typed: str) -> str:
    name = " ".join(typed.split())
    if not 1 <= len(name) <= LONGEST or not name.isprintable():
        raise Refused(_("Un nom compte de 1 à 80 caractères."), "name")
    if fold(name) in {fold(each) for each in db.session.scalars(select(Activity.name))}:
        raise Refused(_("Une activité porte déjà ce nom."), "name")
    return name
