"""« Mes données »: everything held on the person in one file, and the electronic payslip: objection, receipt."""

from flask import Response, abort, current_app, flash, make_response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.validators import InputRequired, Length

from portal import portal
from portal.account_forms import LONGEST
from shared.access import proving
from shared.access.throttling import TooMany
from shared.clock import today
from shared.documents import zipping
from shared.documents.checking import report_damage
from shared.documents.reading import Reader
from shared.errors import Refused
from shared.extensions import db
from shared.people import closing, objecting, payslip_notice
from shared.people.models import Party
from shared.people.receipts import objection_receipt
from shared.retention.exporting import export_own, is_person
from shared.settings.reading import setting
from shared.transactions import transaction
from shared.web import known_devices, refusals, visitors
from shared.web.archives import zip_answer
from shared.web.blame import blame
from shared.web.delivery import attachment
from shared.web.page import go, page
from shared.web.permissions import Permission, requires
from shared.web.sessions import PORTAL


class TakeAwayForm(FlaskForm):
    """The password is asked again: what follows is everything."""

    password = PasswordField(
        lazy_gettext("Votre mot de passe"),
        [InputRequired(lazy_gettext("Écrivez votre mot de passe.")), Length(max=LONGEST)],
    )


@portal.get("/my-data")
@requires(Permission.PORTAL_ACCOUNT)
def my_data() -> Response:
    """What is held, what may be taken away, what may be refused."""
    return _page(TakeAwayForm())


@portal.post("/my-data/export")
@requires(Permission.PORTAL_ACCOUNT)
def my_data_export() -> Response:
    """One file with everything, once the password has been typed again."""
    form, seat, by = TakeAwayForm(), visitors.seat(), visitors.actor()
    if not form.validate_on_submit():
        return _page(form, status=422)
    device, _known = known_devices.known(PORTAL)
    try:
        with transaction():
            ticket = proving.ask_proof(account=seat.account, address=visitors.client_ip(), device=device)
        proving.prove(account=seat.account, password=form.password.data, ticket=ticket)
    except TooMany as refusal:
        return _page(form, status=429, sentence=refusal.sentence)
    except Refused as refusal:
        refusals.refused("account.login_refused", account_id=seat.account_id)
        return _page(form, status=422, sentence=blame(form, refusal))
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def on_damage(item: zipping.Item) -> None:
        with app.app_context(), transaction():
            report_damage(sha256=item.sha256, by=by, document_id=item.id, party_id=item.party_id)

    reader = Reader(by=by, seat=seat, ip=visitors.client_ip(), agent=visitors.user_agent())
    zipped = export_own(reader=reader, on_damage=on_damage)
    return zip_answer(zipped, f"{_('mes-donnees')}-{today():%Y-%m-%d}.zip")


@portal.post("/my-data/objection")
@requires(Permission.PORTAL_ACCOUNT)
def my_objection() -> Response:
    """One click: no more electronic payslips, or (`undo=1`) electronic ones again."""
    party, by = _employee(), visitors.actor()
    try:
        if request.form.get("undo"):
            objecting.withdraw_objection(party=party, by=by)
            flash(_("Vos prochains bulletins seront de nouveau dans cet espace."), "success")
        else:
            objecting.object_to_payslips(party=party, by=by)
            flash(_("Votre opposition est enregistrée. Le reçu daté est ci-dessous, et un message part."), "success")
    except Refused as refusal:
        db.session.rollback()
        flash(refusal.sentence, "error")
    return go(url_for("portal.my_data"))


@portal.get("/my-data/objection.pdf")
@requires(Permission.PORTAL_ACCOUNT)
def my_objection_receipt() -> Response:
    """The dated receipt."""
    party = _employee()
    objection = objecting.last_objection(party)
    if objection is None:
        abort(404)
    answer = make_response(objection_receipt(party, objection))
    answer.mimetype = "application/pdf"
    answer.headers["Content-Disposition"] = attachment("recu-d-opposition.pdf")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _employee() -> Party:
    party = visitors.seat().party
    if not party.family.of_people:
        abort(404)
    return party


def _page(form: TakeAwayForm, status: int = 200, sentence: str = "") -> Response:
    seat = visitors.seat()
    party, employee = seat.party, seat.party.family.of_people
    last = objecting.last_objection(party) if employee else None
    objection = last if last is not None and last.superseded_at is None else None
    return page(
        "portal/account/my_data.html",
        status=status,
        form=form,
        sentence=sentence,
        party=party,
        employee=employee,
        whole=is_person(party),
        notice=payslip_notice.notice_of(party) if employee else None,
        objection=objection,
        effective_on=objecting.effective_on(objection) if objection else None,
        last_objection=last,
        closing=closing.current() if setting("closing_on") else None,
        days_left=closing.days_left,
    )
