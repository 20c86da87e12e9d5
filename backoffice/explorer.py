"""« Explorer la GED »: folders, what is in them, where each document stands, and what to do with many at once."""

import uuid
from collections.abc import Sequence

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice import backoffice
from backoffice._reaching import AT_ONCE, the_documents, unknown
from backoffice.reach import refuse, scope
from backoffice.wording import line_words, reason_words
from shared.access import synchronising
from shared.documents import exploring, finding, following, publishing, shelving
from shared.documents.consents import CONSENT_HOLDS, WORDS
from shared.documents.effective import settings_by
from shared.documents.exploring import Line, Shown
from shared.documents.following import Story
from shared.documents.models import Document, Notify
from shared.errors import Refused
from shared.extensions import db
from shared.notifications import forcing, releasing
from shared.notifications.models import Reason
from shared.people import finding as people
from shared.people.models import Party
from shared.people.scopes import holds
from shared.web import visitors
from shared.web.form_key import form_key
from shared.web.page import go, page
from shared.web.permissions import Permission, requires
from shared.web.redirects import safe_next

WATCHED = "asked"  # in the address after « Synchroniser »: the list follows what leaves


@backoffice.get("/explorer")
@requires(Permission.DOCUMENTS_SEE)
def explorer() -> Response:
    """The documents of a family, or of one party, last filed first."""
    seen = scope(Permission.DOCUMENTS_SEE)
    party = _party()
    families = [] if party else people.families(seen)
    family = party.family if party else people.family_named(request.args.get("family"), families)
    if family is None:
        abort(404)
    folder_id = request.args.get("folder", type=uuid.UUID)
    shelves = shelving.shelves(scope=seen, family_id=family.id, party_id=party.id if party else None)
    shown = Shown(
        family_id=family.id,
        folder_id=folder_id,
        party_id=party.id if party else None,
        search=request.args.get("q", ""),
        state=request.args.get("state", ""),
    )
    found = exploring.lines(scope=seen, shown=shown, after=request.args.get("after", ""))
    stories = following.stories([line.id for line in found.lines])
    return page(
        "backoffice/explorer/explorer.html",
        blocks=("results",),
        families=families,
        family=family,
        party=party,
        shelves=shelves,
        shelf=next((shelf for shelf in shelves if shelf.id == folder_id), None),
        lines=found.lines,
        after=found.after,
        stories=stories,
        holds=WORDS,
        words=line_words,
        moving=_is_moving(found.lines, stories),
        may=_may(),
    )


@backoffice.post("/explorer/selection")
@requires(Permission.DOCUMENTS_SEE)
def explorer_selection() -> Response:
    """One action on the ticked documents: all of them, or none."""
    action = ACTIONS.get(request.form.get("action", ""))
    if action is None:
        abort(400)
    permission, run = action
    ids = request.form.getlist("ids", type=uuid.UUID)
    if not 0 < len(ids) <= AT_ONCE:
        flash(_("Cochez d’abord les documents concernés : %(most)s au plus à la fois.", most=AT_ONCE), "warning")
        return go(_back())
    if not holds(visitors.staff(), permission):
        refuse(permission)
    documents = the_documents(ids, permission)
    try:
        flash(run(documents), "success")
    except Refused as refusal:
        db.session.rollback()
        flash(refusal.sentence, "error")
    return go(_back())


@backoffice.post("/explorer/synchronise")
@requires(Permission.SYNCHRONISE)
def explorer_synchronise() -> Response:
    """« Synchroniser » from this window: what waits for it leaves, the rest is counted by reason."""
    before = releasing.waiting_reasons()
    synchronising.ask(by=visitors.actor())
    stay = releasing.waiting_reasons()
    leaving = sum(before.get(reason, 0) - stay.get(reason, 0) for reason in (Reason.SYNCHRONISATION, Reason.RETRY))
    stay.pop(Reason.NONE, None)
    flash(_("Synchronisation demandée : documents et accès en attente rejoignent le portail."), "success")
    if leaving:
        flash(ngettext("%(num)s notification part.", "%(num)s notifications partent.", leaving), "info")
    if stay:
        why = " ; ".join(f"{count} — {reason_words(reason)}" for reason, count in stay.items())
        flash(_("Reste en attente : %(why)s.", why=why), "info")
    back = _back()
    return go(f"{back}{'&' if '?' in back else '?'}{WATCHED}=1")


def _publish(documents: list[Document]) -> str:
    for document in documents:
        publishing.publish(document=document, by=visitors.actor())
    return ngettext(
        "%(num)s document demandé sur le portail.", "%(num)s documents demandés sur le portail.", len(documents)
    )


def _withdraw(documents: list[Document]) -> str:
    for document in documents:
        publishing.withdraw(document=document, by=visitors.actor())
    return ngettext(
        "%(num)s document retiré du portail : plus personne ne peut l’y ouvrir.",
        "%(num)s documents retirés du portail : plus personne ne peut les y ouvrir.",
        len(documents),
    )


def _resend(documents: list[Document]) -> str:
    """Without « Notification forcée », only folders that notify."""
    if not request.form.get("forced"):
        told = settings_by({(each.party_id, each.folder) for each in documents})
        silent = {each.folder.label for each in documents if told[each.party_id, each.folder_id].notify is Notify.NONE}
        if silent:
            raise Refused(
                _(
                    "%(folders)s ne notifie pas : cochez « Notification forcée » pour prévenir. Rien n’est parti.",
                    folders=", ".join(f"« {label} »" for label in sorted(silent)),
                )
            )
    messages = forcing.force(document_ids=[document.id for document in documents], by=visitors.actor(), key=form_key())
    return ngettext(
        "%(num)s message prêt à partir pour les documents cochés.",
        "%(num)s messages prêts à partir pour les documents cochés.",
        messages,
    )


ACTIONS = {
    "publish": (Permission.DOCUMENTS_PUBLISH, _publish),
    "withdraw": (Permission.DOCUMENTS_PUBLISH, _withdraw),
    "resend": (Permission.NOTICES_SEND, _resend),
}


def _party() -> Party | None:
    party_id = request.args.get("party", type=uuid.UUID)
    if party_id is None:
        return None
    found = finding.party(scope=scope(Permission.DOCUMENTS_SEE), party_id=party_id)
    return found if found is not None else unknown()


def _is_moving(lines: Sequence[Line], stories: dict[uuid.UUID, Story]) -> bool:
    """Whether a line of the page is about to change by itself: the page then asks again."""
    sending = any(story.last and story.last.is_leaving for story in stories.values())
    waiting = any(line.wanted_at and not line.live_at and line.held_because not in CONSENT_HOLDS for line in lines)
    return sending or (waiting and WATCHED in request.args)


def _may() -> dict[str, bool]:
    staff = visitors.staff()
    return {
        "file": holds(staff, Permission.DOCUMENTS_FILE),
        "publish": holds(staff, Permission.DOCUMENTS_PUBLISH),
        "send": holds(staff, Permission.NOTICES_SEND),
        "synchronise": holds(staff, Permission.SYNCHRONISE),
        "configure": holds(staff, Permission.FOLDERS_SEE),
    }


def _back() -> str:
    return safe_next(request.args.get("back"), otherwise=url_for("backoffice.explorer"))
