"""« Paramétrage notification(s) »: every message that the product can send by itself, by type, and its switch."""

import uuid
from typing import Any

from flask import Response, abort, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Row

from backoffice import backoffice
from backoffice.party_page import slot_words
from backoffice.reach import scope
from backoffice.rule_groups import groups_of, tabs_of
from backoffice.rule_words import condition_words, event_words, told_to, when_words
from shared.errors import Refused
from shared.extensions import db
from shared.notifications.rule_counting import COUNTED, Use, use_of
from shared.notifications.rule_events import BY_FOLDER, is_fixed
from shared.notifications.rule_listing import families_and_folders, notifying_folders, rules
from shared.notifications.rule_models import Rule
from shared.notifications.rule_switching import delete, restore, switch
from shared.notifications.rule_typing import standing_types
from shared.web import visitors
from shared.web.page import go, is_htmx, page
from shared.web.permissions import Permission, requires


@backoffice.get("/rules", endpoint="rules")
@requires(Permission.RULES_SEE)
def rule_list() -> Response:
    """By type, the switched off ones too; the deleted ones below, each with its button."""
    rows, types = rules(), standing_types()
    standing = [row for row in rows if row.Rule.deleted_at is None]
    groups = groups_of(standing, types)
    chosen = request.args.get("type", "")
    shown = [each for each in groups if each.key == chosen] or groups
    by_folder = any(row.Rule.event == BY_FOLDER for each in shown for row in each.rows)
    return page(
        "backoffice/rules/list.html",
        tabs=tabs_of(groups, chosen if len(shown) < len(groups) else ""),
        groups=shown,
        folders=notifying_folders() if by_folder else [],
        deleted=[row.Rule for row in rows if row.Rule.deleted_at is not None],
        just=_just(rows),
        uses=use_of(row.Rule for each in shown for row in each.rows),
        unused=Use(),
        named=_named(standing),
        **around(),
    )


@backoffice.post("/rules/<uuid:rule_id>/switch")
@requires(Permission.RULES_EDIT)
def rule_switch(rule_id: uuid.UUID) -> Response:
    """On or off at once; what is answered holds the switch as it stands and the way back."""
    found, on = rule_or_404(rule_id), request.form.get("enabled") == "on"
    sentence = ""
    try:
        changed = switch(rule=found, on=on, by=visitors.actor())
    except Refused as refused:
        db.session.rollback()
        changed, sentence = False, refused.sentence
    if not is_htmx():
        flash(sentence or _switched(found), "error" if sentence else "success")
        return go(url_for("backoffice.rules"))
    cell = render_template(
        "backoffice/rules/switch.html", rule=found, changed=changed, sentence=sentence, is_undo="undo" in request.form
    )
    return make_response(cell, 422 if sentence else 200)


@backoffice.post("/rules/<uuid:rule_id>/delete")
@requires(Permission.RULES_EDIT)
def rule_delete(rule_id: uuid.UUID) -> Response:
    """Gone from the choices; the page that follows offers to bring it back."""
    found = rule_or_404(rule_id)
    try:
        stopped = delete(rule=found, by=visitors.actor())
    except Refused as refused:
        db.session.rollback()
        flash(refused.sentence, "error")
        return go(url_for("backoffice.rules"))
    if stopped:
        flash(
            ngettext(
                "%(num)s message qu’elle préparait est annulé.",
                "%(num)s messages qu’elle préparait sont annulés.",
                stopped,
            ),
            "info",
        )
    return go(url_for("backoffice.rules", deleted=found.id))


@backoffice.post("/rules/<uuid:rule_id>/restore")
@requires(Permission.RULES_EDIT)
def rule_restore(rule_id: uuid.UUID) -> Response:
    """As it stood; nothing that happened meanwhile is sent."""
    found = rule_or_404(rule_id)
    try:
        restore(rule=found, by=visitors.actor())
    except Refused as refused:
        db.session.rollback()
        flash(refused.sentence, "error")
        return go(url_for("backoffice.rule", rule_id=found.id))
    flash(
        _(
            "La notification « %(label)s » est rétablie. Rien de ce qui s’est passé entre-temps ne part.",
            label=found.label,
        ),
        "success",
    )
    return go(url_for("backoffice.rules"))


def rule_or_404(rule_id: uuid.UUID) -> Rule:
    """The rule of an address, deleted or not."""
    return db.session.get(Rule, rule_id) or abort(404)


def around() -> dict[str, Any]:
    """What every page about rules says of them."""
    return {
        "event_words": event_words,
        "told_to": told_to,
        "when_words": when_words,
        "condition_words": condition_words,
        "is_fixed": is_fixed,
        "most": COUNTED,
        "slots": slot_words(),
        "may_edit": bool(scope(Permission.RULES_EDIT).grants),
        "may_see_templates": bool(scope(Permission.TEMPLATES_SEE).grants),
    }


def _named(rows: list[Row[Any]]) -> dict[str, str]:
    """Family or folder → its label, asked only where some rule has such a condition."""
    if not any({"family_ids", "folder_ids"} & row.Rule.conditions.keys() for row in rows):
        return {}
    families, folders = families_and_folders(with_folders=True)
    return families | folders


def _just(rows: list[Row[Any]]) -> Rule | None:
    """The rule that was deleted a moment ago, whose way back is offered."""
    asked = request.args.get("deleted", type=uuid.UUID)
    return next((row.Rule for row in rows if row.Rule.id == asked and row.Rule.deleted_at is not None), None)


def _switched(rule: Rule) -> str:
    if rule.enabled:
        return str(_("« %(label)s » est activée : elle part à partir de maintenant.", label=rule.label))
    return str(_("« %(label)s » est désactivée : elle ne part plus.", label=rule.label))
