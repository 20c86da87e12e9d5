"""What a rule may be about: the events that somebody may be told of, and which audiences know how to read each."""

from collections.abc import Mapping

from shared.events.catalogue import CATALOGUE
from shared.notifications.audiences import AUDIENCES
from shared.notifications.record_audiences import RECORD_AUDIENCES
from shared.notifications.rule_models import Rule
from shared.notifications.rules import SILENT
from shared.notifications.watching import FIELDS
from shared.records.declaring import DATES
from shared.records.declaring import Kind as RecordKind
from shared.records.kinds import KINDS

# Answers to what somebody has just asked for, and what protects their account: never switched off, never rewritten.
ALWAYS = frozenset(
    {
        "account.address_code_issued",
        "account.password_changed",
        "account.phone_code_issued",
        "account.reset_requested",
        "notice.forced",
        "notification.resent",
        "signature.code_issued",
        "staff.invited",
    }
)
BY_FOLDER = "document.published"  # its notice is set folder by folder, in « Configuration de la GED »
RECORDS = "record"  # how the audiences that read a record begin
REMINDED = "reminded"
STATE_ENTERED = "state_entered"


def kind_of(event: str) -> RecordKind | None:
    """The kind of record that an event is about; None for an event of the product itself."""
    return KINDS.get(event.partition(".")[0])


def record_events() -> dict[str, str]:
    """Every event of every kind of record → its label, in the order of the declarations.

    A reminder is one of them where the kind has a date to be reminded of.
    """
    return {name: each.label for name, each in CATALOGUE.items() if kind_of(name) and _is_told(name)}


def events_offered(standing: Mapping[str, str]) -> dict[str, str]:
    """What a new rule may be about: records, and what a rule tells of already (`standing`: event → audience)."""
    told = {
        name: CATALOGUE[name].label for name in standing if name in CATALOGUE and not kind_of(name) and _is_free(name)
    }
    return record_events() | told


def events_of_types(standing: Mapping[str, str]) -> dict[str, str]:
    """What a type may group: every event that may be told, those of the product included."""
    return events_offered(standing) | {BY_FOLDER: CATALOGUE[BY_FOLDER].label}


def audiences_for(event: str, standing: str = "") -> list[str]:
    """Who may be told of this event; `standing` is whom its shipped rule tells."""
    if kind_of(event):
        return list(RECORD_AUDIENCES)
    return list(dict.fromkeys(name for name in (standing, "party_card") if name in AUDIENCES))


def dates_of(event: str) -> dict[str, str]:
    """The dates that a reminder about this record may count from → their labels; none for what is never open.

    What was accepted has ended: nothing is left to remind of.
    """
    kind = kind_of(event)
    names = kind.dates if kind and kind.open_statuses else ()
    return {name: DATES[name] for name in names if name in FIELDS and name != "accepted_on"}


def is_fixed(rule: Rule) -> bool:
    """Whether the product itself depends on this rule: it is shown, and never changed."""
    return rule.is_shipped and rule.event in ALWAYS | {BY_FOLDER}


def _is_told(event: str) -> bool:
    return event not in SILENT and (not event.endswith(f".{REMINDED}") or bool(dates_of(event)))


def _is_free(event: str) -> bool:
    return event not in ALWAYS and event != BY_FOLDER and event not in SILENT
