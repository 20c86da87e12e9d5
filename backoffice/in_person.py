"""« Signer sur place »: the clerk says how they know who signs, hands the tablet over, takes it back by password."""

import uuid

from flask import Response, abort, session, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from backoffice import backoffice
from backoffice.countersigning import AROUND
from backoffice.in_person_forms import BeginForm, LeaveForm
from backoffice.reach import scope
from shared.access import staff_signing_in
from shared.access.throttling import TooMany
from shared.errors import Refused
from shared.extensions import db
from shared.signatures.accepting import Who
from shared.signatures.finding import request_in
from shared.signatures.models import Signer
from shared.transactions import transaction
from shared.web import refusals, visitors
from shared.web.blame import blame
from shared.web.counter_lock import AT_COUNTER, at_counter, lock, unlock
from shared.web.page import go, page
from shared.web.permissions import Permission, requires
from shared.web.signing_desk import Desk, is_open
from shared.web.signing_routes import Counter, open_counter


def present_signer(signer_id: uuid.UUID) -> Signer:
    """The contact to whom the tablet was handed; any other is unknown while it is locked."""
    if session.get(AT_COUNTER, {}).get("signer") != str(signer_id):
        abort(404)
    return _signer(signer_id)


def present_desk() -> Desk:
    """The pages of signing on the tablet: the witness is whoever handed it over."""
    who = Who(
        by=visitors.actor(),
        witness=visitors.staff(),
        established_by=session.get(AT_COUNTER, {}).get("known_by", ""),
        ip=visitors.client_ip(),
        user_agent=visitors.user_agent(),
    )
    leave = url_for("backoffice.in_person_leave")
    prefix = leave.removesuffix("/leave")
    return Desk(
        layout="layouts/counter.html", prefix=prefix, who=who, leave=leave, is_locked=True, channels=("sms", "email")
    )


open_counter(
    Counter(backoffice, "/in-person", "in_person", Permission.SIGNATURES_ASK, present_signer, present_desk, at_counter)
)


@backoffice.get("/in-person/<uuid:signer_id>/begin")
@requires(Permission.SIGNATURES_ASK)
def in_person_begin(signer_id: uuid.UUID) -> Response:
    """How the clerk knows who is there."""
    return _begin_page(_signer(signer_id), BeginForm())


@backoffice.post("/in-person/<uuid:signer_id>/begin")
@requires(Permission.SIGNATURES_ASK)
def in_person_begin_now(signer_id: uuid.UUID) -> Response:
    """Lock the tablet on this signature, and hand it over."""
    signer, form = _signer(signer_id), BeginForm()
    try:
        if not form.validate_on_submit():
            raise Refused("")
        if not form.known_by.data.strip():
            raise Refused(_("Dites comment vous avez vérifié l’identité : c’est écrit dans la preuve."), "known_by")
        if not is_open(signer):
            raise Refused(_("Cette signature n’est pas demandée en ce moment : rien n’a été ouvert."))
    except Refused as refused:
        return _begin_page(signer, form, 422, blame(form, refused))
    lock(signer=signer.id, known_by=form.known_by.data)
    return go(url_for("backoffice.in_person", signer_id=signer.id))


@backoffice.get("/in-person/leave")
@requires(Permission.SIGNATURES_ASK)
@at_counter
def in_person_leave() -> Response:
    """The clerk’s password takes the tablet back."""
    return _leave_page(LeaveForm())


@backoffice.post("/in-person/leave")
@requires(Permission.SIGNATURES_ASK)
@at_counter
def in_person_leave_now() -> Response:
    """One try, counted like those of the login."""
    form, staff = LeaveForm(), visitors.staff()
    if not form.validate_on_submit():
        return _leave_page(form, 422)
    try:
        with transaction():
            asked = staff_signing_in.ask_staff(
                email=staff.email, address=visitors.client_ip(), device=None, known=frozenset()
            )
    except TooMany as refused:
        return _leave_page(form, 429, refused.sentence)
    if staff_signing_in.answer_staff(asked=asked, password=form.password.data) is None:
        refusals.refused("staff.login_refused", stage="in_person")
        return _leave_page(form, 422, _("Ce n’est pas votre mot de passe : la tablette reste sur cette signature."))
    unlock()
    return go(url_for("backoffice.home"))


def _signer(signer_id: uuid.UUID) -> Signer:
    """A contact asked to sign a document in reach of the clerk."""
    query = select(Signer).where(Signer.id == signer_id, Signer.contact_id.is_not(None)).options(*AROUND)
    found = db.session.scalars(query).one_or_none()
    reach = scope(Permission.SIGNATURES_ASK)
    if found is None or request_in(scope=reach, request_id=found.request_id) is None:
        refusals.refused("staff.denied", permission=Permission.SIGNATURES_ASK.value)
        abort(404)
    return found


def _begin_page(signer: Signer, form: BeginForm, status: int = 200, sentence: str = "") -> Response:
    return page("backoffice/in_person/begin.html", status=status, signer=signer, form=form, sentence=sentence)


def _leave_page(form: LeaveForm, status: int = 200, sentence: str = "") -> Response:
    kept = session.get(AT_COUNTER, {}).get("signer", "")
    back = url_for("backoffice.in_person", signer_id=uuid.UUID(kept)) if kept else url_for("backoffice.home")
    return page("backoffice/in_person/leave.html", status=status, form=form, sentence=sentence, back=back)
