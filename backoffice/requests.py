"""« Demander un document »: what is expected of whom, and asking one party or all those of a filter."""

import uuid
from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice import backoffice
from backoffice.reach import family_for, party_for, scope
from backoffice.requests_form import RequestForm
from shared.clock import today
from shared.deposits import finding, requesting
from shared.deposits.models import RequestBatch
from shared.documents.models import Folder
from shared.errors import Refused
from shared.extensions import db
from shared.people.models import Family, Party
from shared.web import visitors
from shared.web.blame import blame
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.get("/requests")
@requires(Permission.DOCUMENTS_SEE)
def requests() -> Response:
    """The requests of a family that are open, late or ended."""
    family, reached = family_for(request.args.get("family"), Permission.DOCUMENTS_SEE)
    state = request.args.get("state", finding.OPEN)
    found = finding.requests(
        family,
        scope(Permission.DOCUMENTS_SEE),
        state=state,
        today=today(),
        party_id=request.args.get("party", type=uuid.UUID),
        after=request.args.get("after", ""),
        before=request.args.get("before", ""),
    )
    return page(
        "backoffice/requests/list.html",
        blocks=("results",),
        family=family,
        families=reached,
        state=state,
        states={finding.OPEN: _("En cours"), finding.LATE: _("En retard"), finding.ENDED: _("Closes")},
        found=found,
        today=today(),
        may_act=scope(Permission.DOCUMENTS_FILE).reaches_family(family.id),
    )


@backoffice.get("/requests/new")
@requires(Permission.DOCUMENTS_FILE)
def requests_new() -> Response:
    """The form, for one party or a whole filter."""
    party = _party()
    family = party.family if party else family_for(request.args.get("family"), Permission.DOCUMENTS_FILE)[0]
    return _form(family, party, RequestForm(formdata=None, reminds=True))


@backoffice.post("/requests/new")
@requires(Permission.DOCUMENTS_FILE)
def requests_ask() -> Response:
    """One party is asked at once; many are counted first, then asked in the background."""
    party = _party()
    family = party.family if party else family_for(request.args.get("family"), Permission.DOCUMENTS_FILE)[0]
    form = RequestForm()
    form.folder.choices = _choices(family)
    try:
        if not form.validate():
            raise Refused("")
        folder = _folder(form.folder.data, family)
        if party is not None:
            requesting.ask(party=party, folder=folder, wanted=form.wanted(), by=visitors.actor())
            flash(_("« %(what)s » est demandé à %(who)s.", what=form.label.data, who=party.name), "success")
            return go(url_for("backoffice.requests", family=family.key, party=party.id))
        if "confirmed" not in request.form:
            return _counted(family, folder, form)
        batch = requesting.ask_many(
            family=family, folder=folder, search=form.search.data or "", wanted=form.wanted(), by=visitors.actor()
        )
    except Refused as refusal:
        db.session.rollback()
        return _form(db.session.merge(family), _party(), form, status=422, sentence=blame(form, refusal))
    return go(url_for("backoffice.requests_batch", batch_id=batch.id))


@backoffice.get("/requests/batches/<uuid:batch_id>")
@requires(Permission.DOCUMENTS_FILE)
def requests_batch(batch_id: uuid.UUID) -> Response:
    """How far a bulk request is, and its undoing."""
    batch, family = _batch(batch_id)
    return page("backoffice/requests/batch.html", blocks=("progress",), batch=batch, family=family)


@backoffice.post("/requests/batches/<uuid:batch_id>/undo")
@requires(Permission.DOCUMENTS_FILE)
def requests_undo(batch_id: uuid.UUID) -> Response:
    """Take back what nobody has answered yet."""
    batch, _family = _batch(batch_id)
    count = requesting.undo_batch(batch=batch, by=visitors.actor())
    flash(ngettext("%(num)s demande est retirée.", "%(num)s demandes sont retirées.", count), "success")
    return go(url_for("backoffice.requests_batch", batch_id=batch.id))


@backoffice.post("/requests/<uuid:request_id>/cancel")
@requires(Permission.DOCUMENTS_FILE)
def requests_cancel(request_id: uuid.UUID) -> Response:
    """Nothing is expected any more."""
    found = finding.standing(scope=scope(Permission.DOCUMENTS_FILE), request_id=request_id) or abort(404)
    family = found.party.family
    requesting.cancel(request=found, by=visitors.actor())
    flash(_("La demande « %(what)s » est retirée.", what=found.label), "success")
    return go(url_for("backoffice.requests", family=family.key))


def _counted(family: Family, folder: Folder, form: RequestForm) -> Response:
    """How many would be asked, before anybody is."""
    wanted = requesting.checked(form.wanted())
    asked, known = requesting.count(family=family, folder=folder, search=form.search.data or "", label=wanted.label)
    return page("backoffice/requests/confirm.html", family=family, folder=folder, form=form, asked=asked, known=known)


def _form(family: Family, party: Party | None, form: RequestForm, **more: Any) -> Response:
    form.folder.choices = _choices(family)
    status = more.pop("status", 200)
    return page(
        "backoffice/requests/new.html", status=status, family=family, party=party, form=form, **{"sentence": "", **more}
    )


def _party() -> Party | None:
    party_id = request.args.get("party", type=uuid.UUID)
    return party_for(party_id, Permission.DOCUMENTS_FILE, Permission.DOCUMENTS_SEE) if party_id else None


def _choices(family: Family) -> list[tuple[str, str]]:
    folders = finding.depositable(family=family, scope=scope(Permission.DOCUMENTS_FILE))
    return [(str(each.id), each.label) for each in folders]


def _folder(written: str, family: Family) -> Folder:
    folder = db.session.get(Folder, uuid.UUID(written))
    if folder is None or folder.family_id != family.id or not scope(Permission.DOCUMENTS_FILE).reaches(folder):
        abort(404)
    return folder


def _batch(batch_id: uuid.UUID) -> tuple[RequestBatch, Family]:
    batch = db.session.get(RequestBatch, batch_id)
    if batch is None or not scope(Permission.DOCUMENTS_FILE).reaches(batch.folder):
        abort(404)
    return batch, db.session.get_one(Family, batch.family_id)
