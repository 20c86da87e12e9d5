"""« Données et droits »: what a person may ask for: everything held on them, objection to payslips, erasure."""

import uuid
from datetime import date

from flask import Response, abort, current_app, flash, request, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.party_tabs import party_tabs
from backoffice.reach import party_for, scope
from backoffice.retention import pdf
from shared.clock import today
from shared.documents import zipping
from shared.documents.checking import report_damage
from shared.errors import Refused
from shared.events.actors import names_of
from shared.extensions import db
from shared.people import objecting, payslip_notice
from shared.people.dating import set_birth_date
from shared.people.models import Consent, Party
from shared.people.receipts import notice_letter, objection_receipt
from shared.retention import exporting
from shared.retention.holding import standing
from shared.transactions import transaction
from shared.web import visitors
from shared.web.archives import zip_answer
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.get("/parties/<uuid:party_id>/data")
@requires(Permission.PARTIES_SEE)
def party_data(party_id: uuid.UUID) -> Response:
    """What stands, and what may be done."""
    return _page(party_for(party_id, Permission.PARTIES_SEE))


@backoffice.post("/parties/<uuid:party_id>/data/notice")
@requires(Permission.PARTIES_EDIT)
def party_notice(party_id: uuid.UUID) -> Response:
    """Tell this employee of the electronic payslip; at hiring, the first one may follow at once."""
    party = party_for(party_id, Permission.PARTIES_EDIT)
    at_hiring = request.form.get("at_hiring") == "1"
    try:
        first = _day("first_issue_on") or today()
        payslip_notice.give_notice(parties=[party], by=visitors.actor(), first_issue_on=first, at_hiring=at_hiring)
    except Refused as refusal:
        return _refused(party_id, refusal)
    flash(_("Le salarié est informé, avec date certaine."), "success")
    return go(_url(party_id))


@backoffice.get("/parties/<uuid:party_id>/data/notice.pdf")
@requires(Permission.PARTIES_SEE)
def party_notice_letter(party_id: uuid.UUID) -> Response:
    """The same as a letter, for whoever has no address."""
    party = party_for(party_id, Permission.PARTIES_SEE)
    notice = payslip_notice.notice_of(party) or abort(404)
    return pdf(notice_letter(party, notice), "information-bulletin-electronique.pdf")


@backoffice.post("/parties/<uuid:party_id>/data/objection")
@requires(Permission.PARTIES_EDIT)
def party_object(party_id: uuid.UUID) -> Response:
    """The employee objects, or no longer does (`undo=1`); staff write how they said so."""
    party = party_for(party_id, Permission.PARTIES_EDIT)
    proof = request.form.get("proof", "")
    try:
        if not proof.strip():
            raise Refused(_("Écrivez la preuve : courrier du…, entretien du… Rien n’a été enregistré."))
        if request.form.get("undo"):
            objecting.withdraw_objection(party=party, by=visitors.actor(), proof=proof)
        else:
            objecting.object_to_payslips(party=party, by=visitors.actor(), proof=proof)
    except Refused as refusal:
        return _refused(party_id, refusal)
    flash(_("C’est enregistré, avec la date et la preuve. Le reçu peut être remis au salarié."), "success")
    return go(_url(party_id))


@backoffice.get("/parties/<uuid:party_id>/data/objection.pdf")
@requires(Permission.PARTIES_SEE)
def party_objection_receipt(party_id: uuid.UUID) -> Response:
    """The dated receipt of the latest objection."""
    party = party_for(party_id, Permission.PARTIES_SEE)
    objection: Consent = objecting.last_objection(party) or abort(404)
    return pdf(objection_receipt(party, objection), "recu-d-opposition.pdf")


@backoffice.post("/parties/<uuid:party_id>/data/birth")
@requires(Permission.PARTIES_EDIT)
def party_birth(party_id: uuid.UUID) -> Response:
    """The birth date, which only says until when payslips are kept."""
    party = party_for(party_id, Permission.PARTIES_EDIT)
    try:
        set_birth_date(party=party, day=_day("birth_date"), by=visitors.actor())
    except Refused as refusal:
        return _refused(party_id, refusal)
    flash(_("La date de naissance est enregistrée."), "success")
    return go(_url(party_id))


@backoffice.post("/parties/<uuid:party_id>/data/export")
@requires(Permission.RETENTION_ACT)
def party_data_export(party_id: uuid.UUID) -> Response:
    """Everything held on this person in one file, made while it is sent."""
    party = party_for(party_id, Permission.RETENTION_ACT)
    app, by = current_app._get_current_object(), visitors.actor()  # type: ignore[attr-defined]

    def on_damage(item: zipping.Item) -> None:
        with app.app_context(), transaction():
            report_damage(sha256=item.sha256, by=by, document_id=item.id, party_id=item.party_id)

    try:
        only = "payslip" if request.form.get("only") == "payslip" else ""
        zipped = exporting.export_party(
            party=party, scope=scope(Permission.DOCUMENTS_SEE), by=by, on_damage=on_damage, document_class=only
        )
    except Refused as refusal:
        return _refused(party_id, refusal)
    return zip_answer(zipped, f"{party.code}-{today():%Y-%m-%d}.zip")


def _refused(party_id: uuid.UUID, refusal: Refused) -> Response:
    db.session.rollback()
    return _page(party_for(party_id, Permission.PARTIES_SEE), status=422, sentence=_(refusal.sentence))


def _day(name: str) -> date | None:
    written = request.form.get(name, "")
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise Refused(_("Cette date ne se lit pas : écrivez-la comme 31/12/2027.")) from None


def _url(party_id: uuid.UUID) -> str:
    return url_for("backoffice.party_data", party_id=party_id)


def _page(party: Party, status: int = 200, sentence: str = "") -> Response:
    employee = party.family.of_people
    notice, earliest = payslip_notice.stands(party) if employee else (None, None)
    last = objecting.last_objection(party) if employee else None
    objection = last if last is not None and last.superseded_at is None else None
    acts = scope(Permission.RETENTION_ACT)
    held = standing(party=party)
    actors = {each.by for each in (notice, objection) if each} | ({held.placed_by} if held else set())
    return page(
        "backoffice/parties/data.html",
        status=status,
        party=party,
        tabs=party_tabs(party),
        sentence=sentence,
        employee=employee,
        notice=notice,
        earliest=earliest,
        objection=objection,
        effective_on=objecting.effective_on(objection) if objection else None,
        last_objection=last,
        held=held,
        names=names_of(actors),
        may_edit=scope(Permission.PARTIES_EDIT).reaches_family(party.family_id),
        may_act=acts.reaches_family(party.family_id),
        today=today(),
    )
