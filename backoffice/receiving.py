"""Files handed in from the explorer: JavaScript shows one verdict for each, without it a page lists them."""

import uuid

from flask import Response, abort, flash, jsonify, make_response, request, url_for
from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from backoffice import backoffice
from backoffice._reaching import storage_away, the_folder
from backoffice.reach import party_for, scope
from backoffice.record_documents import tie_arrivals
from shared.documents.models import Document, Folder
from shared.documents.storage import Unavailable
from shared.extensions import db
from shared.intake import finding as intake
from shared.intake.models import Arrival, Verdict
from shared.intake.receiving import receive
from shared.people.models import Party
from shared.web import visitors
from shared.web.filters import money
from shared.web.page import go, page
from shared.web.permissions import Permission, requires

AT_ONCE = 200  # files in one form


@backoffice.post("/documents")
@requires(Permission.DOCUMENTS_FILE)
def drop() -> Response:
    """Take files in. JavaScript sends them one by one and shows each verdict; without it a page lists them."""
    files = [file for file in request.files.getlist("files") if file.filename]
    if not 0 < len(files) <= AT_ONCE:
        return _nothing_came()
    folder, party = _chosen_folder(), _chosen_party()
    try:
        arrivals = [_received(file, folder, party) for file in files]
    except Unavailable:
        return storage_away(json=_wants_json())
    tie_arrivals(request.form.get("record_id", type=uuid.UUID), arrivals)
    if _wants_json():
        return _told(arrivals)
    if all(arrival.verdict is Verdict.REFUSED for arrival in arrivals):
        refused = [intake.Outcome(arrival, None, None, None) for arrival in arrivals]
        return page("backoffice/arrivals/outcome.html", status=422, outcomes=refused)
    db.session.flush()
    return go(url_for("backoffice.drop_outcome", first=arrivals[0].id, last=arrivals[-1].id))


@backoffice.get("/documents/received")
@requires(Permission.DOCUMENTS_FILE)
def drop_outcome() -> Response:
    """What became of the files of one form; only to whoever sent them."""
    first, last = request.args.get("first", type=uuid.UUID), request.args.get("last", type=uuid.UUID)
    if first is None or last is None:
        abort(404)
    found = intake.outcomes(first=first, last=last, by=visitors.actor())
    return page("backoffice/arrivals/outcome.html", outcomes=found)


def _received(file: FileStorage, folder: Folder | None, party: Party | None) -> Arrival:
    return receive(
        data=file.read(),
        filename=file.filename or "",
        by=visitors.actor(),
        source="backoffice",
        folder=folder,
        party=party,
        scope=scope(Permission.DOCUMENTS_FILE),
    )


def sentence(arrival: Arrival, document: Document | None, folder: Folder | None, party: Party | None) -> str:
    """« Classé dans « Facture » pour « Ma jolie boutique » · FA-2017-0010 · 671,15 € · échéance 13/12/2017 »."""
    if arrival.verdict is Verdict.TO_ATTACH:
        return _("À rattacher. %(why)s", why=_(arrival.reason))
    if document is None or folder is None or party is None:
        return _(arrival.reason)
    if arrival.verdict is Verdict.KNOWN:
        return _(
            "Déjà dans « %(folder)s » pour « %(party)s » : rien n’a été ajouté.", folder=folder.label, party=party.name
        )
    facts = [_("Classé dans « %(folder)s » pour « %(party)s »", folder=folder.label, party=party.name), document.number]
    if document.amount is not None:
        facts.append(money(document.amount, document.currency))
    if document.due_on is not None:
        facts.append(_("échéance %(date)s", date=format_date(document.due_on, "dd/MM/yyyy")))
    return " · ".join(fact for fact in facts if fact)


@backoffice.app_template_global("verdict_of")
def verdict_of(outcome: intake.Outcome) -> str:
    """The sentence of one outcome, for the pages."""
    return sentence(*outcome)


def _told(arrivals: list[Arrival]) -> Response:
    """For each file its verdict; a refusal alone is a 422 that keeps nothing."""
    db.session.flush()
    if len(arrivals) == 1 and arrivals[0].verdict is Verdict.REFUSED:
        return make_response(jsonify(error=_(arrivals[0].reason)), 422)
    outcomes = intake.outcomes(first=arrivals[0].id, last=arrivals[-1].id, by=visitors.actor())
    said = [
        {"said": sentence(*outcome), "tone": TONES[outcome.arrival.verdict], "url": _url(outcome)}
        for outcome in outcomes
    ]
    return make_response(jsonify(said[0] if len(said) == 1 else {"files": said}), 201)


TONES = {Verdict.FILED: "good", Verdict.KNOWN: "news", Verdict.TO_ATTACH: "warn", Verdict.REFUSED: "bad"}


def _url(outcome: intake.Outcome) -> str:
    if outcome.document is not None:
        return url_for("backoffice.document", document_id=outcome.document.id)
    if outcome.arrival.verdict is Verdict.TO_ATTACH:
        return url_for("backoffice.arrivals_settle", arrival_id=outcome.arrival.id)
    return ""


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _chosen_folder() -> Folder | None:
    folder_id = request.form.get("folder_id", type=uuid.UUID)
    return the_folder(folder_id, Permission.DOCUMENTS_FILE) if folder_id else None


def _chosen_party() -> Party | None:
    party_id = request.form.get("party_id", type=uuid.UUID)
    return party_for(party_id, Permission.DOCUMENTS_FILE, Permission.DOCUMENTS_SEE) if party_id else None


def _nothing_came() -> Response:
    told = ngettext("Choisissez un fichier.", "Choisissez de 1 à %(num)s fichiers.", AT_ONCE)
    if _wants_json():
        return make_response(jsonify(error=told), 422)
    flash(told, "warning")
    return go(url_for("backoffice.explorer"))
