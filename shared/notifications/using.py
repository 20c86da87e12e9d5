"""What uses a text: the folders that announce with it, by name or as the usual one, exceptions and rules."""

import uuid
from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import or_, select

from shared.documents.models import Folder, FolderException
from shared.extensions import db
from shared.notifications.choosing import announcing
from shared.notifications.copying import RESERVED
from shared.notifications.models import Template
from shared.notifications.rule_models import Rule
from shared.people.models import Party

EVENT, AUDIENCE = "document.published", "folder_slot"
SHOWN = 5


def users_of(template: Template) -> list[str]:
    """In words, at most a few of each: what would have no text without this one."""
    rules = db.session.scalars(
        select(Rule.label).where(Rule.template_id == template.id, Rule.deleted_at.is_(None)).order_by(Rule.key)
    )
    folders = [_("le répertoire « %(label)s »", label=each.label) for each in _folders_of(template)]
    exceptions = [_("l’exception de « %(name)s »", name=name) for name in _exceptions(template)]
    return [*folders[:SHOWN], *exceptions, *(_("la règle « %(label)s »", label=label) for label in rules)]


def grants_needed_by(template: Template) -> list[str]:
    """The folders of payslips and the like that announce with this text."""
    reserved = or_(Folder.needs_grant, Folder.document_class.in_(RESERVED))
    folders = _folders_of(template, list(db.session.scalars(select(Folder).where(reserved))))
    excepted = select(Folder.label).join(FolderException, FolderException.folder_id == Folder.id)
    named = FolderException.values["template_id"].astext == str(template.id)
    return [*(each.label for each in folders), *db.session.scalars(excepted.where(reserved, named).limit(SHOWN))]


def forbids_copies(folder: Folder, template_id: uuid.UUID | None) -> bool:
    """Whether that folder may not announce with that text, because it is copied to somebody."""
    if not (folder.needs_grant or folder.document_class in RESERVED) or template_id is None:
        return False
    template = db.session.get(Template, template_id)
    return template is not None and bool(template.blind_copies)


def _folders_of(template: Template, among: Sequence[Folder] | None = None) -> list[Folder]:
    folders = among if among is not None else db.session.scalars(select(Folder).order_by(Folder.path_folded)).all()
    rule, texts = announcing(EVENT, AUDIENCE, {each.template_id for each in folders})
    if rule is None or texts is None:
        return [each for each in folders if each.template_id == template.id]
    return [each for each in folders if texts.pick(each.template_id, each.link_target.value) is template]


def _exceptions(template: Template) -> Sequence[str]:
    named = FolderException.values["template_id"].astext == str(template.id)
    query = select(Party.name).join(FolderException, FolderException.party_id == Party.id)
    return db.session.scalars(query.where(named).order_by(Party.name_folded).limit(SHOWN)).all()
