"""Settings as they stand now: read at each request and each job, in one query."""

from typing import Any

from sqlalchemy import Select, func, literal_column, select

from shared.config import config
from shared.extensions import db
from shared.people.models import Activity
from shared.secrets import unseal
from shared.settings.catalogue import CATALOGUE
from shared.settings.models import Setting

HELD = "guichet.settings"
COMPANY = "guichet.company"
TIME_ZONE = "Europe/Paris"
LOGO = "/static/marque/logo/{}.png"  # on the portal, by its SHA-256; pages and messages show it
_ALL = select(Setting.key, Setting.value)
# The company and the settings in one question: hardly a page does without either.
_VALUES = select(func.jsonb_object_agg(Setting.key, Setting.value)).scalar_subquery()
_ORDER = (Activity.position, Activity.id)
_FIRST = select(Activity, _VALUES).order_by(*_ORDER).limit(1)
_OURS = select(Activity.id).order_by(*_ORDER).limit(literal_column("1")).correlate(None).scalar_subquery()


def setting(key: str) -> Any:
    """The value of one setting; KeyError for a key that the catalogue does not know."""
    return _held().get(key, CATALOGUE[key].default)


def secret(key: str) -> str:
    """The clear text of a secret, for whoever must present it; empty when none is kept. Never for a page."""
    kept = str(setting(key))
    return unseal(kept, purpose(key)) if kept else ""


def has_secret(key: str) -> bool:
    """Whether a secret is kept: all that a page may say of it."""
    return bool(setting(key))


def purpose(key: str) -> str:
    """What a secret is sealed for: one key cannot be read in the place of another."""
    return f"setting:{key}"


def is_automatic() -> bool:
    """Whether additions reach the portal without « Synchroniser »."""
    return bool(setting("synchronisation") == "automatic")


def company() -> Activity:
    """The company's first activity: name, domain, brand, time zone. Made empty on a fresh installation."""
    info = db.session().info
    if COMPANY in info:
        known: Activity = info[COMPANY]
        return known
    found = db.session.execute(_FIRST).first()
    if found is not None:
        keep(*found)
        ours: Activity = found[0]
        return ours
    ours = Activity(name="Guichet", legal="", domain="", colour="#1f5fae", ink="", time_zone=TIME_ZONE)
    info[COMPANY] = ours
    return ours


def mail_domain() -> str:
    """The company's domain, that of the portal's address until one is written: mail rests on it either way."""
    return company().domain or config().public_host


def beside(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """The same question, which brings what `keep` wants as its last two columns."""
    return query.outerjoin(Activity, Activity.id == _OURS).add_columns(Activity, _VALUES)


def keep(ours: Activity | None, values: dict[str, Any] | None) -> None:
    """What another question brought along: `company` and `setting` need not ask."""
    if ours is not None:
        db.session().info.update({COMPANY: ours, HELD: values or {}})


def forget() -> None:
    """Read again at the next call: after a change within the same transaction."""
    for kept in (HELD, COMPANY):
        db.session().info.pop(kept, None)


def _held() -> dict[str, Any]:
    info = db.session().info
    if HELD not in info:
        info.pop(COMPANY, None)
        company()
    if HELD not in info:  # an installation without a company yet
        info[HELD] = dict(db.session.execute(_ALL).all())
    values: dict[str, Any] = info[HELD]
    return values
