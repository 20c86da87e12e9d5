"""A rule on, off, deleted, brought back: what it sent stays readable, what it would still send does not leave."""

from flask_babel import gettext as _
from sqlalchemy import update

from shared.clock import now
from shared.errors import Refused
from shared.events.recording import record
from shared.extensions import db
from shared.notifications.models import Notification, Reason, Status, Template
from shared.notifications.reasons import LATER
from shared.notifications.rule_events import is_fixed
from shared.notifications.rule_models import Rule
from shared.words import N_

DELETED = N_("La notification a été supprimée.")


def switch(*, rule: Rule, on: bool, by: str) -> bool:
    """Whether anything changed. Switched on again, it catches nothing up. Raises Refused for a rule that is fixed."""
    db.session.refresh(rule, with_for_update=True)
    _check(rule)
    if rule.deleted_at is not None:
        raise Refused(_("Cette notification est supprimée : rétablissez-la d’abord."))
    if rule.enabled == on:
        return False
    if on:
        _check_text(rule)
    rule.enabled = on
    if on:
        rule.since, rule.watched_until = now(), None
    db.session.flush()
    record("rule.switched", by=by, facts={"rule": rule.label, "event": rule.event, "on": on})
    return True


def delete(*, rule: Rule, by: str) -> int:
    """Take it out of every choice; its drafts and planned lines are cancelled (how many), what left stays readable.

    A shipped rule keeps its row, so that an upgrade does not bring it back.
    """
    db.session.refresh(rule, with_for_update=True)
    _check(rule)
    if rule.deleted_at is not None:
        return 0
    rule.deleted_at = now()
    stopped = _stop_waiting(rule)
    db.session.flush()
    record("rule.deleted", by=by, facts={"rule": rule.label, "event": rule.event, "stopped": stopped})
    return stopped


def restore(*, rule: Rule, by: str) -> bool:
    """Bring it back as it stood; nothing that happened meanwhile is caught up. Raises Refused without its text."""
    db.session.refresh(rule, with_for_update=True)
    if rule.deleted_at is None:
        return False
    _check_text(rule)
    rule.deleted_at, rule.since, rule.watched_until = None, now(), None
    db.session.flush()
    record("rule.restored", by=by, facts={"rule": rule.label, "event": rule.event})
    return True


def _check(rule: Rule) -> None:
    if is_fixed(rule):
        raise Refused(_("Cette notification répond à une demande ou protège un compte : elle part toujours."))


def _check_text(rule: Rule) -> None:
    """A text may be deleted once no standing rule uses it: without one, the event itself could not be recorded."""
    template = db.session.get(Template, rule.template_id) if rule.template_id else None
    if template is not None and template.deleted_at is not None:
        raise Refused(
            _(
                "Son modèle « %(label)s » a été supprimé : ajoutez une notification avec un autre texte.",
                label=template.label,
            )
        )


def _stop_waiting(rule: Rule) -> int:
    """Drafts and lines planned for later; one that only waits for an address or an opening was decided before."""
    later = (Notification.status == Status.WAITING, Notification.reason.in_((Reason.DRAFT, *LATER)))
    query = update(Notification).where(Notification.rule_id == rule.id, *later)
    stopped = query.values(status=Status.CANCELLED, ended_at=now(), reply=DELETED, secret=None)
    gone = stopped.returning(Notification.id).execution_options(synchronize_session=False)
    return len(db.session.execute(gone).all())
