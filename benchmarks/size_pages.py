"""The pages that the bench of sizes asks for: a name, and an address with `{party}`, `{folder}`, `{number}`… in it."""

BACK = "/backoffice"
WORDS = {"code": "{code}", "rare word": "100021", "name": "hotel", "address": "{address}", "nothing": "zzzz"}
STATES = ("unsynced", "none", "valid", "closed", "planned", "expired")
SORTS = ("state", "code", "name", "email", "identifier", "password", "allowed", "notify", "sent_to")
SORTS += ("sent_at", "last_login", "-last_login", "-sent_at")
STATUSES = ("waiting", "sent", "delivered", "bounced", "failed", "cancelled", "unknown")
REASONS = ("synchronisation", "planned", "quiet_hours", "suspended", "retry", "no_address", "draft")


def office_pages() -> dict[str, str]:
    """The back office."""
    return {
        "home": f"{BACK}/",
        **_parties(),
        **_accesses(),
        **_explorer(),
        **_history(),
        **_others(),
        **_party(),
    }


def portal_pages() -> dict[str, str]:
    """The portal, of somebody with twenty documents."""
    lists = {f"portal {name}": f"/{name}" for name in ("statement", "quotes")}
    return {
        "portal home": "/",
        "portal documents": "/documents",
        "portal documents, a folder": "/documents?folder={folder}",
        "portal documents, new": "/documents?unread=1",
        "portal search, a number": "/documents?q={number}",
        "portal search, a word": "/documents?q=laiton",
        "portal search, nothing": "/documents?q=zzzz",
        "portal document": "/documents/{document}",
        **lists,
    }


def _parties() -> dict[str, str]:
    pages = {"parties": f"{BACK}/parties"}
    pages |= {f"parties by {sort}": f"{BACK}/parties?sort={sort}" for sort in ("name", "city", "email", "-name")}
    return pages | {f"parties, search {name}": f"{BACK}/parties?q={word}" for name, word in WORDS.items()}


def _accesses() -> dict[str, str]:
    grid = f"{BACK}/access"
    pages = {"access grid": grid, "access of suppliers": f"{grid}?family=suppliers"}
    pages |= {f"access by {sort}": f"{grid}?sort={sort}" for sort in SORTS}
    pages |= {f"access, state {each}": f"{grid}?state={each}" for each in STATES}
    pages |= {f"access, address {each}": f"{grid}?address={each}" for each in ("missing", "bounced", "present")}
    sent = ("never", "waiting", "sent", "failed", "unknown")
    pages |= {f"access, message {each}": f"{grid}?sent={each}" for each in sent}
    pages |= {f"access, login {each}": f"{grid}?login={each}" for each in ("never", "recent", "old")}
    return pages | {f"access, search {name}": f"{grid}?q={word}" for name, word in WORDS.items()}


def _explorer() -> dict[str, str]:
    explorer = f"{BACK}/explorer"
    states = {f"explorer, {each}": f"{explorer}?state={each}" for each in ("live", "waiting", "held", "off")}
    return {
        "explorer": explorer,
        "explorer, a folder": f"{explorer}?folder={{folder}}",
        "explorer, a party": f"{explorer}?party={{party}}",
        "explorer, search a number": f"{explorer}?q={{number}}",
        "explorer, search a word": f"{explorer}?q=laiton",
        "explorer, search two words": f"{explorer}?q=laiton+lampadaire",
        "explorer, search a phrase": f"{explorer}?q=%22laiton+et+lin%22",
        "explorer, search a party": f"{explorer}?q={{code}}",
        "explorer, search nothing": f"{explorer}?q=zzzz",
        "explorer, a word in a folder": f"{explorer}?q=laiton&folder={{folder}}",
        "explorer of employees": f"{explorer}?family=employees",
        **states,
    }


def _history() -> dict[str, str]:
    history = f"{BACK}/history"
    pages = {
        "history": history,
        "history of customers": f"{history}?family=customers",
        "history of suppliers": f"{history}?family=suppliers",
        "history, a party": f"{history}?party={{party}}",
        "history, a document": f"{history}?document={{document}}",
        "history, two months": f"{history}?since=2025-03-01&until=2025-04-30",
        "history, search a code": f"{history}?q={{code}}",
        "history, search an address": f"{history}?q={{address}}",
        "history, search a number": f"{history}?q={{number}}",
        "history, search a name": f"{history}?q=hotel",
        "history, search a word": f"{history}?q=laiton",
        "history, search nothing": f"{history}?q=zzzz",
        "history, bounced suppliers": f"{history}?status=bounced&family=suppliers",
    }
    pages |= {f"history, {each}": f"{history}?status={each}" for each in STATUSES}
    return pages | {f"history, waits for {each}": f"{history}?reason={each}" for each in REASONS}


def _others() -> dict[str, str]:
    journal = f"{BACK}/journal"
    find = {f"palette, {name}": f"{BACK}/find?q={word}" for name, word in WORDS.items()}
    return {
        "to-do": f"{BACK}/todo",
        "to-do, done": f"{BACK}/todo?state=closed",
        "arrivals": f"{BACK}/arrivals",
        "folders": f"{BACK}/folders",
        "folder, who receives": f"{BACK}/folders/{{folder}}/audience",
        "printing": f"{BACK}/printing",
        "templates": f"{BACK}/templates",
        "synchronising": f"{BACK}/synchronising",
        "journal": journal,
        "journal, security": f"{journal}?chain=security",
        "journal, an event": f"{journal}?event=document.opened",
        "journal, the system": f"{journal}?actor=command",
        "journal, accounts": f"{journal}?actor=account",
        "journal, a party": f"{journal}?party={{code}}",
        "journal, six months": f"{journal}?since=2025-03-01&until=2025-08-31",
        "document": f"{BACK}/documents/{{document}}",
        "palette, a number": f"{BACK}/find?q={{number}}",
        "palette, a word": f"{BACK}/find?q=laiton",
        **find,
    }


def _party() -> dict[str, str]:
    card = f"{BACK}/parties/{{party}}"
    tabs = ("contacts", "sites", "documents", "access", "folders", "logbook", "notifications")
    pages = {"party": card} | {f"party, {tab}": f"{card}/{tab}" for tab in tabs}
    return pages | {f"logbook, {kind}": f"{card}/logbook?kind={kind}" for kind in ("documents", "readings", "access")}
