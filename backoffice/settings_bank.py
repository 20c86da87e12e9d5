"""« Banque »: the account on which customers pay, entered by one person and verified by a second one, or a factor."""

import uuid
from typing import Any

from flask import Response, abort, flash, url_for
from flask_babel import gettext as _

from backoffice import backoffice
from backoffice.second_factor_forms import CodeForm, KeyForm
from backoffice.second_factor_pending import keep_challenge, take_challenge
from backoffice.settings_bank_form import BankForm
from backoffice.settings_tabs import settings_page
from shared.access import passkeys, second_factor
from shared.access.throttling import Ticket, TooMany
from shared.errors import Refused
from shared.events.actors import names_of, staff_actor
from shared.extensions import db
from shared.people.models import Staff
from shared.records import banking
from shared.records.money_models import BankAccount
from shared.transactions import transaction
from shared.web import refusals, visitors
from shared.web.blame import blame
from shared.web.page import go
from shared.web.permissions import Permission, requires


@backoffice.get("/settings/bank")
@requires(Permission.BANK_VERIFY)
def settings_bank() -> Response:
    """The account that customers see, and the one that waits."""
    return _page()


@backoffice.post("/settings/bank")
@requires(Permission.BANK_VERIFY)
def settings_bank_enter() -> Response:
    """Keep another account, shown to nobody before it is verified."""
    form = BankForm()
    try:
        if not form.validate_on_submit():
            raise Refused("")
        values = {name: getattr(form, name).data or "" for name in ("holder", "iban", "bic")}
        banking.enter(**values, by=visitors.actor())
    except Refused as refused:
        db.session.rollback()
        return _page(422, form=form, sentence=blame(form, refused))
    flash(_("Le compte est enregistré. Aucun client ne le voit avant sa vérification."), "success")
    return _back()


@backoffice.post("/settings/bank/<uuid:account_id>/verify")
@requires(Permission.BANK_VERIFY)
def settings_bank_verify(account_id: uuid.UUID) -> Response:
    """Show it to customers: by somebody else than who entered it, or with a second factor proved just now."""
    account, staff = _account(account_id), visitors.staff()
    mine, code = account.entered_by == staff_actor(staff), CodeForm()
    try:
        if mine and not _is_proved(staff, code):
            refusals.refused("staff.login_refused", stage="bank_account")
            raise Refused(_("Ce second facteur ne convient pas : attendez le code suivant et réessayez."), "code")
        banking.verify(account=_account(account_id), by=visitors.actor(), second_factor=mine)
    except TooMany as refused:
        return _page(429, code=code, sentence=refused.sentence)
    except Refused as refused:
        db.session.rollback()
        return _page(422, code=code, sentence=blame(code, refused))
    flash(_("Le compte est vérifié : vos clients le voient sur leurs factures."), "success")
    return _back()


@backoffice.post("/settings/bank/<uuid:account_id>/retire")
@requires(Permission.BANK_VERIFY)
def settings_bank_retire(account_id: uuid.UUID) -> Response:
    """Show it to nobody any more."""
    banking.retire(account=_account(account_id), by=visitors.actor())
    flash(_("Le compte est retiré : aucune facture ne le montre plus."), "success")
    return _back()


def _is_proved(staff: Staff, form: CodeForm) -> bool:
    """A code, or the answer of a key; each try is counted before it is made."""
    ticket, answer = _ticket(staff), KeyForm().credential.data or ""
    if answer:
        return bool(passkeys.prove(staff=staff, ticket=ticket, answer=answer, challenge=take_challenge()))
    return second_factor.answer_code(staff=staff, ticket=ticket, typed=form.code.data or "") is not None


def _ticket(staff: Staff) -> Ticket:
    with transaction():
        return second_factor.ask_step(staff=staff, address=visitors.client_ip())


def _account(account_id: uuid.UUID) -> BankAccount:
    return db.session.get(BankAccount, account_id) or abort(404)


def _back() -> Response:
    return go(url_for("backoffice.settings_bank"))


def _page(
    status: int = 200, *, form: BankForm | None = None, code: CodeForm | None = None, sentence: str = ""
) -> Response:
    staff, standing = visitors.staff(), banking.standing()
    waiting = next((each for each in standing if each.verified_at is None), None)
    mine = waiting is not None and waiting.entered_by == staff_actor(staff)
    return settings_page(
        "backoffice/settings/bank.html",
        status=status,
        form=form or BankForm(formdata=None),
        code=code or CodeForm(formdata=None),
        sentence=sentence,
        wrong=form or code,
        shown=next((each for each in standing if each.verified_at is not None), None),
        waiting=waiting,
        mine=mine,
        has_factor=staff.second_factor_at is not None,
        names=names_of(each for row in standing for each in (row.entered_by, row.verified_by) if each),
        spaced=banking.spaced,
        **_key(staff, mine),
    )


def _key(staff: Staff, mine: bool) -> dict[str, Any]:
    """What the browser's key is asked, where this person has one."""
    if not mine or not passkeys.are_possible() or not passkeys.keys_of(staff):
        return {"options": "", "has_codes": staff.totp_secret is not None}
    options, challenge = passkeys.options_to_prove(staff)
    keep_challenge(challenge)
    return {"options": options, "has_codes": staff.totp_secret is not None}
