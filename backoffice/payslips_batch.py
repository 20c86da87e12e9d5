"""One batch of payslips: every page and what became of it, then its distribution, now or at a date."""

import uuid
from datetime import datetime

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice import backoffice
from backoffice._payslip_words import SHOWN, month_words, state_words, the_batch, verdict_words
from backoffice.reach import scope
from shared.documents import recognising
from shared.documents.models import Folder
from shared.errors import Refused, Stale
from shared.events.actors import names_of
from shared.extensions import db
from shared.intake import payslip_batching, payslip_letters, payslip_publishing
from shared.intake import payslip_finding as finding
from shared.intake.payslip_counting import counts_of
from shared.intake.payslip_models import BatchState, PayslipBatch
from shared.records.typed import on_the_clock
from shared.settings.reading import is_automatic
from shared.web import visitors
from shared.web.page import go, page
from shared.web.permissions import Permission, requires

BUSY = (BatchState.READING, BatchState.PUBLISHING)


@backoffice.get("/payslips/<uuid:batch_id>")
@requires(Permission.PAYSLIPS)
def payslips_batch(batch_id: uuid.UUID) -> Response:
    """How far it is, then all its pages."""
    return _page(*the_batch(batch_id))


@backoffice.post("/payslips/<uuid:batch_id>/publish")
@requires(Permission.PAYSLIPS)
def payslips_publish(batch_id: uuid.UUID) -> Response:
    """« Distribuer », now or at a date."""
    batch, _folder = the_batch(batch_id)
    try:
        at = _moment() if request.form.get("when") == "later" else None
        count = payslip_publishing.ask_publish(batch=batch, by=visitors.actor(), at=at)
    except Refused as refusal:
        return _refused(batch_id, refusal)
    flash(_told(count, at), "success")
    return _back(batch)


@backoffice.post("/payslips/<uuid:batch_id>/unplan")
@requires(Permission.PAYSLIPS)
def payslips_unplan(batch_id: uuid.UUID) -> Response:
    """The planned distribution does not take place."""
    batch, _folder = the_batch(batch_id)
    try:
        payslip_publishing.cancel_plan(batch=batch, by=visitors.actor())
    except Refused as refusal:
        return _refused(batch_id, refusal)
    flash(_("La distribution prévue est annulée. Rien n’est parti."), "success")
    return _back(batch)


@backoffice.post("/payslips/<uuid:batch_id>/again")
@requires(Permission.PAYSLIPS)
def payslips_again(batch_id: uuid.UUID) -> Response:
    """Read it again, with the rules and employees of now."""
    batch, _folder = the_batch(batch_id)
    try:
        payslip_batching.read_again(batch=batch, by=visitors.actor())
    except Refused as refusal:
        return _refused(batch_id, refusal)
    return _back(batch)


@backoffice.post("/payslips/<uuid:batch_id>/drop")
@requires(Permission.PAYSLIPS)
def payslips_give_up(batch_id: uuid.UUID) -> Response:
    """Give it up: nothing of it was distributed."""
    batch, _folder = the_batch(batch_id)
    try:
        payslip_batching.drop(batch=batch, by=visitors.actor())
    except Refused as refusal:
        return _refused(batch_id, refusal)
    flash(_("Le lot est abandonné : rien n’en a été distribué, et ses fichiers seront effacés."), "success")
    return go(url_for("backoffice.payslips"))


@backoffice.post("/payslips/<uuid:batch_id>/letters")
@requires(Permission.ACCESS_SECRET)
def payslips_letters(batch_id: uuid.UUID) -> Response:
    """The letters of those whom no message can reach, in one PDF."""
    batch, _folder = the_batch(batch_id)
    try:
        action = payslip_letters.ask_letters(batch=batch, by=visitors.actor())
    except Refused as refusal:
        return _refused(batch_id, refusal)
    return go(url_for("backoffice.access_bulk", action_id=action.id))


def _page(batch: PayslipBatch, folder: Folder, refusal: Refused | None = None) -> Response:
    counts = counts_of(batch, folder.slot)
    show = request.args.get("show", "")
    if show not in SHOWN:
        show = "held" if counts.held else "all"
    rows, after = finding.pages_of(batch, show, request.args.get("after", 0, type=int))
    sample = finding.sample_page(batch) if counts.pages.get("unknown") or counts.pages.get("doubtful") else None
    return page(
        "backoffice/payslips/batch.html",
        blocks=("results",),
        status=_status(refusal),
        batch=batch,
        folder=folder,
        files=finding.files_of(batch),
        counts=counts,
        show=show,
        rows=rows,
        after=after,
        refusal=refusal,
        busy=batch.state in BUSY,
        state=state_words()[batch.state.value],
        verdicts=verdict_words(),
        month_words=month_words,
        sample=sample,
        next_id=counts.next_id,
        who=names_of([batch.by]).get(batch.by, ""),
        automatic=is_automatic(),
        may_print=scope(Permission.ACCESS_SECRET).reaches_family(folder.family_id),
        recognises=recognising.is_installed(),
        packages=recognising.PACKAGES,
    )


def _told(count: int, at: datetime | None) -> str:
    now_ = ngettext(
        "%(num)s bulletin est en cours de distribution.", "%(num)s bulletins sont en cours de distribution.", count
    )
    later = ngettext(
        "%(num)s bulletin sera distribué au moment choisi.",
        "%(num)s bulletins seront distribués au moment choisi.",
        count,
    )
    return str(now_ if at is None else later)


def _refused(batch_id: uuid.UUID, refusal: Refused) -> Response:
    db.session.rollback()
    return _page(*the_batch(batch_id), refusal)


def _status(refusal: Refused | None) -> int:
    if refusal is None:
        return 200
    return 409 if isinstance(refusal, Stale) else 422


def _back(batch: PayslipBatch) -> Response:
    return go(url_for("backoffice.payslips_batch", batch_id=batch.id))


def _moment() -> datetime:
    try:
        wall = datetime.fromisoformat(request.form.get("at", ""))
    except ValueError:
        raise Refused(_("Choisissez le jour et l’heure."), "at") from None
    return on_the_clock(wall.replace(tzinfo=None), "at")
