"""« Propositions »: drafts that rules have pre-filled; read, edited, then confirmed or dropped one by one."""

import uuid

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from backoffice import backoffice
from backoffice._proposal_words import told_of
from backoffice.history_filter import read_key, written_key
from backoffice.reach import scope
from shared.errors import Refused
from shared.extensions import db
from shared.notifications import proposals as reading
from shared.notifications.finding import line
from shared.notifications.models import Notification, Status
from shared.notifications.proposals import Done, confirm_all, confirm_edited
from shared.notifications.proposing import Draft, draft_of, drop
from shared.web import visitors
from shared.web.blame import blame
from shared.web.page import go, page
from shared.web.permissions import Permission, requires


class DraftForm(FlaskForm):
    """The words of one draft; `shown` is what they were, so that an untouched one keeps its own text."""

    subject = StringField(lazy_gettext("Objet"), [InputRequired(), Length(max=200)])
    body = TextAreaField(lazy_gettext("Message"), [InputRequired(), Length(max=20_000)])
    shown_subject = HiddenField()
    shown_body = HiddenField()


@backoffice.get("/proposals", endpoint="proposals")
@requires(Permission.HISTORY_SEE)
def proposal_list() -> Response:
    """Those in reach, the last proposed first, a hundred at a time."""
    after, before = read_key("after"), read_key("before")
    found = reading.proposals(scope(Permission.HISTORY_SEE), after=after, before=before if after is None else None)
    return page(
        "backoffice/rules/proposals.html",
        blocks=("results",),
        found=found,
        about=reading.about([row.id for row in found.lines]),
        after=written_key(found.after),
        before=written_key(found.before),
        may_send=bool(scope(Permission.NOTICES_SEND).grants),
    )


@backoffice.get("/proposals/<uuid:notification_id>")
@requires(Permission.HISTORY_SEE)
def proposal(notification_id: uuid.UUID) -> Response:
    """One draft: to whom and about what; its text comes by itself right after."""
    found = _proposal(notification_id, Permission.HISTORY_SEE)
    return _page(found) if _waits(found) else _decided(found)


@backoffice.get("/proposals/<uuid:notification_id>/draft")
@requires(Permission.HISTORY_SEE)
def proposal_draft(notification_id: uuid.UUID) -> Response:
    """Its text, pre-filled as it would leave now, to be read and edited."""
    found = _proposal(notification_id, Permission.HISTORY_SEE)
    if not _waits(found):
        return _decided(found)
    draft = draft_of(found)
    words = {"subject": draft.subject, "body": draft.body}
    shown = {f"shown_{name}": value for name, value in words.items()}
    return _page(found, draft, DraftForm(formdata=None, data=words | shown))


@backoffice.post("/proposals/<uuid:notification_id>")
@requires(Permission.NOTICES_SEND)
def proposal_act(notification_id: uuid.UUID) -> Response:
    """Let it leave, with the words as they were edited, or drop it; the template stays as it is."""
    found = _proposal(notification_id, Permission.NOTICES_SEND)
    form = DraftForm()
    if not _waits(found):
        return _decided(found)
    try:
        if request.form.get("action") == "drop":
            drop(notification=found, by=visitors.actor())
            flash(_("La proposition est écartée : rien ne part."), "success")
            return go(url_for("backoffice.proposals"))
        if not form.validate_on_submit():
            raise Refused("")
        done = _confirmed(found, form)
    except Refused as refused:
        db.session.rollback()
        again = _proposal(notification_id, Permission.NOTICES_SEND)
        if not _waits(again):
            return _decided(again)
        return _page(again, draft_of(again), form, 422, blame(form, refused))
    flash(told_of(done), "success")
    return go(url_for("backoffice.proposals"))


def _confirmed(found: Notification, form: DraftForm) -> Done:
    """Words left as they were shown stay the template's: the values are those of the moment it leaves."""
    words = [(form.subject.data or "", form.shown_subject.data), (form.body.data or "", form.shown_body.data)]
    if all(_plain(now) == _plain(shown or "") for now, shown in words):
        return confirm_all(drafts=[found], by=visitors.actor())
    return confirm_edited(draft=found, subject=form.subject.data or "", body=form.body.data or "", by=visitors.actor())


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _proposal(notification_id: uuid.UUID, permission: Permission) -> Notification:
    found = db.session.get(Notification, notification_id)
    if found is None or line(scope(permission), notification_id) is None:
        abort(404)
    return found


def _waits(found: Notification) -> bool:
    return found.is_proposal and found.status is Status.WAITING


def _decided(found: Notification) -> Response:
    """Somebody was first: the line itself says what became of it."""
    flash(_("Cette proposition n’attend plus : voici ce qu’elle est devenue."), "info")
    return go(url_for("backoffice.history_line", notification_id=found.id))


def _page(
    found: Notification,
    draft: Draft | None = None,
    form: DraftForm | None = None,
    status: int = 200,
    sentence: str = "",
) -> Response:
    return page(
        "backoffice/rules/proposal.html",
        blocks=("brouillon",),
        status=status,
        proposal=found,
        line=line(scope(Permission.HISTORY_SEE), found.id),
        draft=draft,
        form=form,
        sentence=sentence,
        about=reading.about([found.id])[found.id],
        may_send=found.family_id is None or scope(Permission.NOTICES_SEND).reaches_family(found.family_id),
    )
