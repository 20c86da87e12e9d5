"""« Paramétrage notification(s) » as it is read: every rule with its text, and what a rule may choose from."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, Text, and_, cast, func, literal, literal_column, select, union_all

from shared.documents.models import Folder, Notify
from shared.extensions import db
from shared.notifications.field_table import BUSINESS
from shared.notifications.models import Template, TemplateVersion
from shared.notifications.rule_models import Rule, RuleType
from shared.people.models import Family, Role
from shared.records.models import StateCode

LOGIN = ("access", "security", "code")
SUBJECT_LANGUAGE = "fr"


@dataclass(frozen=True)
class Choices:
    """What the form of a rule offers."""

    templates: dict[str, str]
    families: dict[str, str]
    folders: dict[str, str]
    codes: dict[str, str]
    roles: dict[str, str]


def rules() -> list[Row[Any]]:
    """Every rule with its template (id, label), those deleted included, in their order."""
    return list(db.session.execute(_rules().order_by(Rule.event, Rule.key)))


def rule_row(rule_id: uuid.UUID) -> Row[Any] | None:
    """One of them."""
    return db.session.execute(_rules().where(Rule.id == rule_id)).one_or_none()


def types_of(types: Sequence[RuleType]) -> dict[str, RuleType]:
    """Event → the first type that holds it."""
    found: dict[str, RuleType] = {}
    for each in types:
        for event in each.events:
            found.setdefault(event, each)
    return found


def notifying_folders() -> Sequence[Any]:
    """The folders that announce what is published there: folder, family, own text."""
    query = (
        select(Folder, Family.label.label("family"), Family.key.label("family_key"), Template.label.label("template"))
        .join(Family, Family.id == Folder.family_id)
        .outerjoin(Template, and_(Template.id == Folder.template_id, Template.deleted_at.is_(None)))
        .where(Folder.notify != Notify.NONE, Folder.on_portal)
    )
    return db.session.execute(query.order_by(Family.position, Folder.path_folded)).all()


def choices_for(kind: str, *, with_folders: bool, with_codes: bool, standing: uuid.UUID | None = None) -> Choices:
    """What a rule about this kind of record may name; an empty `kind` is an event of the product. One query."""
    folders = select(literal("folder"), cast(Folder.id, Text), Family.label + " / " + Folder.label, Folder.path_folded)
    codes = select(literal("code"), StateCode.code, StateCode.label, StateCode.code).where(StateCode.kind == kind)
    place = func.lpad(cast(Family.position, Text), 6, "0")
    parts: list[Any] = [
        _templates(bool(kind), standing),
        select(literal("family"), cast(Family.id, Text), Family.label, place),
        select(literal("role"), Role.key, Role.label, Role.label),
    ]
    parts += [folders.join(Family, Family.id == Folder.family_id)] if with_folders else []
    parts += [codes] if with_codes else []
    found: dict[str, dict[str, str]] = {}
    for of, key, label, _order in db.session.execute(union_all(*parts).order_by(literal_column("1, 4, 2"))):
        found.setdefault(of, {})[key] = label
    return Choices(*(found.get(of, {}) for of in ("template", "family", "folder", "code", "role")))


def _rules() -> Select[*tuple[Any, ...]]:
    text = (Template.id.label("template_id"), Template.label.label("template"), Template.deleted_at.label("gone"))
    return select(Rule, *text).outerjoin(Template, Template.id == Rule.template_id)


def _templates(is_record: bool, standing: uuid.UUID | None) -> Any:
    """The texts of records for a record, else those of documents and requests; the one in use whatever it is."""
    fits = Template.context == BUSINESS if is_record else Template.context.not_in((*LOGIN, BUSINESS))
    named = and_(fits, Template.deleted_at.is_(None))
    query = select(literal("template"), cast(Template.id, Text), Template.label, Template.label)
    return query.where(named | (Template.id == standing) if standing else named)


def families_and_folders(*, with_folders: bool) -> tuple[dict[str, str], dict[str, str]]:
    """Id → label of each, in their order; one query."""
    query = select(Family.id, Family.label, Folder.id.label("folder_id"), Folder.label.label("folder"))
    families: dict[str, str] = {}
    folders: dict[str, str] = {}
    for row in db.session.execute(
        query.outerjoin(Folder, Folder.family_id == Family.id).order_by(Family.position, Folder.path_folded)
    ):
        families[str(row.id)] = row.label
        if with_folders and row.folder_id:
            folders[str(row.folder_id)] = f"{row.label} / {row.folder}"
    return families, folders


def text_of(template_id: uuid.UUID | None) -> Any:
    """The text in force of a template, in French: subject and body."""
    query = select(TemplateVersion.subject, TemplateVersion.body).where(
        TemplateVersion.template_id == template_id,
        TemplateVersion.is_current,
        TemplateVersion.locale == SUBJECT_LANGUAGE,
    )
    return db.session.execute(query).one_or_none() if template_id else None
