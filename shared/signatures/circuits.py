"""Ready-made circuits: who signs in which rank. One may be bound to a folder, and is used there by itself."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from shared.access.granting import main_contact
from shared.clock import now
from shared.documents.models import Folder
from shared.errors import Refused, Stale
from shared.events.recording import record
from shared.extensions import db, uuid7
from shared.folding import fold
from shared.notifications.addresses import normalise
from shared.people.models import Contact, Party, Staff
from shared.signatures.models import Circuit, SignerRole
from shared.signatures.wanted import Wanted

MAIN = ""  # the contact role of the party's main contact
LONGEST_LABEL = 80


@dataclass(frozen=True)
class Step:
    """One signer of a circuit: a contact by what they do at the party, or a member of staff."""

    rank: int
    role: SignerRole
    contact_role: str = MAIN
    staff_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Plan:
    """What the form of a circuit holds."""

    label: str
    steps: Sequence[Step]
    folder_id: uuid.UUID | None = None
    due_days: int | None = None
    remind_days: int | None = None
    copies: Sequence[str] = ()


def of_folder(folder_id: uuid.UUID) -> Circuit | None:
    """The circuit that this folder uses by itself."""
    return db.session.scalars(
        select(Circuit).where(Circuit.folder_id == folder_id, Circuit.deleted_at.is_(None))
    ).one_or_none()


def standing() -> list[Circuit]:
    """Every circuit, by its label."""
    return list(db.session.scalars(select(Circuit).where(Circuit.deleted_at.is_(None)).order_by(Circuit.label)))


def wanted_by(circuit: Circuit | None, party: Party) -> list[Wanted]:
    """The people whom a circuit means at this party; without one, its main contact.

    Raises Refused where nobody at the party has that role, or a member of staff has left.
    """
    if circuit is None:
        return [Wanted(1, SignerRole.PARTY, contact=main_contact(party))]
    return [_person(step, party) for step in steps_of(circuit)]


def steps_of(circuit: Circuit) -> list[Step]:
    """The steps of a circuit as they are kept."""
    return [
        Step(
            int(each["rank"]),
            SignerRole(each["role"]),
            each.get("contact_role", MAIN),
            uuid.UUID(each["staff_id"]) if each.get("staff_id") else None,
        )
        for each in circuit.steps
    ]


def save(*, circuit: Circuit | None, plan: Plan, revision: int, by: str) -> Circuit:
    """Write a circuit, or make one. Requests that run keep the signers they were asked with.

    Raises Stale when somebody saved it since, Refused with the field that is wrong.
    """
    values = _checked(plan, circuit)
    if circuit is None:
        circuit = Circuit(id=uuid7(), revision=0)
        db.session.add(circuit)
    else:
        db.session.refresh(circuit, with_for_update=True)
        if circuit.revision != revision or circuit.deleted_at is not None:
            raise Stale(_("Quelqu’un a modifié ce circuit entre-temps. Rien n’est enregistré : relisez-le."))
    for name, value in values.items():
        setattr(circuit, name, value)
    circuit.revision += 1
    db.session.flush()
    record("circuit.saved", by=by, facts={"circuit": str(circuit.id), "label": circuit.label, "steps": circuit.steps})
    return circuit


def remove(*, circuit: Circuit, by: str) -> None:
    """Offer this circuit no more; its folder asks the main contact again."""
    db.session.refresh(circuit, with_for_update=True)
    if circuit.deleted_at is not None:
        return
    circuit.deleted_at, circuit.folder_id = now(), None
    db.session.flush()
    record("circuit.deleted", by=by, facts={"circuit": str(circuit.id), "label": circuit.label})


def _person(step: Step, party: Party) -> Wanted:
    if step.role is SignerRole.COMPANY:
        staff = db.session.get(Staff, step.staff_id)
        if staff is None or staff.disabled_at is not None:
            raise Refused(
                _("La personne qui signe pour la société dans ce circuit a quitté le back-office."), "circuit"
            )
        return Wanted(step.rank, step.role, staff=staff)
    if step.contact_role == MAIN:
        return Wanted(step.rank, step.role, contact=main_contact(party))
    open_ones = select(Contact).where(Contact.party_id == party.id, Contact.closed_at.is_(None)).order_by(Contact.id)
    for contact in db.session.scalars(open_ones):
        if fold(contact.role) == fold(step.contact_role):
            return Wanted(step.rank, step.role, contact=contact)
    sentence = _(
        "« %(party)s » n’a pas d’interlocuteur « %(role)s » : ajoutez-le à sa fiche, ou choisissez les signataires.",
        party=party.name,
        role=step.contact_role,
    )
    raise Refused(sentence, field="circuit")


def _checked(plan: Plan, circuit: Circuit | None) -> dict[str, Any]:
    label = " ".join(plan.label.split())
    if not label or len(label) > LONGEST_LABEL or not label.isprintable():
        raise Refused(_("Le nom du circuit compte de 1 à 80 caractères."), field="label")
    if not plan.steps:
        raise Refused(_("Un circuit compte au moins un signataire."), field="steps")
    if plan.due_days is not None and not 1 <= plan.due_days <= 365:
        raise Refused(_("L’échéance tombe de 1 à 365 jours après la demande."), field="due_days")
    if plan.remind_days is not None and not 1 <= plan.remind_days <= 60:
        raise Refused(_("Une relance part tous les 1 à 60 jours."), field="remind_days")
    _check_folder(plan.folder_id, circuit)
    return {
        "label": label,
        "steps": [_step(each) for each in _distinct(plan.steps)],
        "folder_id": plan.folder_id,
        "due_days": plan.due_days,
        "remind_days": plan.remind_days,
        "copies": list(dict.fromkeys(normalise(each, "copies") for each in plan.copies if each.strip())),
    }


def _check_folder(folder_id: uuid.UUID | None, circuit: Circuit | None) -> None:
    if folder_id is None:
        return
    folder = db.session.get(Folder, folder_id)
    if folder is None or folder.signature_side is None:
        raise Refused(
            _("Ce répertoire ne demande pas de signature : choisissez-en un « à signer »."), field="folder_id"
        )
    taken = of_folder(folder_id)
    if taken is not None and (circuit is None or taken.id != circuit.id):
        raise Refused(
            _("« %(label)s » a déjà un circuit : détachez-le d’abord.", label=folder.label), field="folder_id"
        )


def _distinct(steps: Sequence[Step]) -> list[Step]:
    people = {(each.role, each.staff_id or fold(each.contact_role)) for each in steps}
    if len(people) != len(steps):
        raise Refused(_("Une même personne ne signe qu’une fois : retirez-la d’une des lignes."), field="steps")
    return sorted(steps, key=lambda each: each.rank)


def _step(step: Step) -> dict[str, Any]:
    staff = db.session.get(Staff, step.staff_id) if step.staff_id else None
    if step.role is SignerRole.COMPANY and (staff is None or staff.disabled_at is not None):
        raise Refused(_("Choisissez qui signe pour la société."), field="steps")
    company = step.role is SignerRole.COMPANY
    return {
        "rank": step.rank,
        "role": step.role.value,
        "contact_role": MAIN if company else " ".join(step.contact_role.split()),
        "staff_id": str(step.staff_id) if company else None,
    }
