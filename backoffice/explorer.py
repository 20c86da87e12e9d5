"""« Explorer la GED »: folders, what is in them, where each document stands; for a family, or for one party."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice import backoffice
from backoffice._reaching import unknown
from backoffice.party_tabs import party_tabs
from backoffice.reach import scope
from backoffice.wording import line_words, reason_words
from shared.access import synchronising
from shared.documents import excerpting, exploring, finding, following, recognising, shelving
from shared.documents.consents import CONSENT_HOLDS, WORDS
from shared.documents.explored import Line
from shared.documents.exploring import COUNTED, Shown
from shared.documents.following import Story
from shared.notifications import releasing
from shared.notifications.models import Reason
from shared.people import finding as people
from shared.people.models import Family, Party
from shared.people.scopes import holds
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires
from shared.web.redirects import safe_next

WATCHED = "asked"  # in the address after « Synchroniser »: the list follows what leaves


@backoffice.get("/explorer")
@requires(Permission.DOCUMENTS_SEE)
def explorer() -> Response:
    """The documents of a family, or of one party, last filed first."""
    party_id = request.args.get("party", type=uuid.UUID)
    if party_id is not None:
        party = _party(party_id)
        return _explored(party.family, party, [])
    families = people.families(scope(Permission.DOCUMENTS_SEE))
    family = people.family_named(request.args.get("family"), families)
    return _explored(family, None, families) if family is not None else abort(404)


@backoffice.get("/parties/<uuid:party_id>/documents")
@requires(Permission.DOCUMENTS_SEE)
def party_documents(party_id: uuid.UUID) -> Response:
    """The tab « Documents » of a party: the explorer narrowed to it."""
    party = _party(party_id)
    return _explored(party.family, party, [], tabs=party_tabs(party))


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


def _explored(family: Family, party: Party | None, families: list[Family], **around: Any) -> Response:
    seen, folder_id = scope(Permission.DOCUMENTS_SEE), request.args.get("folder", type=uuid.UUID)
    shelves = shelving.shelves(scope=seen, family_id=family.id, party_id=party.id if party else None)
    shown = Shown(
        family_id=family.id,
        folder_id=folder_id,
        party_id=party.id if party else None,
        search=request.args.get("q", ""),
        state=request.args.get("state", ""),
        folder_ids=tuple(shelf.id for shelf in shelves),
    )
    found = exploring.lines(scope=seen, shown=shown, after=request.args.get("after", ""))
    stories = following.stories([line.id for line in found.lines])
    shelf = next((shelf for shelf in shelves if shelf.id == folder_id), None)
    return page(
        "backoffice/explorer/explorer.html",
        blocks=("results",),
        families=families,
        family=family,
        party=party,
        tree=shelving.tree(shelves),
        shelf=shelf,
        lines=found.lines,
        after=found.after,
        stories=stories,
        excerpts=excerpting.excerpts(document_ids=[line.id for line in found.lines], typed=shown.search),
        found=_found(found.found),
        compared=request.args.get("compare") == "1",
        holds=WORDS,
        words=line_words,
        moving=_is_moving(found.lines, stories),
        may=_may(),
        address=_address,
        recognises=recognising.is_installed(),
        packages=recognising.PACKAGES,
        **around,
    )


def _found(number: int | None) -> str:
    """How many a search found: exactly up to a hundred, beyond it only that there are more."""
    if not number:
        return ""
    if number > COUNTED:
        return _("Plus de %(num)s documents trouvés, les derniers classés d’abord.", num=COUNTED)
    return ngettext("%(num)s document trouvé.", "%(num)s documents trouvés.", number)


def _address(**narrowed: Any) -> str:
    """This view of the explorer, narrowed otherwise; whether it compares stays."""
    kept = {"compare": request.args.get("compare"), **narrowed}
    if request.endpoint == "backoffice.party_documents":
        return url_for("backoffice.party_documents", **(request.view_args or {}), **kept)
    base = {name: request.args[name] for name in ("party", "family") if request.args.get(name)}
    return url_for("backoffice.explorer", **{**base, **kept})


def _party(party_id: uuid.UUID) -> Party:
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
        "history": holds(staff, Permission.HISTORY_SEE),
        "configure": holds(staff, Permission.FOLDERS_SEE),
    }


def _back() -> str:
    return safe_next(request.args.get("back"), otherwise=url_for("backoffice.explorer"))
