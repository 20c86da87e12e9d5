"""The lines of the « Cahier de liaison » in words, each with its icon and the page where it leads."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from backoffice.access_rows import reason_words, sent_words
from backoffice.party_forms import NOTE_KINDS
from backoffice.party_page import slot_words
from shared.events.catalogue import CATALOGUE
from shared.notifications.models import Reason, Status
from shared.people.logbook import Entry
from shared.people.logbook_kinds import KINDS, REMARKS, REQUESTS

ICONS = {
    "document.published": ("cloud-upload", "good"),
    "document.held": ("pause-circle", "warn"),
    "document.withdrawn": ("eye-slash", ""),
    "document.signed": ("patch-check", "good"),
    "signature.asked": ("pen", "news"),
    "signature.sealed": ("pen", "good"),
    "signature.refused": ("x-circle", "bad"),
    "document.opened": ("eye", "news"),
    "document.downloaded": ("download", "news"),
    "consent.changed": ("file-earmark-check", ""),
    "access.withdrawn": ("lock", "warn"),
    "access.opened": ("key", "good"),
    "remark.received": ("chat-left-text", "news"),
    "remark.said": ("chat-left-text", ""),
    "document.deposited": ("inbox", "good"),
    "document.requested": ("clipboard", "news"),
    "prepared": ("envelope", ""),
    "sent": ("send", ""),
    "delivered": ("check-circle-fill", "good"),
    "bounced": ("send-x", "bad"),
    "failed": ("x-circle", "bad"),
    "cancelled": ("dash-circle", ""),
    "unknown": ("question-circle", "warn"),
    "call": ("telephone", "news"),
    "note": ("chat-left-text", "news"),
    "meeting": ("people", "news"),
}


def kind_words() -> dict[str, str]:
    """What each filter shows, in its order."""
    words = {
        "notices": _("Notifications"),
        "messages": _("Messages échangés"),
        "documents": _("Mises à disposition"),
        "deposits": _("Dépôts et demandes"),
        "records": _("Pièces"),
        "readings": _("Lectures"),
        "signatures": _("Signatures"),
        "consents": _("Dématérialisation"),
        "access": _("Accès"),
        "notes": _("Appels et notes"),
        "card": _("Fiche"),
    }
    return {key: words[key] for key in KINDS}


def line(entry: Entry, names: dict[str, str], requests_url: str) -> dict[str, Any]:
    """An entry as `ui.timeline` shows it."""
    icon, tone = ICONS.get(entry.what, ("clock-history", ""))
    shown: dict[str, Any] = {"at": entry.at, "icon": icon, "tone": tone}
    if entry.source == "notice":
        url = url_for("backoffice.history_line", notification_id=entry.id)
        return shown | {"text": _notice(entry), "detail": _notice_detail(entry), "url": url}
    by = names.get(entry.by, entry.by)
    if entry.source == "note":
        words = {key: str(label) for key, label in NOTE_KINDS}
        text = _("%(kind)s avec %(who)s", kind=words[entry.what], who=entry.said) if entry.said else words[entry.what]
        return shown | {"text": text, "detail": entry.text, "by": by}
    known = CATALOGUE.get(entry.what)
    text = _(known.label) if known else entry.what
    between = " — " if entry.record_id else " : "  # the kind of a record has a colon of its own
    told = f"{text}{between}{entry.text}" if entry.text else text
    return shown | {"text": told, "by": by, "detail": entry.said or _facts(entry), "url": _url(entry, requests_url)}


def _url(entry: Entry, requests_url: str) -> str:
    """The page where the thing stands; of a message, the one where it is answered."""
    if entry.what in REQUESTS:
        return requests_url
    says = "_messages" if entry.what in REMARKS or entry.what.endswith(".asked") else ""
    if entry.document_id is not None:
        return url_for(f"backoffice.document{says}", document_id=entry.document_id)
    if entry.record_id is not None:
        return url_for(f"backoffice.record{says}", record_id=entry.record_id)
    return ""


def _notice(entry: Entry) -> str:
    steps = {"prepared": _("Message préparé"), "sent": _("Message envoyé"), "unknown": _("Message à vérifier")}
    words = {status.value: word for status, word in sent_words().items()}
    step = steps.get(entry.what) or _("Message : %(state)s", state=words.get(entry.what, entry.what).lower())
    about = entry.text or _(CATALOGUE[entry.by].label if entry.by in CATALOGUE else entry.by)
    return f"{step} — {about}"


def _notice_detail(entry: Entry) -> str:
    """The address, the server's answer, or why it waits."""
    if entry.what == "prepared":
        return "" if entry.detail in ("", Reason.NONE.value) else str(reason_words()[Reason(entry.detail)])
    return "" if entry.what == Status.CANCELLED.value else entry.detail


def _facts(entry: Entry) -> str:
    """The few words of the journal that say what changed; never a whole row of it."""
    facts = entry.facts
    if entry.what == "consent.changed":
        classes = {"invoice": _("Factures"), "quote": _("Devis"), "payslip": _("Bulletins de paie")}
        states = {"requested": _("En demande"), "accepted": _("Accepté"), "refused": _("Refusé")}
        said = f"{classes.get(facts['document_class'], '')} : {states.get(facts['state'], '')}"
        return f"{said} — {facts['proof']}" if facts.get("proof") else said
    if entry.what.startswith("party.address"):
        change = " → ".join(each or "—" for each in (facts.get("before"), facts.get("after")) if each is not None)
        return f"{slot_words().get(facts['slot'], '')} : {change or facts.get('address', '')}"
    return str(facts.get("name") or facts.get("why") or facts.get("text") or facts.get("reason") or "")
