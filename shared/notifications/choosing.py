"""Which text announces: the folder's own, or that of the row sent again, else the rule's in the variant that fits."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Row, Select, and_, or_, select, tuple_
from sqlalchemy.orm import aliased

from shared.events.batches import read_once
from shared.extensions import db
from shared.notifications.models import Template
from shared.notifications.rule_models import Rule


@dataclass(frozen=True)
class Texts:
    """The texts that one rule may use: its own by variant, and those that folders name by id."""

    variants: dict[str, Template]  # "" is the rule's own
    named: dict[uuid.UUID, Template]

    def pick(self, template_id: uuid.UUID | None, variant: str) -> Template | None:
        """The text for a recipient; None where every candidate was deleted."""
        own = self.named.get(template_id) if template_id else None
        return own or self.variants.get(variant) or self.variants.get("")


Told = tuple[Rule, Texts]


def texts_of(rule: Rule, template_ids: Iterable[uuid.UUID | None] = ()) -> Texts:
    """What may be picked under this rule, with the texts that `template_ids` name; one query."""
    named = {each for each in template_ids if each}
    key = f"texts of {rule.id} {sorted(named)}"
    rows = read_once(key, lambda: db.session.execute(_candidates(named).where(Rule.id == rule.id)).all())
    return _sorted(rows, named)


def announcing(
    event: str, audience: str, template_ids: Iterable[uuid.UUID | None] = ()
) -> tuple[Rule, Texts] | tuple[None, None]:
    """The first enabled rule that tells this audience of the event, with its texts; one query."""
    named = set(template_ids)
    stands = (Rule.event == event, Rule.audience == audience, Rule.enabled, Rule.deleted_at.is_(None))
    rows = db.session.execute(_candidates(named).where(*stands).order_by(Rule.key)).all()
    if not rows:
        return None, None
    rule = rows[0][0]
    return rule, _sorted([row for row in rows if row[0] is rule], named)


def all_announcing(tells: Iterable[tuple[str, str]], template_ids: Iterable[uuid.UUID | None] = ()) -> list[Told]:
    """Every enabled rule of these (event, audience), each with its texts; one query."""
    named = set(template_ids)
    stands = (tuple_(Rule.event, Rule.audience).in_(list(tells)), Rule.enabled, Rule.deleted_at.is_(None))
    rows = db.session.execute(_candidates(named).where(*stands).order_by(Rule.key)).all()
    found = dict.fromkeys(row[0] for row in rows)
    return [(rule, _sorted([row for row in rows if row[0] is rule], named)) for rule in found]


def template_for(rule: Rule, template_id: uuid.UUID | None, variant: str) -> Template:
    """The text for one recipient; raises LookupError when the rule has none left."""
    found = texts_of(rule, [template_id]).pick(template_id, variant)
    if found is None:
        raise LookupError(f"rule {rule.key} has no template")
    return found


def _candidates(template_ids: Iterable[uuid.UUID | None]) -> Select[Rule, str, Template]:
    usual = aliased(Template)
    named = Template.id.in_({each for each in template_ids if each})
    fits = or_(Template.id == usual.id, Template.key.like(usual.key + ".%"), named)
    query = select(Rule, usual.key, Template).outerjoin(usual, usual.id == Rule.template_id)
    return query.outerjoin(Template, and_(fits, Template.deleted_at.is_(None)))


def _sorted(rows: Sequence[Row[Rule, str, Template]], template_ids: Iterable[uuid.UUID | None]) -> Texts:
    found = [(key, each) for _rule, key, each in rows if each is not None]
    variants = {
        each.key.removeprefix(f"{key}.") if each.key != key else "": each
        for key, each in found
        if key is not None and (each.key == key or each.key.startswith(f"{key}."))
    }
    named = {each for each in template_ids if each}
    return Texts(variants, {each.id: each for _key, each in found if each.id in named})
