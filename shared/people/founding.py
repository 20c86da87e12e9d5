"""A family of parties: created and changed on screen, with no programming."""

import re
from dataclasses import asdict, dataclass, field, replace
from datetime import time

from flask_babel import gettext as _
from sqlalchemy import func, select

from shared.documents.models import Folder
from shared.errors import Refused, Stale
from shared.events.recording import record
from shared.extensions import db
from shared.folding import fold
from shared.people.models import ConsentState, EmailSlot, Family

KEY = re.compile(r"[a-z][a-z0-9-]{1,30}")
TAKEN_KEYS = frozenset({"paths"})  # the tab « Chemins » of the folder grid
ROOT = re.compile(r"[A-Z0-9][A-Z0-9 _-]{0,39}")


@dataclass(frozen=True)
class Kind:
    """What a family is, as it is typed."""

    label: str  # Bailleurs
    one: str  # bailleur
    root: str  # BAILLEURS
    home_label: str  # espace bailleur
    slots: list[str] = field(default_factory=lambda: [EmailSlot.CARD.value])
    slot_fallback: str | None = None
    default_consent: ConsentState | None = None
    of_people: bool = False
    quiet_from: time | None = None  # by the company's clock: no notice leaves from then on
    quiet_until: time | None = None
    quiet_weekends: bool = False


def found(*, key: str, kind: Kind, by: str) -> Family:
    """A new family, last of the tabs. Raises Refused with the field that is wrong, or whose value is taken."""
    key = key.strip().lower()
    if not KEY.fullmatch(key) or key in TAKEN_KEYS:
        raise Refused(_("La clé compte de 2 à 31 lettres minuscules sans accent, chiffres ou tirets."), field="key")
    kind = _checked(kind, None)
    if db.session.scalar(select(Family.id).where(Family.key == key)) is not None:
        raise Refused(_("La clé « %(key)s » est déjà celle d’une famille.", key=key), field="key")
    last = db.session.scalar(select(func.max(Family.position)))
    family = Family(key=key, position=0 if last is None else last + 1, **asdict(kind))
    db.session.add(family)
    db.session.flush()
    record("family.created", by=by, facts={"key": key, "label": family.label})
    return family


def alter(*, family: Family, kind: Kind, seen: Kind, by: str) -> list[str]:
    """Change a family; which fields changed. `seen` is what stood on screen: Stale when it changed since.

    Raises Refused for a root that folders stand under, or a slot that folders or addresses use.
    """
    db.session.refresh(family, with_for_update=True)
    standing = kind_of(family)
    if standing != seen:
        raise Stale(_("Cette famille a été modifiée entre-temps. Rien n’est enregistré : comparez, puis recommencez."))
    kind = _checked(kind, family)
    changed = {name: value for name, value in asdict(kind).items() if value != getattr(family, name)}
    if "root" in changed and db.session.scalar(select(Folder.id).where(Folder.family_id == family.id).limit(1)):
        raise Refused(_("Des répertoires sont déjà classés sous cette racine : elle ne change plus."), field="root")
    lost = set(family.slots) - set(kind.slots)
    used = select(Folder.label).where(Folder.family_id == family.id, Folder.slot.in_(lost)).limit(1)
    label = db.session.scalar(used) if lost else None
    if label is not None:
        raise Refused(
            _("Le répertoire « %(label)s » notifie sur une cellule que vous retirez.", label=label), field="slots"
        )
    for name, value in changed.items():
        setattr(family, name, value)
    db.session.flush()
    if changed:
        record("family.changed", by=by, facts={"key": family.key, "fields": sorted(changed)})
    return sorted(changed)


def kind_of(family: Family) -> Kind:
    """A family as it stands."""
    return Kind(
        label=family.label,
        one=family.one,
        root=family.root,
        home_label=family.home_label,
        slots=list(family.slots),
        slot_fallback=family.slot_fallback,
        default_consent=family.default_consent,
        of_people=family.of_people,
        quiet_from=family.quiet_from,
        quiet_until=family.quiet_until,
        quiet_weekends=family.quiet_weekends,
    )


def _checked(kind: Kind, family: Family | None) -> Kind:
    words = {name: " ".join(getattr(kind, name).split()) for name in ("label", "one", "home_label")}
    for name, text in words.items():
        if not text or len(text) > 60 or not text.isprintable():
            raise Refused(_("Ce nom compte de 1 à 60 caractères."), field=name)
    root = " ".join(kind.root.upper().split())
    if not ROOT.fullmatch(root):
        raise Refused(_("La racine compte de 1 à 40 capitales sans accent, chiffres, espaces ou tirets."), field="root")
    _refuse_taken(words["label"], root, family)
    slots: list[str] = [slot.value for slot in EmailSlot if slot.value in kind.slots]
    if EmailSlot.CARD.value not in slots:
        raise Refused(_("La cellule « fiche » est celle de tous les tiers : gardez-la."), field="slots")
    if kind.slot_fallback and kind.slot_fallback not in slots:
        raise Refused(_("La cellule de secours est une des cellules de la famille."), field="slot_fallback")
    if (kind.quiet_from is None) != (kind.quiet_until is None):
        raise Refused(_("Donnez le début et la fin des heures de repos, ou aucun des deux."), field="quiet_until")
    fallback = kind.slot_fallback or None
    label, one, home_label = words["label"], words["one"], words["home_label"]
    names = replace(kind, label=label, one=one, home_label=home_label)
    return replace(names, root=root, slots=slots, slot_fallback=fallback)


def _refuse_taken(label: str, root: str, family: Family | None) -> None:
    for other in db.session.scalars(select(Family)):
        if family is not None and other.id == family.id:
            continue
        if fold(other.root) == fold(root):
            raise Refused(
                _("La racine %(root)s est déjà celle de la famille « %(label)s ».", root=root, label=other.label),
                field="root",
            )
        if fold(other.label) == fold(label):
            raise Refused(_("Une famille s’appelle déjà « %(label)s ».", label=other.label), field="label")
