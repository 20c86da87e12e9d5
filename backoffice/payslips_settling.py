"""A payslip that was held, side by side with its page: staff say whose it is, or that it is not to be distributed."""

import uuid

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice._payslip_words import month_words, the_batch, typed_month, verdict_words
from backoffice._reaching import storage_away
from shared.documents import previewing
from shared.documents.models import Folder, StoredObject
from shared.documents.refusals import FileRefused
from shared.documents.storage import StorageError
from shared.errors import Refused, Stale
from shared.extensions import db
from shared.intake import payslip_finding as finding
from shared.intake import payslip_settling as settling
from shared.intake.payslip_cutting import NEVER
from shared.intake.payslip_finding import Sheet
from shared.intake.payslip_models import PayslipBatch
from shared.intake.payslip_sources import on_disk
from shared.web import visitors
from shared.web.errors import explain
from shared.web.page import go, page
from shared.web.permissions import Permission, requires

WIDTHS = (900, 640)  # pixels: read beside its facts, pointed at


@backoffice.get("/payslips/<uuid:batch_id>/slips/<uuid:slip_id>")
@requires(Permission.PAYSLIPS)
def payslips_slip(batch_id: uuid.UUID, slip_id: uuid.UUID) -> Response:
    """Its pages, why it is held, and the employees who may be meant."""
    batch, folder = the_batch(batch_id)
    return _page(folder, _sheet(batch, slip_id))


@backoffice.post("/payslips/<uuid:batch_id>/slips/<uuid:slip_id>")
@requires(Permission.PAYSLIPS)
def payslips_settle(batch_id: uuid.UUID, slip_id: uuid.UUID) -> Response:
    """`action`: send, discard, undo or join; then the next one that is held."""
    batch, folder = the_batch(batch_id)
    sheet = _sheet(batch, slip_id)
    try:
        _act(sheet, folder)
    except StorageError:
        return storage_away()
    except Refused as refusal:
        db.session.rollback()
        batch, folder = the_batch(batch_id)
        return _page(folder, _sheet(batch, slip_id), refusal)
    following = finding.next_held(batch, sheet.slip.position) if request.form.get("action") != "undo" else slip_id
    if following is None:
        flash(_("Tout est traité : il ne reste qu’à distribuer."), "success")
        return go(url_for("backoffice.payslips_batch", batch_id=batch_id))
    return go(url_for("backoffice.payslips_slip", batch_id=batch_id, slip_id=following))


@backoffice.get("/payslips/<uuid:batch_id>/pages/<uuid:page_id>")
@requires(Permission.PAYSLIPS)
def payslips_picture(batch_id: uuid.UUID, page_id: uuid.UUID) -> Response:
    """One page as an image, drawn again each time: no picture of a payslip is kept."""
    batch, _folder = the_batch(batch_id)
    found = finding.page_in(batch, page_id)
    width = request.args.get("width", WIDTHS[0], type=int)
    if found is None or found[1].sha256 is None or width not in WIDTHS:
        abort(404)
    stored = db.session.get_one(StoredObject, found[1].sha256)
    try:
        with on_disk(stored.sha256, stored.size) as source:
            picture = previewing.render_page(source, found[0].number - 1, width)
    except (StorageError, FileRefused):
        return explain(503)
    answer = Response(picture.data, content_type=picture.mime)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _act(sheet: Sheet, folder: Folder) -> None:
    by, slip = visitors.actor(), sheet.slip
    match request.form.get("action"):
        case "send":
            wanted = request.form.get("party_id", type=uuid.UUID)
            party = finding.employee(folder.family_id, wanted) if wanted else None
            if party is None:
                raise Refused(_("Choisissez le salarié."), "party_id")
            settling.send(slip=slip, party=party, period=typed_month(), by=by)
            flash(_("Page %(page)s : à distribuer à %(name)s.", page=slip.position, name=party.name), "success")
        case "discard":
            settling.discard(slip=slip, by=by)
            flash(_("Page %(page)s : elle ne sera pas distribuée.", page=slip.position), "success")
        case "undo":
            settling.take_back(slip=slip, by=by)
        case "join":
            before = settling.join(slip=slip, by=by)
            flash(_("Rattachée au bulletin de la page %(page)s.", page=before.position), "success")
        case _:
            abort(400)


def _page(folder: Folder, sheet: Sheet, refusal: Refused | None = None) -> Response:
    slip = sheet.slip
    q = request.args.get("q", "")
    found = list(finding.employees(folder.family_id, q)) if q else list(_proposed(folder, sheet))
    return page(
        "backoffice/payslips/slip.html",
        blocks=("results",),
        status=(409 if isinstance(refusal, Stale) else 422) if refusal else 200,
        batch=sheet.batch,
        folder=folder,
        sheet=sheet,
        slip=slip,
        q=q,
        found=found,
        refusal=refusal,
        verdict=verdict_words()[slip.verdict.value],
        month_words=month_words,
        month=f"{slip.period or sheet.batch.month:%Y-%m}",
        may_send=slip.verdict not in NEVER and slip.sha256 is not None,
        width=WIDTHS[0],
    )


def _proposed(folder: Folder, sheet: Sheet) -> list[object]:
    """Whom the page may mean: by what was read on it."""
    found = {each.id: each for each in ([sheet.party] if sheet.party else [])}
    for each in finding.employees(folder.family_id, sheet.slip.matricule, sheet.slip.name):
        found.setdefault(each.id, each)
    return list(found.values())


def _sheet(batch: PayslipBatch, slip_id: uuid.UUID) -> Sheet:
    return finding.sheet_of(batch, slip_id) or abort(404)
