"""When a rule sends and under which conditions, checked; a sentence names what cannot be."""

import re
import uuid
from dataclasses import replace
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select

from shared.documents.models import Folder
from shared.errors import Refused
from shared.extensions import db
from shared.notifications.copying import RESERVED
from shared.notifications.rule_events import REMINDED, dates_of, kind_of
from shared.notifications.rule_plan import AFTER, DATE, FOLDER, NOW, Plan
from shared.people.models import Family
from shared.records.models import StateCode

LONGEST_DELAY = 90 * 24 * 60  # minutes
LONGEST_DAYS = 365
AMOUNT = re.compile(r"-?\d{1,12}(\.\d{1,2})?")


def checked_moment(plan: Plan) -> Plan:
    """The moment with what belongs to it and nothing else; Refused where it names no delay or no date."""
    if not 0 <= plan.hour <= 23:
        raise Refused(_("L’heure va de 0 à 23."), "hour")
    bare = replace(plan, delay=0, date_field="", days=0, hour=plan.hour if plan.working_days else 9)
    if plan.moment == FOLDER:
        return replace(bare, working_days=False, hour=9)
    if plan.moment == NOW:
        return bare
    if plan.moment == AFTER:
        if not 1 <= plan.delay <= LONGEST_DELAY:
            raise Refused(_("Donnez un délai d’une minute à 90 jours."), "delay")
        return replace(bare, delay=plan.delay)
    if plan.moment != DATE:
        raise Refused(_("Dites quand elle part."), "moment")
    kind = kind_of(plan.event)
    if kind is None or plan.date_field not in dates_of(plan.event):
        raise Refused(_("Choisissez la date de la pièce autour de laquelle elle part."), "date_field")
    if abs(plan.days) > LONGEST_DAYS:
        raise Refused(_("Un an avant ou après la date, au plus."), "days")
    return replace(plan, event=f"{kind.key}.{REMINDED}", delay=0)


def checked_conditions(plan: Plan) -> dict[str, Any]:
    """What is asked for, without what is empty; Refused for a value that no longer exists."""
    asked = plan.conditions
    kept: dict[str, Any] = {
        "family_ids": _standing(asked.get("family_ids"), Family, "family_ids"),
        "folder_ids": _standing(asked.get("folder_ids"), Folder, "folder_ids"),
        "statuses": _statuses(plan),
        "state_codes": _codes(plan),
        "amount_from": _amount(asked.get("amount_from"), "amount_from"),
        "amount_to": _amount(asked.get("amount_to"), "amount_to"),
    }
    least, most = kept["amount_from"], kept["amount_to"]
    if least and most and Decimal(least) > Decimal(most):
        raise Refused(_("Le montant maximal est plus petit que le minimal."), "amount_to")
    return {name: value for name, value in kept.items() if value}


def check_copies(plan: Plan) -> None:
    """Nobody is copied about a payslip, nor about what stands in a folder that wants a right of its own."""
    if not plan.blind_copies:
        return
    named = Folder.id.in_([uuid.UUID(each) for each in plan.conditions.get("folder_ids", ())])
    reserved = select(Folder.id).where(named, or_(Folder.needs_grant, Folder.document_class.in_(RESERVED)))
    if plan.event.startswith("payslip.") or db.session.scalars(reserved.limit(1)).first() is not None:
        raise Refused(
            _("Aucune copie cachée pour les bulletins et les documents réservés : retirez ces adresses."),
            "blind_copies",
        )


def _standing(ids: Any, model: Any, field: str) -> list[str]:
    try:
        wanted = {uuid.UUID(str(each)) for each in ids or ()}
    except ValueError:
        wanted = {uuid.UUID(int=0)}
    found = set(db.session.scalars(select(model.id).where(model.id.in_(wanted)))) if wanted else set()
    if found != wanted:
        raise Refused(_("Un choix n’existe plus : reprenez la liste."), field)
    return sorted(str(each) for each in wanted)


def _statuses(plan: Plan) -> list[str]:
    wanted, kind = plan.conditions.get("statuses") or [], kind_of(plan.event)
    if wanted and (kind is None or not set(wanted) <= {each.key for each in kind.statuses}):
        raise Refused(_("Ces états ne sont pas ceux de cette pièce."), "statuses")
    return sorted(set(wanted))


def _codes(plan: Plan) -> list[str]:
    wanted, kind = sorted(set(plan.conditions.get("state_codes") or [])), kind_of(plan.event)
    if not wanted:
        return []
    query = select(StateCode.code).where(StateCode.kind == (kind.key if kind else ""), StateCode.code.in_(wanted))
    unknown = set(wanted) - set(db.session.scalars(query))
    if unknown:
        raise Refused(_("Ce code d’état n’existe pas : %(codes)s.", codes=", ".join(sorted(unknown))), "state_codes")
    return wanted


def _amount(typed: Any, field: str) -> str:
    written = str(typed or "").strip()
    if written and not AMOUNT.fullmatch(written):
        raise Refused(_("Écrivez un montant, comme 1 500,00."), field)
    return written
