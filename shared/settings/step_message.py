"""What a step of the first start sends to whoever asks: the very message that a party of that family would get.

Its text is the real one, its values are made up, and no link of it opens anything.
"""

from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import ScalarSelect, func, select

from shared.config import config
from shared.documents.models import Document, Folder, Notify
from shared.errors import Refused
from shared.extensions import db
from shared.notifications.choosing import announcing
from shared.notifications.entrusting import context_for
from shared.notifications.fields import sample_values
from shared.notifications.messages import FALLBACK, brand_of
from shared.notifications.models import Template, TemplateVersion
from shared.notifications.promoting import with_promotion
from shared.notifications.rendering import Rendered
from shared.notifications.rendering import compile as compile_text
from shared.notifications.values import Link
from shared.people.models import Family
from shared.settings.reading import company

FOLDERS, ACCESS = "folders", "access"
LINKS = ("lien", "desinscription")


def step_message(*, step: str, family_key: str) -> Rendered:
    """The text of a step (`folders` or `access`) of one family. Raises Refused while nothing would be announced."""
    template = _of_folders(family_key) if step == FOLDERS else _of_access()
    text = _current(template)
    compiled = compile_text(
        f"[{_('Essai')}] {text.subject}",
        with_promotion(text.body),
        brand_of(company()),
        locale=text.locale,
        kind=template.context,
        reason=str(_("Essai : les valeurs sont inventées, aucun lien n’ouvre rien. Vous seul recevez ce message.")),
    )
    nowhere = Link(f"{config().public_url}/l/exemple")
    return compiled.merge(sample_values(context_for(template)) | dict.fromkeys(LINKS, nowhere))


def _of_folders(family_key: str) -> Template:
    """Of the folder that announces and holds the most documents, chosen as by the engine."""
    query = (
        select(Folder)
        .join(Family, Family.id == Folder.family_id)
        .where(Family.key == family_key, Folder.on_portal, Folder.notify != Notify.NONE)
        .where(Folder.signature_side.is_(None))  # there it is the asking to sign that is announced
        .order_by(_documents().desc(), Folder.position, Folder.path_folded)
        .limit(1)
    )
    folder = db.session.scalars(query).first()
    if folder is None:
        raise Refused(_("Aucun répertoire partagé de cette famille n’annonce ses documents : réglez-le dans la GED."))
    _rule, texts = announcing("document.published", "folder_slot", [folder.template_id] if folder.template_id else [])
    return _found(texts.pick(folder.template_id, folder.link_target.value) if texts else None)


def _documents() -> ScalarSelect[int]:
    return select(func.count(Document.id)).where(Document.folder_id == Folder.id).scalar_subquery()


def _of_access() -> Template:
    _rule, texts = announcing("access.opened", "access_holder")
    return _found(texts.pick(None, "") if texts else None)


def _found(template: Template | None) -> Template:
    if template is None:
        raise Refused(_("Aucune règle de notification n’annonce cela : rien ne partirait."))
    return template


def _current(template: Template) -> TemplateVersion:
    """In the language of whoever asks, else in French."""
    found = {
        each.locale: each
        for each in db.session.scalars(
            select(TemplateVersion).where(TemplateVersion.template_id == template.id, TemplateVersion.is_current)
        )
    }
    text = found.get(str(get_locale() or FALLBACK)) or found.get(FALLBACK)
    if text is None:
        raise Refused(_("Ce modèle n’a plus de texte : rien ne partirait."))
    return text
