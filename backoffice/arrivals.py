"""Files handed in: one verdict for each, and « À rattacher » where staff say whose they are."""

import uuid

from flask import Response, abort, flash, jsonify, make_response, request, url_for
from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from backoffice import backoffice
from backoffice._reaching import the_folder, unknown
from backoffice.reach import party_for, scope
from shared.documents import finding
from shared.documents.models import Document, Folder
from shared.documents.storage import Unavailable
from shared.errors import Refused
from shared.extensions import db
from shared.intake import finding as intake
from shared.intake import settling
from shared.intake.models import Arrival, Verdict
from shared.intake.receiving import receive
from shared.people import finding as people
from shared.people.models import Party
from shared.people.scopes import Scope
from shared.web import visitors
from shared.web.errors import Explanation, explain
from shared.web.filters import money
from shared.web.page import go, page
from shared.web.permissions import Permission, requires

AT_ONCE = 200  # files in one form
OFFERED = 20  # parties shown for a search


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
        return _storage_away()
    if _wants_json():
        return _told(arrivals)
    if all(arrival.verdict is Verdict.REFUSED for arrival in arrivals):
        refused = [intake.Outcome(arrival, None, None, None) for arrival in arrivals]
        return page("backoffice/arrivals/outcome.html", status=422, outcomes=refused)
    db.session.flush()
    return go(url_for("backoffice.drop_outcome", ids=",".join(str(arrival.id) for arrival in arrivals)))


@backoffice.get("/documents/received")
@requires(Permission.DOCUMENTS_FILE)
def drop_outcome() -> Response:
    """What became of the files of one form; only to whoever sent them."""
    ids = [found for found in map(_uuid, request.args.get("ids", "").split(",")[:AT_ONCE]) if found]
    return page("backoffice/arrivals/outcome.html", outcomes=intake.outcomes(ids=ids, by=visitors.actor()))


@backoffice.get("/arrivals")
@requires(Permission.DOCUMENTS_FILE)
def arrivals() -> Response:
    """The tray: what nobody could be given without a person looking at it."""
    seen = scope(Permission.DOCUMENTS_FILE)
    found = intake.tray(scope=seen, by=visitors.actor(), after=request.args.get("after", ""))
    return page("backoffice/arrivals/tray.html", arrivals=found.arrivals, after=found.after)


@backoffice.route("/arrivals/<uuid:arrival_id>", methods=["GET", "POST"])
@requires(Permission.DOCUMENTS_FILE)
def arrivals_settle(arrival_id: uuid.UUID) -> Response:
    """Search the party, choose the folder, file."""
    arrival, seen = _arrival(arrival_id), scope(Permission.DOCUMENTS_FILE)
    if request.method == "POST":
        return _settle(arrival, seen)
    return _settle_page(arrival, seen)


@backoffice.post("/arrivals/<uuid:arrival_id>/set-aside")
@requires(Permission.DOCUMENTS_FILE)
def arrivals_set_aside(arrival_id: uuid.UUID) -> Response:
    """This file concerns nobody."""
    arrival = _arrival(arrival_id)
    settling.set_aside(arrival=arrival, by=visitors.actor())
    flash(_("« %(name)s » est écarté.", name=arrival.filename), "success")
    return go(url_for("backoffice.arrivals"))


def _settle(arrival: Arrival, seen: Scope) -> Response:
    party_id, folder_id = (request.form.get(name, type=uuid.UUID) for name in ("party_id", "folder_id"))
    if party_id is None or folder_id is None:
        return _settle_page(arrival, seen, error=_("Choisissez à qui est ce fichier, et le répertoire."))
    party = party_for(party_id, Permission.DOCUMENTS_FILE, Permission.DOCUMENTS_SEE)
    folder = the_folder(folder_id, Permission.DOCUMENTS_FILE)
    try:
        document = settling.settle(arrival=arrival, party=party, folder=folder, by=visitors.actor())
    except Unavailable:
        return _storage_away()
    except Refused as refusal:
        db.session.rollback()
        return _settle_page(_arrival(arrival.id), seen, error=refusal.sentence)
    flash(sentence(arrival, document, folder, party), "success")
    return go(url_for("backoffice.arrivals"))


def _settle_page(arrival: Arrival, seen: Scope, error: str = "") -> Response:
    families = people.families(seen)
    chosen = _chosen_for(arrival, seen)
    family = chosen.family if chosen else people.family_named(request.values.get("family"), families)
    if family is None:
        abort(404)
    q = request.values.get("q", "")
    found = people.parties(family, seen, q=q).rows[:OFFERED] if q or chosen is None else []
    return page(
        "backoffice/arrivals/settle.html",
        blocks=("results",),
        status=422 if error else 200,
        arrival=arrival,
        facts=settling.facts_in(arrival.facts),
        families=families,
        family=family,
        folders=finding.folders_of(scope=seen, family_id=family.id),
        party=chosen,
        found=found,
        q=q,
        error=error,
    )


def _chosen_for(arrival: Arrival, seen: Scope) -> Party | None:
    """The party ticked, else the one that a clue proposes; searching again proposes none."""
    party_id = request.values.get("party_id", type=uuid.UUID)
    if party_id is None and "q" not in request.values and "family" not in request.values:
        party_id = settling.proposed_party(arrival)
    return people.party_in(seen, party_id) if party_id else None


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
    outcomes = intake.outcomes(ids=[arrival.id for arrival in arrivals], by=visitors.actor())
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


def _arrival(arrival_id: uuid.UUID) -> Arrival:
    seen = scope(Permission.DOCUMENTS_FILE)
    found = intake.waiting(scope=seen, by=visitors.actor(), arrival_id=arrival_id)
    return found if found is not None else unknown()


def _nothing_came() -> Response:
    told = ngettext("Choisissez un fichier.", "Choisissez de 1 à %(num)s fichiers.", AT_ONCE)
    if _wants_json():
        return make_response(jsonify(error=told), 422)
    flash(told, "warning")
    return go(url_for("backoffice.explorer"))


def _storage_away() -> Response:
    """Nothing was kept: neither bytes nor rows."""
    db.session.rollback()
    told = _("L’espace de stockage ne répond pas. Rien n’a été enregistré : recommencez dans une minute.")
    if _wants_json():
        return make_response(jsonify(error=told), 503)
    return explain(
        503,
        Explanation(
            _("Dépôt impossible pour l’instant"), told, _("Vos fichiers sont toujours chez vous."), "clock-history"
        ),
    )


def _uuid(written: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(written)
    except ValueError:
        return None
