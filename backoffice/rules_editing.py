"""One rule: added in two steps (about what, then the rest), read, changed; how often it would have been sent."""

import uuid
from dataclasses import replace
from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from wtforms import BooleanField, SelectMultipleField

from backoffice import backoffice
from backoffice.reach import scope
from backoffice.rule_words import event_words, fired_words
from backoffice.rules import around, rule_or_404
from backoffice.rules_form import RuleForm, typed_of
from backoffice.two_clerks import Clash, both_texts, clash, renewed
from shared.errors import Refused, Stale
from shared.events.actors import names_of
from shared.events.models import Event
from shared.extensions import db
from shared.notifications.rule_checking import checked_conditions, checked_moment
from shared.notifications.rule_counting import fired_last_month, use_of
from shared.notifications.rule_events import REMINDED, events_offered, is_fixed, kind_of
from shared.notifications.rule_listing import Choices, choices_for, rule_row, text_of
from shared.notifications.rule_models import Rule
from shared.notifications.rule_plan import DATE, NOW, plan_of, seen_of
from shared.notifications.rule_saving import save, standing_audiences
from shared.notifications.rule_typing import standing_types
from shared.web import visitors
from shared.web.blame import blame
from shared.web.page import go, page
from shared.web.permissions import Permission, requires

RULE_WRITTEN = ("rule.created", "rule.changed", "rule.enabled", "rule.disabled", "rule.restored")


@backoffice.get("/rules/new")
@requires(Permission.RULES_EDIT)
def rule_new() -> Response:
    """First about which event, among those of a type or all; then the form for that event."""
    standing = standing_audiences()
    event = request.args.get("event", "")
    if event in events_offered(standing):
        form = RuleForm(formdata=None, data={"label": event_words(event)})
        return _form_page(None, event, form, _choices(event), standing)
    types = standing_types()
    chosen = next((each for each in types if str(each.id) == request.args.get("type")), None)
    return page(
        "backoffice/rules/new.html",
        type=chosen,
        groups=_grouped(events_offered(standing), chosen.events if chosen else None),
        reminded=REMINDED,
        event_words=event_words,
    )


@backoffice.post("/rules")
@requires(Permission.RULES_EDIT)
def rule_create() -> Response:
    """Write a new rule; it is on at once."""
    event = request.form.get("event", "")
    if event not in events_offered(standing_audiences()):
        abort(404)
    return _save(None, event)


@backoffice.get("/rules/<uuid:rule_id>")
@requires(Permission.RULES_SEE)
def rule(rule_id: uuid.UUID) -> Response:
    """One rule with its use, and its form where it may be changed."""
    found = rule_or_404(rule_id)
    plan = plan_of(found)
    if is_fixed(found) or found.deleted_at is not None or not scope(Permission.RULES_EDIT).grants:
        return _shown(found)
    form = RuleForm(formdata=None, data=typed_of(plan, seen_of(plan)))
    return _form_page(found, found.event, form, _choices(found.event, found))


@backoffice.post("/rules/<uuid:rule_id>")
@requires(Permission.RULES_EDIT)
def rule_save(rule_id: uuid.UUID) -> Response:
    """Change it; what somebody else saved meanwhile is never overwritten."""
    found = rule_or_404(rule_id)
    return _save(found, found.event)


@backoffice.post("/rules/count")
@requires(Permission.RULES_EDIT)
def rule_count() -> Response:
    """How often the rule would have been sent last month, as it is typed now. Reads only."""
    event = request.form.get("event", "")
    if event not in events_offered(standing_audiences()):
        abort(404)
    form = RuleForm()
    form.offer(event, _choices(event))
    try:
        plan = checked_moment(form.plan(event, _moment(event)))
        sentence = fired_words(fired_last_month(replace(plan, conditions=checked_conditions(plan))))
    except Refused as refused:
        sentence = refused.sentence
    return page("backoffice/rules/count.html", blocks=("compte",), sentence=sentence, event=event)


def _save(found: Rule | None, event: str) -> Response:
    form, choices = RuleForm(), _choices(event, found)
    form.offer(event, choices, _standing(event, found))
    try:
        if not form.validate_on_submit():
            raise Refused("")
        made = save(rule=found, plan=form.plan(event, _moment(event)), by=visitors.actor(), seen=form.seen.data or "")
    except Refused as refused:
        db.session.rollback()
        again = rule_or_404(found.id) if found else None
        if again is not None and again.deleted_at is None and isinstance(refused, Stale):
            return _form_page(again, event, form, choices, status=409, stale=refused)
        status = 409 if isinstance(refused, Stale) else 422
        return _form_page(again, event, form, choices, status=status, sentence=blame(form, refused))
    flash(
        _("« %(label)s » est enregistrée. Elle vaut pour ce qui arrive à partir de maintenant.", label=made.label),
        "success",
    )
    return go(url_for("backoffice.rule", rule_id=made.id))


def _form_page(
    found: Rule | None,
    event: str,
    form: RuleForm,
    choices: Choices,
    standing: dict[str, str] | None = None,
    *,
    status: int = 200,
    sentence: str = "",
    stale: Stale | None = None,
) -> Response:
    form.offer(event, choices, (standing or {}).get(event, "") or _standing(event, found))
    both = _both(found, form, stale) if found and stale else None
    kind = kind_of(event)
    return page(
        "backoffice/rules/edit.html",
        status=status,
        rule=found,
        event=event,
        kind=kind,
        is_reminder=_moment(event) == DATE,
        form=form,
        sentence=sentence,
        clash=both,
        choices=choices,
        fired=fired_words(fired_last_month(plan_of(found))) if found else "",
        **(_use(found) if found else {}),
        **around(),
    )


def _both(found: Rule, form: RuleForm, stale: Stale) -> Clash:
    """What stands beside what was typed, of the fields that the page shows; the form is then a seen one."""
    plan = plan_of(found)
    stands = typed_of(plan, seen_of(plan))
    boxes = (BooleanField, SelectMultipleField)
    names = [name for name in stands if name in request.form or isinstance(form[name], boxes)]
    rows = both_texts(form, {name: stands[name] for name in names if name != "seen"})
    renewed(form.seen, stands["seen"])
    return clash(stale, rows, Event.name.in_(RULE_WRITTEN), Event.facts["rule"].astext == found.label)


def _shown(found: Rule) -> Response:
    row = rule_row(found.id) or abort(404)
    text = text_of(found.template_id)
    return page(
        "backoffice/rules/show.html",
        rule=found,
        row=row,
        text=text,
        fired=fired_words(fired_last_month(plan_of(found))),
        named={},
        **_use(found),
        **around(),
    )


def _use(found: Rule) -> dict[str, Any]:
    return {"use": use_of([found])[found.id], "by": names_of([found.created_by]).get(found.created_by, "")}


def _choices(event: str, found: Rule | None = None) -> Choices:
    kind = kind_of(event)
    has_codes = kind is not None and "state_code" in kind.fields
    standing = found.template_id if found else None
    return choices_for(
        kind.key if kind else "",
        with_folders=kind is None or bool(kind.classes),
        with_codes=has_codes,
        standing=standing,
    )


def _standing(event: str, found: Rule | None) -> str:
    return found.audience if found else ("" if kind_of(event) else standing_audiences().get(event, ""))


def _moment(event: str) -> str:
    """A reminder leaves around a date, whatever is typed; anything else when it happens, or later."""
    return DATE if kind_of(event) and event.endswith(f".{REMINDED}") else NOW


def _grouped(events: dict[str, str], among: list[str] | None) -> list[tuple[str, list[str]]]:
    """Heading → events, those of the kinds of records first."""
    groups: dict[str, list[str]] = {}
    for event in events:
        if among is None or event in among:
            kind = kind_of(event)
            groups.setdefault(str(_(kind.plural)) if kind else str(_("Documents et accès")), []).append(event)
    return list(groups.items())
