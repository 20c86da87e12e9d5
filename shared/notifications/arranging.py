"""A company's own texts: made as a copy of another, named, marked service or information, copied to, taken away."""

import uuid
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select

from shared.clock import now
from shared.errors import Refused, Stale
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.folding import fold
from shared.marking import mark_of
from shared.notifications.copying import read_copies
from shared.notifications.models import Template, TemplateVersion
from shared.notifications.promoting import INFORMATION, SECURITY, SERVICE, check_promotion
from shared.notifications.using import grants_needed_by, users_of
from shared.people.models import Family

LOGIN = ("access", "security", "code")  # contexts that stay service or security, and are copied to nobody
LONGEST_LABEL = 80


def create(*, source: Template, label: str, family_id: uuid.UUID | None, by: str) -> Template:
    """A text of one's own, with the words in force of `source` in each language. Raises Refused on a bad name."""
    if source.context in LOGIN:
        raise Refused(_("Les messages d’accès et de sécurité n’ont qu’un texte : modifiez-le directement."), "source")
    made = Template(
        id=uuid7(),
        label=_free_label(label, None),
        context=source.context,
        kind=source.kind,
        family_id=_family(family_id),
        key="",
    )
    made.key = f"own.{made.id.hex}"
    db.session.add(made)
    db.session.flush()
    in_force = (TemplateVersion.template_id == source.id, TemplateVersion.is_current)
    for each in db.session.scalars(select(TemplateVersion).where(*in_force)):
        copy = TemplateVersion(template_id=made.id, locale=each.locale, number=1, by=by)
        copy.subject, copy.body = each.subject, each.body
        db.session.add(copy)
    db.session.flush()
    record("template.created", by=by, facts={"template": made.label, "source": source.key})
    return made


def arrange(
    *, template: Template, label: str, family_id: uuid.UUID | None, kind: str, blind_copies: str, seen: str, by: str
) -> None:
    """Change what surrounds the text. Raises Refused, with the field, for what this text cannot be.

    Stale when somebody else changed it since `seen`, the mark of `standing`.
    """
    db.session.flush()
    db.session.refresh(template, with_for_update={"of": Template})
    if seen != mark_of(standing(template)):
        raise Stale(_("Quelqu’un a enregistré ces réglages pendant que vous les modifiiez. Rien n’a été écrasé."))
    wanted = {
        "label": _free_label(label, template),
        "family_id": _family(family_id),
        "kind": _kind(template, kind),
        "blind_copies": _copies(template, blind_copies),
    }
    changed = {name: value for name, value in wanted.items() if getattr(template, name) != value}
    if not changed:
        return
    for name, value in changed.items():
        setattr(template, name, value)
    db.session.flush()
    facts = {name: str(value or "") for name, value in changed.items()}
    record("template.changed", by=by, facts={"template": template.label, "changed": facts})


def standing(template: Template) -> dict[str, Any]:
    """What surrounds the text, as it stands."""
    return {name: getattr(template, name) for name in ("label", "family_id", "kind", "blind_copies")}


def delete(*, template: Template, by: str) -> None:
    """Take it out of the lists; its versions and the messages made from it stay. Raises Refused while it is used."""
    users = users_of(template)
    if users:
        raise Refused(
            _(
                "Ce modèle sert encore : %(users)s. Choisissez-leur un autre modèle, puis supprimez celui-ci.",
                users=", ".join(users),
            )
        )
    template.deleted_at = now()
    db.session.flush()
    record("template.deleted", by=by, facts={"template": template.label})


def check_copied(template: Template, body: str) -> None:
    """Refuse a password in a text that is copied to somebody."""
    if template.blind_copies and "#mot_de_passe#" in fold(body).replace(" ", "_"):
        raise Refused(_("Ce modèle part en copie cachée : #mot_de_passe# n’y a pas sa place."), "body")


def _free_label(label: str, own: Template | None) -> str:
    label = " ".join(label.split())
    if not label:
        raise Refused(_("Donnez un nom au modèle."), "label")
    if len(label) > LONGEST_LABEL:
        raise Refused(_("Ce nom est trop long : 80 caractères au plus."), "label")
    taken = select(Template.id).where(Template.label == label, Template.deleted_at.is_(None))
    if own is not None:
        taken = taken.where(Template.id != own.id)
    if (own is None or own.label != label) and db.session.scalars(taken.limit(1)).first() is not None:
        raise Refused(_("Un autre modèle porte déjà ce nom : choisissez-en un autre."), "label")
    return label


def _family(family_id: uuid.UUID | None) -> uuid.UUID | None:
    if family_id is not None and db.session.get(Family, family_id) is None:
        raise Refused(_("Cette famille n’existe plus : choisissez-en une dans la liste."), "family_id")
    return family_id


def _kind(template: Template, kind: str) -> str:
    if kind == template.kind:
        return kind
    if kind not in (SERVICE, INFORMATION) or template.kind == SECURITY or template.context in LOGIN:
        raise Refused(_("Ce message prévient de l’accès ou de la sécurité : son genre ne change pas."), "kind")
    in_force = (TemplateVersion.template_id == template.id, TemplateVersion.is_current)
    for body in db.session.scalars(select(TemplateVersion.body).where(*in_force)):
        try:
            check_promotion(kind, body)
        except Refused as refused:
            raise Refused(refused.sentence, "kind") from refused
    return kind


def _copies(template: Template, typed: str) -> str:
    written = read_copies(typed)
    if not written or written == template.blind_copies:
        return written
    if template.kind == SECURITY or template.context in LOGIN:
        raise Refused(_("Un message d’accès ou de sécurité ne part en copie à personne."), "blind_copies")
    folders = grants_needed_by(template)
    if folders:
        raise Refused(
            _(
                "Aucune copie cachée pour les bulletins et les documents réservés : ce modèle annonce %(folders)s.",
                folders=", ".join(folders),
            ),
            "blind_copies",
        )
    holding = or_(*(TemplateVersion.body.ilike(f"%#{word}#%") for word in ("mot_de_passe", "mot de passe")))
    query = select(TemplateVersion.id).where(TemplateVersion.template_id == template.id, TemplateVersion.is_current)
    if db.session.scalars(query.where(holding).limit(1)).first() is not None:
        raise Refused(_("Ce texte contient #mot_de_passe# : il ne part en copie à personne."), "blind_copies")
    return written
