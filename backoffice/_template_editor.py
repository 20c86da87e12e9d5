"""The page of one text: what every view of it shows again, with what was typed."""

import uuid
from typing import Any

from flask import Response, abort, request
from sqlalchemy import and_, select

from backoffice.reach import scope
from backoffice.templates_form import ArrangeForm, TemplateForm, arrange_form
from backoffice.two_clerks import Clash
from shared.catalogues import SOURCE, languages
from shared.errors import Refused
from shared.events.actors import WORDS, staff_name
from shared.extensions import db
from shared.folding import fold
from shared.notifications.arranging import LOGIN
from shared.notifications.channels.sms_parts import measure, plain
from shared.notifications.entrusting import context_for
from shared.notifications.field_table import BUSINESS, DOCUMENT
from shared.notifications.fields import offered
from shared.notifications.models import Template, TemplateVersion
from shared.notifications.promoting import BLOCK, looks_promotional
from shared.notifications.record_trying import LOOKED_AT
from shared.notifications.trying import Trial, lacking, parties_to_try, try_on
from shared.notifications.version_reading import Versions, cut, some, versions_of
from shared.people.models import Family
from shared.web.page import page
from shared.web.permissions import Permission

CHECKED = (DOCUMENT, BUSINESS)  # the texts about something that may lack a value


def editor(
    found: Template,
    locale: str,
    form: TemplateForm,
    *,
    status: int = 200,
    sentence: str = "",
    theirs: TemplateVersion | None = None,
    versions: Versions | None = None,
    arranging: ArrangeForm | None = None,
    arranging_sentence: str = "",
    clash: Clash | None = None,
) -> Response:
    """The whole page."""
    versions = versions_of(found.id, locale) if versions is None else versions
    families = list(db.session.scalars(select(Family).order_by(Family.position)))
    return page(
        "backoffice/templates/edit.html",
        blocks=("tiers",),
        status=status,
        text=found,
        locale=locale,
        locales=languages(),
        form=form,
        sentence=sentence,
        theirs=theirs,
        arranging=arranging or arrange_form(found, families),
        arranging_sentence=arranging_sentence,
        clash=clash,
        is_free=found.context not in LOGIN,
        block=BLOCK,
        fields=offered(context_for(found)),
        versions=[version for version, _name in versions.rows],
        older=versions.older,
        names=names_in(versions),
        may_edit=bool(scope(Permission.TEMPLATES_EDIT).grants),
        **trial_of(found, locale, form),
    )


def current_form(found: Template, locale: str, versions: Versions) -> TemplateForm:
    """The text in force; in a language that has none, an empty form."""
    current = next((version for version, _name in versions.rows if version.is_current), None)
    data = {"subject": "", "body": "", "seen": 0}
    if current is not None:
        data = {"subject": current.subject, "body": current.body, "seen": current.number}
    return TemplateForm(formdata=None, data=data)


def trial_of(found: Template, locale: str, form: TemplateForm) -> dict[str, Any]:
    """The text tried on the party of the address bar or form, and the parties for whom it would have holes."""
    reach, sought = scope(Permission.PARTIES_SEE), request.values.get("q", "").strip()
    subject, body = form.subject.data or "", form.body.data or ""
    parties = parties_to_try(reach, fold(sought))
    party_id = asked("party") or (parties[0].id if parties else None)
    trial: Trial | None = None
    problem, holes, looked_at = "", [], 0
    try:
        if party_id is not None and body:
            trial = try_on(
                subject=subject,
                body=body,
                template=found,
                locale=locale,
                party_id=party_id,
                scope=reach,
                known=parties,
                document_id=asked("document"),
            )
        if found.context in CHECKED and body:
            looked_at = LOOKED_AT
            holes = lacking(subject=subject, body=body, template=found, locale=locale, scope=reach)
    except Refused as refusal:
        problem = refusal.sentence
    said = plain(trial.body) if trial is not None and found.channel == "sms" else ""
    return {
        "trial": trial,
        "sms": said,
        "size": measure(said),
        "problem": problem,
        "holes": holes,
        "looked_at": looked_at,
        "on_records": found.context == BUSINESS,
        "party_id": party_id,
        "parties": parties,
        "q": sought,
        "promotional": looks_promotional(found.kind, subject, body),
    }


def template_or_404(template_id: uuid.UUID) -> Template:
    """The text of an address, if it stands."""
    found = db.session.get(Template, template_id)
    if found is None or found.deleted_at is not None:
        abort(404)
    return found


def template_with_versions(template_id: uuid.UUID, locale: str) -> tuple[Template, Versions]:
    """The text of an address with its latest versions in one language, in one question."""
    spoken = and_(TemplateVersion.template_id == Template.id, TemplateVersion.locale == locale)
    query = (
        select(Template, TemplateVersion, staff_name(TemplateVersion.by.expression))
        .outerjoin(TemplateVersion, spoken)
        .where(Template.id == template_id, Template.deleted_at.is_(None))
    )
    rows = db.session.execute(some(query)).all()
    if not rows:
        abort(404)
    return rows[0][0], cut((version, name) for _text, version, name in rows if version is not None)


def names_in(versions: Versions) -> dict[str, str]:
    """Who wrote them: actor → name."""
    return {version.by: name or WORDS.get(version.by, version.by) for version, name in versions.rows}


def locale_asked() -> str:
    """The language of the tab."""
    named = request.args.get("locale", SOURCE)
    return named if named in languages() else SOURCE


def asked(name: str) -> uuid.UUID | None:
    """An id of the form or address bar; anything else counts for none."""
    try:
        return uuid.UUID(request.values.get(name, ""))
    except ValueError:
        return None
