"""State codes: what staff say of a record beside its status, such as 103 « Intervention planifiée »."""

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row, exists, or_, select

from shared.clock import now
from shared.errors import Refused, Stale
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.notifications.rule_models import Rule
from shared.records.kinds import KINDS
from shared.records.models import Record, StateCode

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,19}")
LONGEST_LABEL = 80


def kinds_with_codes() -> dict[str, str]:
    """The kinds of records that have one → their label."""
    return {each.key: each.label for each in KINDS.values() if "state_code" in each.fields}


def add_code(*, kind: str, code: str, label: str, by: str) -> StateCode:
    """A new code of a kind; a closed one of that name is opened again. Raises Refused with the field that is wrong."""
    if kind not in kinds_with_codes():
        raise Refused(_("Choisissez à quelle pièce ce code s’applique."), "kind")
    code, label = code.strip(), _label(label)
    if not CODE.fullmatch(code):
        raise Refused(_("Un code compte de 1 à 20 lettres sans accent, chiffres, points ou tirets."), "code")
    same = select(StateCode).where(StateCode.kind == kind, StateCode.code == code)
    found = db.session.scalars(same.with_for_update()).one_or_none()
    if found is not None and found.closed_at is None:
        raise Refused(_("Ce code existe déjà : « %(label)s ».", label=found.label), "code")
    if found is None:
        found = StateCode(id=uuid7(), kind=kind, code=code, label=label)
        db.session.add(found)
    found.label, found.closed_at = label, None
    db.session.flush()
    record("state_code.created", by=by, facts={"kind": kind, "code": code, "label": label})
    return found


def rename_code(*, code: StateCode, label: str, seen: str, by: str) -> bool:
    """Another libellé for the same code; whether it differs. Raises Stale when it is no longer the one `seen`."""
    label = _label(label)
    db.session.refresh(code, with_for_update=True)
    if code.label == label:
        return False
    if code.label != seen:
        raise Stale(_("Quelqu’un a renommé ce code pendant que vous le modifiiez. Rien n’a été écrasé."))
    before, code.label = code.label, label
    db.session.flush()
    record("state_code.changed", by=by, facts={"kind": code.kind, "code": code.code, "before": before, "after": label})
    return True


def remove_code(*, code: StateCode, by: str) -> bool:
    """Delete a code that nothing bears; one that a record bears or a rule asks for is closed, and kept (False)."""
    asked = Rule.conditions["state_codes"].contains([code.code])
    used = db.session.scalar(select(or_(is_used(code.kind, code.code), exists().where(asked))))
    facts = {"kind": code.kind, "code": code.code, "label": code.label}
    if used:
        code.closed_at = code.closed_at or now()
        db.session.flush()
        record("state_code.closed", by=by, facts=facts)
        return False
    db.session.delete(code)
    db.session.flush()
    record("state_code.deleted", by=by, facts=facts)
    return True


def reopen_code(*, code: StateCode, by: str) -> None:
    """Offer it again."""
    if code.closed_at is not None:
        code.closed_at = None
        db.session.flush()
        record("state_code.reopened", by=by, facts={"kind": code.kind, "code": code.code, "label": code.label})


def is_used(kind: Any, code: Any) -> Any:
    """A condition: some record of that kind bears the code."""
    return exists().where(Record.kind == kind, Record.state_code == code)


def codes() -> Sequence[Row[Any]]:
    """Every code with whether a record bears it, by kind; the closed ones last."""
    used = is_used(StateCode.kind, StateCode.code).correlate(StateCode).label("used")
    order = (StateCode.kind, StateCode.closed_at.is_not(None), StateCode.code)
    return db.session.execute(select(StateCode, used).order_by(*order)).all()


def _label(typed: str) -> str:
    label = " ".join(typed.split())
    if not 1 <= len(label) <= LONGEST_LABEL or not label.isprintable():
        raise Refused(_("Le libellé compte de 1 à 80 caractères."), "label")
    return label
