"""The kinds by which the « Cahier de liaison » is filtered, and the events that belong to each."""

from shared.events.catalogue import CATALOGUE

# Messages that the party and staff wrote to each other: their words stand in a row of their own.
REMARKS = ("remark.said", "remark.received")
# What is asked of the party, told without its document: the folder is that of the request.
REQUESTS = (
    "document.requested",
    "document.request_reminded",
    "document.request_closed",
    "document.request_cancelled",
    "document.expiring",
)
# Every event that a kind of record makes by being declared, but what staff alone correct or plan.
_OF_RECORDS = [name for name, kind in CATALOGUE.items() if kind.facts[:1] == ("record",)]
_ASKED = tuple(name for name in _OF_RECORDS if name.endswith(".asked"))
_SILENT = (".asked", ".changed", ".reminded")

# Those of the journal that are not here are nobody’s business on a party’s page: sessions, tries, refusals.
EVENTS: dict[str, tuple[str, ...]] = {
    "messages": (*REMARKS, *_ASKED),
    "documents": (
        "document.published",
        "document.restored",
        "document.held",
        "document.withdrawn",
        "document.printed",
        "document.unprinted",
    ),
    "deposits": ("document.deposited", *REQUESTS),
    "records": tuple(name for name in _OF_RECORDS if not name.endswith(_SILENT)),
    "readings": ("document.opened", "document.downloaded"),
    "signatures": (
        "signature.created",
        "signature.asked",
        "signature.sealed",
        "signature.refused",
        "signature.refusal_undone",
        "signature.delegated",
        "signature.delegation_undone",
        "signature.question_asked",
        "signature.question_answered",
        "signature.reminded",
        "signature.cancelled",
        "signature.expired",
        "signature.withdrawn",
        "document.signed",
    ),
    "consents": ("consent.changed",),
    "access": (
        "access.created",
        "access.changed",
        "access.opened",
        "access.renotified",
        "access.withdrawn",
        "access.initial_drawn",
        "access.initial_typed",
        "access.initial_handed_over",
        "account.activated",
        "account.joined",
        "account.password_changed",
        "contact.joined",
        "contact.separated",
    ),
    "card": (
        "party.created",
        "party.changed",
        "party.address_changed",
        "party.address_retried",
        "contact.created",
        "contact.changed",
        "contact.closed",
        "contact.reopened",
        "site.created",
        "site.changed",
        "site.closed",
        "site.reopened",
    ),
}
NOTICES, NOTES = "notices", "notes"
KINDS = (
    NOTICES,
    "messages",
    NOTES,
    "documents",
    "deposits",
    "records",
    "readings",
    "signatures",
    "consents",
    "access",
    "card",
)
