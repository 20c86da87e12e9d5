"""Reading what one is asked to sign: the page, its images, its file, and the marks that a person leaves."""

from flask import Response, abort, request
from flask_babel import gettext as _

from shared.documents import previews
from shared.documents.models import StoredObject
from shared.documents.refusals import FileRefused
from shared.documents.storage import Altered, Missing, Unavailable
from shared.events.recording import record
from shared.extensions import db
from shared.signatures import reading
from shared.signatures.models import Signer
from shared.signatures.standing import Standing, signed_so_far, standing
from shared.signatures.withdrawing import last_day, may_withdraw, withdrawal_of
from shared.web.delivery import hand_over, is_first_part
from shared.web.errors import EXPLANATIONS, explain
from shared.web.page import go, page
from shared.web.signing_desk import Desk, around, damage, is_open, sheet_of

SEALED = (Standing.AWAITING_OTHERS, Standing.PROVING, Standing.COMPLETED)


def show(signer: Signer, desk: Desk, *, status: int = 200, sentence: str = "", number: int = 0) -> Response:
    """The document to read while it waits for this signer, else what became of the request."""
    version = signer.request.prepared_version
    if not is_open(signer) or version is None:
        return done(signer, desk, status=status, sentence=sentence)
    wanted = number or request.args.get("page", 1, type=int)
    shown = min(max(wanted, 1), version.pages or 1)
    return page(
        "signing/read.html",
        blocks=("reader",),
        status=status,
        **around(desk, [signer]),
        signer=signer,
        sentence=sentence,
        number=shown,
        is_zoomed=request.args.get("zoom") == "1",
        preview=previews.glance(sheet=sheet_of(version), page=shown),
        widths=previews.WIDTHS,
    )


def done(signer: Signer, desk: Desk, *, status: int = 200, sentence: str = "") -> Response:
    """What became of it: the seal that arrives, the files, or why nothing is to be signed."""
    return page(
        "signing/done.html",
        blocks=("progress",),
        status=status,
        **around(desk, [signer]),
        signer=signer,
        sentence=sentence,
        standing=standing(signer).value,
        signed=signed_so_far(signer),
        withdrawn=withdrawal_of(signer.request_id),
        withdraw_until=last_day(signer.request) if may_withdraw(signer) else None,
    )


def mark_opened(signer: Signer, desk: Desk) -> Response:
    """The page says, once it stands before a person, that it was opened."""
    reading.opened(signer=signer, by=desk.who.by, ip=desk.who.ip, user_agent=desk.who.user_agent)
    return Response(status=204)


def mark_read(signer: Signer, desk: Desk) -> Response:
    """The last page is shown, or the person says by the button that they have read to the end, and goes on to sign."""
    reading.read_to_the_end(
        signer=signer,
        shown_sha256=request.form.get("sha256", ""),
        by=desk.who.by,
        ip=desk.who.ip,
        user_agent=desk.who.user_agent,
    )
    return go(f"{desk.at(signer)}/sign") if "go" in request.form else Response(status=204)


def page_image(signer: Signer, desk: Desk, number: int) -> Response:
    """One page of the prepared document, made at the first look and kept by no browser."""
    version = signer.request.prepared_version
    if version is None:
        abort(404)
    try:
        width = request.args.get("width", 0, type=int)
        image = previews.page_image(sheet=sheet_of(version), page=number, width=width)
    except (Missing, Altered):
        return damage(signer, version, desk)
    except (Unavailable, FileRefused):
        return explain(503, EXPLANATIONS[503])
    if image is None:
        abort(404)
    answer = Response(image, content_type=previews.MIME)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def file(signer: Signer, desk: Desk) -> Response:
    """The bytes to be signed; once this signer's own seal is among them, those that carry the seals so far."""
    ours, stands = signer.request, standing(signer)
    version = ours.latest_version if stands in SEALED else ours.prepared_version
    if version is None or stands is Standing.TAKEN_BACK:
        abort(404)
    try:
        return hand_over(
            sha256=version.sha256,
            size=version.size,
            mime=version.mime,
            filename=version.filename,
            version_id=version.id,
        )
    except (Missing, Altered):
        return damage(signer, version, desk)
    except Unavailable:
        return explain(503, EXPLANATIONS[503])


def proof(signer: Signer, desk: Desk) -> Response:
    """The proof of a request that has ended, as a sealed PDF."""
    ours = signer.request
    kept = db.session.get(StoredObject, ours.proof_pdf_sha256) if ours.proof_pdf_sha256 else None
    if kept is None or ours.proved_at is None or standing(signer) is Standing.TAKEN_BACK:
        abort(404)
    name = f"{_('Preuve de signature')} - {ours.document.title}.pdf"
    try:
        answer = hand_over(sha256=kept.sha256, size=kept.size, mime=kept.mime, filename=name, version_id=ours.id)
    except (Missing, Altered, Unavailable):
        return explain(503, EXPLANATIONS[503])
    if is_first_part():
        facts = {"request": str(ours.id)}
        about = {"party_id": ours.party_id, "document_id": ours.document_id}
        record("signature.proof_downloaded", by=desk.who.by, **about, facts=facts)
    return answer
