"""« Droits d’accès au portail »: the grid, and what each button of a line does."""

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import Response, abort, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from backoffice import backoffice
from backoffice.access_form import PasswordForm
from backoffice.access_rows import rows, rows_of
from backoffice.access_words import words
from backoffice.reach import family_for, may, may_anywhere, party_for, scope
from shared.access import finding, granting, initial
from shared.access.models import Access
from shared.errors import Refused, Stale
from shared.events.actors import names_of
from shared.events.catalogue import CATALOGUE
from shared.extensions import db
from shared.people.models import Contact, Party
from shared.settings.reading import is_automatic
from shared.web import visitors
from shared.web.page import is_htmx, page
from shared.web.permissions import Permission, requires
from shared.web.redirects import safe_next

GRID = "/backoffice/access"
MOST_POLLED = 100


@backoffice.get("/access")
@requires(Permission.ACCESS_SEE)
def access() -> Response:
    """One line a party of the family: its access, password, and the last message about it."""
    family, reached = family_for(request.args.get("family"), Permission.ACCESS_SEE)
    seen, q, state = scope(Permission.ACCESS_SEE), request.args.get("q", ""), request.args.get("state", "")
    found = finding.lines(
        family,
        seen,
        q=q,
        state=state,
        sort=request.args.get("sort", ""),
        after=request.args.get("after", ""),
        before=request.args.get("before", ""),
    )
    shown, allowed = rows(found.rows), may(family.id)
    return page(
        "backoffice/access/grid.html",
        blocks=("results",),
        family=family,
        families=reached,
        found=found,
        rows=shown,
        total=finding.count(family, seen, q=q, state=state),
        q=q,
        state=state,
        here=request.full_path.rstrip("?"),
        narrowed=urlencode({"family": family.key, "q": q, "state": state}),
        is_automatic=is_automatic(),
        polling=any(row.state == "unsynced" for row in shown),
        w=words(may_edit=allowed["may_edit"], may_show=allowed["may_show"]),
        **allowed,
    )


@backoffice.get("/access/rows")
@requires(Permission.ACCESS_SEE)
def access_rows() -> Response:
    """What became of the red lines of a page: those that changed colour are sent again, alone."""
    ids = [each for each in map(_uuid, request.args.getlist("red")[:MOST_POLLED]) if each]
    fresh = [row for row in rows_of(ids, scope(Permission.ACCESS_SEE)) if row.state != "unsynced"]
    if not fresh:
        return Response(status=204)
    done = len(fresh) == len(ids)
    return _fragment(rows=fresh, polling=not done, panel=request.args.get("panel"))


@backoffice.post("/access/<uuid:party_id>/draw")
@requires(Permission.ACCESS_EDIT)
def access_draw(party_id: uuid.UUID) -> Response:
    """« Mdp aléatoire »; asks first where a password stands already."""

    def act(access: Access, by: str) -> None:
        initial.draw(access=access, by=by, seen=_seen(access), confirmed="confirmed" in request.form)

    try:
        return _change(party_id, act)
    except initial.Confirm as question:
        db.session.rollback()
        return _ask_first(party_for(party_id, Permission.ACCESS_EDIT), question)


@backoffice.post("/access/<uuid:party_id>/allow")
@requires(Permission.ACCESS_EDIT)
def access_allow(party_id: uuid.UUID) -> Response:
    """« Accès autorisé » ticked."""
    return _change(party_id, lambda access, by: granting.allow(access=access, by=by))


@backoffice.post("/access/<uuid:party_id>/withdraw")
@requires(Permission.ACCESS_EDIT)
def access_withdraw(party_id: uuid.UUID) -> Response:
    """« Accès autorisé » unticked: at once, in both modes."""
    return _change(party_id, lambda access, by: granting.withdraw(access=access, by=by))


@backoffice.post("/access/<uuid:party_id>/notify")
@requires(Permission.ACCESS_EDIT)
def access_notify(party_id: uuid.UUID) -> Response:
    """« Notifier par email » ticked: a new link leaves at the synchronisation."""
    return _change(party_id, lambda access, by: granting.notify(access=access, by=by))


@backoffice.post("/access/<uuid:party_id>/hush")
@requires(Permission.ACCESS_EDIT)
def access_hush(party_id: uuid.UUID) -> Response:
    """« Notifier par email » unticked."""
    return _change(party_id, lambda access, by: granting.hush(access=access, by=by))


@backoffice.get("/access/<uuid:party_id>/password")
@requires(Permission.ACCESS_SECRET)
def access_password(party_id: uuid.UUID) -> Response:
    """A form to type an initial password."""
    party = party_for(party_id, Permission.ACCESS_SECRET, seen_by=Permission.ACCESS_SEE)
    form = PasswordForm(formdata=None, data={"seen": _revision(party)})
    return page("backoffice/access/password.html", blocks=("dialog",), form=form, party=party, back=_back(party))


@backoffice.post("/access/<uuid:party_id>/password")
@requires(Permission.ACCESS_SECRET)
def access_type(party_id: uuid.UUID) -> Response:
    """Set the initial password that was typed."""
    party = party_for(party_id, Permission.ACCESS_SECRET, seen_by=Permission.ACCESS_SEE)
    form, by = PasswordForm(), visitors.actor()
    if not form.validate_on_submit():
        return page("backoffice/access/password.html", status=422, form=form, party=party, back=_back(party))
    try:
        access = granting.grant(party=party, by=by)
        confirmed = bool(form.confirmed.data)
        initial.type_in(
            access=access, password=form.password.data or "", by=by, seen=_seen(access), confirmed=confirmed
        )
    except initial.Confirm as question:
        form.confirmed.errors = [question.sentence]
        return page("backoffice/access/password.html", status=422, form=form, party=party, back=_back(party))
    except Refused as refusal:
        form.password.errors = [refusal.sentence]
        return page("backoffice/access/password.html", status=422, form=form, party=party, back=_back(party))
    flash(_("Le mot de passe initial est enregistré."), "success")
    return _done(party_id)


@backoffice.post("/access/<uuid:party_id>/show")
@requires(Permission.ACCESS_SECRET)
def access_show(party_id: uuid.UUID) -> Response:
    """« afficher »: the password in clear, once more and never after it was handed over; an audit line each time."""
    party, access = _standing(party_id, Permission.ACCESS_SECRET)
    clear = initial.show(access=access, by=visitors.actor())
    answer = page("backoffice/access/secret.html", blocks=("dialog",), party=party, clear=clear, back=_back(party))
    if is_htmx():
        body = render_template("backoffice/access/secret_dialog.html", party=party, clear=clear, back=_back(party))
        answer = make_response(body)
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#dialog", "innerHTML"
    return answer


@backoffice.post("/access/<uuid:party_id>/hand-over")
@requires(Permission.ACCESS_SECRET)
def access_hand_over(party_id: uuid.UUID) -> Response:
    """« Remis en main propre »."""
    _party, access = _standing(party_id, Permission.ACCESS_SECRET)
    initial.hand_over(access=access, how="in_person", by=visitors.actor())
    flash(_("C’est noté : ce mot de passe ne sera plus jamais affiché."), "success")
    return _done(party_id)


@backoffice.get("/access/<uuid:party_id>/story")
@requires(Permission.ACCESS_SEE)
def access_story(party_id: uuid.UUID) -> Response:
    """Who did what to this access, and when."""
    party, found = _standing(party_id, Permission.ACCESS_SEE)
    events = finding.story(found.id)
    names = names_of(event.actor for event in events)
    return page(
        "backoffice/access/story.html",
        blocks=("dialog",),
        party=party,
        entries=[
            {"at": event.at, "text": _(CATALOGUE[event.name].label), "by": names.get(event.actor, event.actor)}
            for event in events
        ],
        back=_back(party),
    )


def _change(party_id: uuid.UUID, act: Callable[[Access, str], None]) -> Response:
    """One verb on one line; the answer is the line as it stands afterwards."""
    party, by = party_for(party_id, Permission.ACCESS_EDIT, seen_by=Permission.ACCESS_SEE), visitors.actor()
    try:
        act(granting.grant(party=party, by=by), by)
    except initial.Confirm:
        raise
    except Refused as refusal:
        db.session.rollback()
        flash(refusal.sentence, "error")
        return _done(party_id, status=409 if isinstance(refusal, Stale) else 422)
    db.session.flush()
    return _done(party_id)


def _done(party_id: uuid.UUID, status: int = 200) -> Response:
    """The line again, for HTMX; else back to where the button was."""
    if not is_htmx():
        return make_response("", 303, {"Location": _back_url()})
    fresh = rows_of([party_id], scope(Permission.ACCESS_SEE))
    return _fragment(rows=fresh, polling=True, panel=request.args.get("panel"), status=status)


def _fragment(*, rows: list[Any], polling: bool, panel: str | None, status: int = 200) -> Response:
    w = words(**may_anywhere(), selectable=panel is None)
    body = render_template("backoffice/access/fragment.html", rows=rows, polling=polling, panel=panel, w=w)
    answer = make_response(body, status)
    answer.vary.add("HX-Request")
    return answer


def _ask_first(party: Party, question: initial.Confirm) -> Response:
    context = {"party": party, "sentence": question.sentence, "seen": _revision(party), "back": _back_url()}
    if not is_htmx():
        return page("backoffice/access/replace.html", status=409, **context)
    answer = make_response(render_template("backoffice/access/replace_dialog.html", **context), 409)
    answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#dialog", "innerHTML"
    return answer


def _standing(party_id: uuid.UUID, permission: Permission) -> tuple[Party, Access]:
    """The party and the access of its main contact; 404 where there is none."""
    party = party_for(party_id, permission, seen_by=Permission.ACCESS_SEE)
    query = select(Access).join(Contact, Contact.id == Access.contact_id)
    found = db.session.scalars(query.where(Contact.party_id == party.id, Contact.is_main)).one_or_none()
    if found is None:
        abort(404)
    return party, found


def _revision(party: Party) -> int:
    query = select(Access.revision).join(Contact, Contact.id == Access.contact_id)
    return db.session.scalar(query.where(Contact.party_id == party.id, Contact.is_main)) or 0


def _seen(access: Access) -> int | None:
    """The revision of the line that was clicked; a line without access saw none, and makes the first one."""
    seen: int | None = request.values.get("seen", type=int)
    if seen == 0 and access.revision == 1 and access.initial_set_at is None:
        return None
    return seen


def _back(party: Party) -> str:
    return safe_next(request.values.get("back"), otherwise=url_for("backoffice.party", party_id=party.id))


def _back_url() -> str:
    return safe_next(request.values.get("back"), otherwise=GRID)


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
