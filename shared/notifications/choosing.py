"""Which text announces: the folder's own, or that of the row sent again, else the rule's in the variant that fits."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from shared.extensions import db
from shared.notifications.models import Rule, Template


@dataclass(frozen=True)
class Texts:
    """The texts that one rule may use: its own by variant, and those that folders name by id."""

    variants: dict[str, Template]  # "" is the rule's own
    named: dict[uuid.UUID, Template]

    def pick(self, template_id: uuid.UUID | None, variant: str) -> Template | None:
        """The text for a recipient; None where every candidate was deleted."""
        own = self.named.get(template_id) if template_id else None
        return own or self.variants.get(variant) or self.variants.get("")


def texts_of(rule: Rule, template_ids: Iterable[uuid.UUID | None] = ()) -> Texts:
    """What may be picked under this rule, with the texts that `template_ids` name; one query."""
    named = {each for each in template_ids if each}
    usual = aliased(Template)
    fits = or_(Template.id == usual.id, Template.key.like(usual.key + ".%"), Template.id.in_(named))
    query = select(Template, usual.key).outerjoin(usual, usual.id == rule.template_id)
    rows = db.session.execute(query.where(fits, Template.deleted_at.is_(None))).all()
    variants = {
        each.key.removeprefix(f"{key}.") if each.key != key else "": each
        for each, key in rows
        if key is not None and (each.key == key or each.key.startswith(f"{key}."))
    }
    return Texts(variants, {each.id: each for each, _key in rows if each.id in named})


def template_for(rule: Rule, template_id: uuid.UUID | None, variant: str) -> Template:
    """The text for one recipient; raises LookupError when the rule has none left."""
    found = texts_of(rule, [template_id]).pick(template_id, variant)
    if found is None:
        raise LookupError(f"rule {rule.key} has no template")
    return found
