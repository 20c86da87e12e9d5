"""« Cahier de liaison »: one line of time of a party, and the notes that staff add to it."""

import uuid
from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.access_rows import reason_words, sent_words
from backoffice.party_forms import NOTE_KINDS, NoteForm, fresh
from backoffice.party_page import slot_words
from backoffice.party_rows import blamed, tab
from backoffice.reach import party_for, scope
from shared.errors import Refused
from shared.events.actors import names_of
from shared.events.catalogue import CATALOGUE
from shared.notifications.models import Reason, Status
from shared.people.contacting import contacts_of
from shared.people.logbook import Entry, entries
from shared.people.logbook_kinds import KINDS
from shared.people.models import Contact, Party
from shared.people.noting import note
from shared.people.party_models import NoteKind
from shared.web import visitors
from shared.web.page import go
from shared.web.permissions import Permission, requires

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


@backoffice.get("/parties/<uuid:party_id>/logbook")
@requires(Permission.PARTIES_SEE)
def party_logbook(party_id: uuid.UUID) -> Response:
    """The latest first, by kind if asked."""
    return _page(party_for(party_id, Permission.PARTIES_SEE), NoteForm(formdata=None, data=fresh()))


@backoffice.post("/parties/<uuid:party_id>/logbook")
@requires(Permission.PARTIES_EDIT)
def party_note(party_id: uuid.UUID) -> Response:
    """A call, a meeting, a remark; sent twice, it is written once."""
    party, form = party_for(party_id, Permission.PARTIES_EDIT), NoteForm()
    if not form.validate_on_submit():
        return _page(party, form, status=422)
    contact = next((each for each in contacts_of(party) if str(each.id) == form.contact_id.data), None)
    try:
        note(
            party=party,
            kind=NoteKind(form.kind.data),
            text=form.text.data or "",
            by=visitors.actor(),
            contact=contact,
            note_id=form.row_id,
        )
    except Refused as refusal:
        return _page(party, form, blamed(form, refusal), status=422)
    flash(_("C’est noté, avec l’heure et votre nom."), "success")
    return go(url_for("backoffice.party_logbook", party_id=party.id))


def _page(party: Party, form: NoteForm, sentence: str = "", status: int = 200) -> Response:
    kind = request.args.get("kind", "")
    kind = kind if kind in KINDS else ""
    found = entries(
        party.id,
        seen=scope(Permission.DOCUMENTS_SEE),
        notices=scope(Permission.HISTORY_SEE).reaches_family(party.family_id),
        kind=kind,
        after=request.args.get("after", ""),
    )
    names = names_of(entry.by for entry in found.entries if entry.source != "notice")
    form.contact_id.choices = [("", _("Personne en particulier")), *map(_choice, party.contacts)]
    return tab(
        "backoffice/parties/logbook.html",
        party,
        status=status,
        blocks=("results",),
        form=form,
        sentence=sentence,
        kind=kind,
        kinds=_kind_words(),
        entries=[_line(entry, names) for entry in found.entries],
        after=found.after,
        may_edit=scope(Permission.PARTIES_EDIT).reaches_family(party.family_id),
    )


def _choice(contact: Contact) -> tuple[str, str]:
    return str(contact.id), contact.person.full_name


def _kind_words() -> dict[str, str]:
    words = {
        "notices": _("Messages"),
        "documents": _("Mises à disposition"),
        "readings": _("Lectures"),
        "signatures": _("Signatures"),
        "consents": _("Dématérialisation"),
        "access": _("Accès"),
        "notes": _("Appels et notes"),
        "card": _("Fiche"),
    }
    return {key: words[key] for key in KINDS}


def _line(entry: Entry, names: dict[str, str]) -> dict[str, Any]:
    """An entry as `ui.timeline` shows it."""
    icon, tone = ICONS.get(entry.what, ("clock-history", ""))
    shown: dict[str, Any] = {"at": entry.at, "icon": icon, "tone": tone}
    if entry.source == "notice":
        url = url_for("backoffice.history_line", notification_id=entry.id)
        return shown | {"text": _notice(entry), "detail": _notice_detail(entry), "url": url}
    by = names.get(entry.by, entry.by)
    if entry.source == "note":
        words = {key: str(label) for key, label in NOTE_KINDS}
        return shown | {"text": words[entry.what], "detail": entry.text, "by": by}
    known = CATALOGUE.get(entry.what)
    text = _(known.label) if known else entry.what
    if entry.document_id is not None and entry.text:
        url = url_for("backoffice.document", document_id=entry.document_id)
        return shown | {"text": f"{text} : {entry.text}", "by": by, "url": url}
    return shown | {"text": text, "by": by, "detail": _facts(entry)}


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
        classes = {"invoice": _("Factures"), "quote": _("Devis")}
        states = {"requested": _("En demande"), "accepted": _("Accepté"), "refused": _("Refusé")}
        said = f"{classes.get(facts['document_class'], '')} : {states.get(facts['state'], '')}"
        return f"{said} — {facts['proof']}" if facts.get("proof") else said
    if entry.what.startswith("party.address"):
        change = " → ".join(each or "—" for each in (facts.get("before"), facts.get("after")) if each is not None)
        return f"{slot_words().get(facts['slot'], '')} : {change or facts.get('address', '')}"
    return str(facts.get("name") or facts.get("why") or "")
