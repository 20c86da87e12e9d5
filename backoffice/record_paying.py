"""What comes in for a record: a payment of an invoice, the goods that an order waits for."""

import uuid
from decimal import Decimal
from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice import backoffice
from backoffice.record_form import written
from backoffice.record_reach import record_for
from backoffice.record_words import title_of
from shared.clock import today
from shared.errors import Refused
from shared.extensions import db
from shared.records import allocating, paying
from shared.records import typed as reading
from shared.records.declaring import Kind
from shared.records.holding import hold
from shared.records.models import Record
from shared.records.sharing import OWING
from shared.web import visitors
from shared.web.filters import money
from shared.web.form_key import form_key
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


@backoffice.route("/record/<uuid:record_id>/pay", methods=["GET", "POST"])
@requires(Permission.RECORDS_EDIT)
def record_pay(record_id: uuid.UUID) -> Response:
    """« Saisir un paiement »: a record of its own, confirmed at once, taken off this invoice."""
    record, kind = record_for(record_id, Permission.RECORDS_EDIT)
    if not kind.has_balance:
        abort(404)
    if request.method == "GET":
        typed = {"amount": written(record.balance), "day": today().isoformat(), "number": "", "memo": ""}
        return _pay_page(record, kind, typed)
    typed = {name: request.form.get(name, "").strip() for name in ("amount", "day", "number", "memo")}
    try:
        payment = _paid(record, typed)
    except Refused as refusal:
        db.session.rollback()
        record, kind = record_for(record_id, Permission.RECORDS_EDIT)
        return _pay_page(record, kind, typed, refusal)
    flash(_("Paiement de %(amount)s enregistré.", amount=money(payment.amount, payment.currency)), "success")
    return go(url_for("backoffice.record", record_id=record_id))


@backoffice.route("/record/<uuid:record_id>/goods", methods=["GET", "POST"])
@requires(Permission.RECORDS_EDIT)
def record_goods(record_id: uuid.UUID) -> Response:
    """« Articles reçus »: they go to the orders that wait for them, the oldest first, which may not be this one."""
    record, kind = record_for(record_id, Permission.RECORDS_EDIT)
    if kind.key != "order":
        abort(404)
    waiting = allocating.waits_for(record)
    if request.method == "GET":
        return _goods_page(record, kind, {"reference": waiting[0].reference if waiting else "", "quantity": ""})
    typed = {name: request.form.get(name, "").strip() for name in ("reference", "quantity")}
    try:
        quantity = reading.amount(typed["quantity"], "quantity", places=3) or Decimal(0)
        by = visitors.actor()
        done = allocating.receive(reference=typed["reference"], quantity=quantity, by=by, entry=form_key())
    except Refused as refusal:
        db.session.rollback()
        record, kind = record_for(record_id, Permission.RECORDS_EDIT)
        return _goods_page(record, kind, typed, refusal)
    _tell(done)
    return go(url_for("backoffice.record", record_id=record_id))


def _paid(record: Record, typed: dict[str, str]) -> Record:
    amount = reading.amount(typed["amount"], "amount")
    if amount is None:
        raise Refused(_("Donnez le montant du paiement."), "amount")
    payment_id = uuid.UUID(form_key()) if form_key() else None
    hold(record)
    again = db.session.get(Record, payment_id) if payment_id else None
    if again is not None and again.parent_id == record.id:
        return again
    if record.status not in OWING or record.balance <= 0:
        raise Refused(_("Cette facture n’attend plus de paiement : voyez ce qui a été payé sur sa page."), "amount")
    return paying.pay(
        party=record.party,
        amount=amount,
        by=visitors.actor(),
        invoice=record,
        day=reading.day(typed["day"], "day"),
        number=typed["number"],
        memo=typed["memo"],
        record_id=None if again else payment_id,
    )


def _tell(done: allocating.Allocation) -> None:
    """How many orders were served and are ready, and what nobody waited for."""
    served, ready = len(done.orders), len(done.ready)
    if served:
        flash(ngettext("%(num)s commande servie.", "%(num)s commandes servies.", served), "success")
    if ready:
        flash(ngettext("%(num)s est complète : prête.", "%(num)s sont complètes : prêtes.", ready), "success")
    if done.left:
        left = written(done.left)
        flash(_("%(left)s en trop : aucune commande ne les attend, ils restent en stock.", left=left), "info")


def _pay_page(record: Record, kind: Kind, typed: dict[str, str], refusal: Refused | None = None) -> Response:
    fields = [
        ("amount", _("Montant reçu"), {"inputmode": "decimal", "autocomplete": "off"}),
        ("day", _("Date du paiement"), {"type": "date"}),
        ("number", _("Référence du paiement"), {"autocomplete": "off"}),
        ("memo", _("Mémo"), {}),
    ]
    title = _("Saisir un paiement de « %(what)s »", what=title_of(kind, record))
    told = _(
        "Reste dû : %(balance)s. Soldée, la facture devient « Payée ».", balance=money(record.balance, record.currency)
    )
    return _page(record, "pay", title, told, fields, typed, refusal)


def _goods_page(record: Record, kind: Kind, typed: dict[str, str], refusal: Refused | None = None) -> Response:
    fields = [
        ("reference", _("Référence de l’article"), {"autocomplete": "off"}),
        ("quantity", _("Quantité reçue"), {"inputmode": "decimal", "autocomplete": "off"}),
    ]
    title = _("Articles reçus pour « %(what)s »", what=title_of(kind, record))
    told = _(
        "Ils vont d’abord aux commandes les plus anciennes qui les attendent ; une commande complète devient prête."
    )
    return _page(record, "goods", title, told, fields, typed, refusal)


def _page(
    record: Record, action: str, title: str, told: str, fields: Any, typed: Any, refusal: Refused | None
) -> Response:
    return page(
        "backoffice/records/incoming.html",
        blocks=("dialog",),
        status=422 if refusal else 200,
        record=record,
        action=url_for(f"backoffice.record_{action}", record_id=record.id),
        title=title,
        told=told,
        fields=fields,
        typed=typed,
        refusal=refusal,
    )
