"""The kinds by which the « Cahier de liaison » is filtered, and the events that belong to each."""

# Those of the journal that are not here are nobody’s business on a party’s page: sessions, tries, refusals.
EVENTS: dict[str, tuple[str, ...]] = {
    "documents": (
        "document.published",
        "document.restored",
        "document.held",
        "document.withdrawn",
        "document.printed",
        "document.unprinted",
    ),
    "readings": ("document.opened", "document.downloaded"),
    "signatures": ("signature.asked", "signature.signed", "signature.declined"),
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
KINDS = (NOTICES, "documents", "readings", "signatures", "consents", "access", NOTES, "card")
