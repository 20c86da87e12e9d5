"""What an action on many documents would touch, before it does anything."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select

from shared.clock import today
from shared.documents.consents import PAYSLIP
from shared.documents.effective import settings_by
from shared.documents.models import Document, Publication
from shared.documents.signing import held_by_request
from shared.extensions import db
from shared.people.payslip_notice import earliest_of


@dataclass(frozen=True)
class Forecast:
    """The documents that would be touched, and how many would not, by a reason in French."""

    touched: list[Document] = field(default_factory=list)
    left: dict[str, int] = field(default_factory=dict)


def publishing_of(documents: Sequence[Document]) -> Forecast:
    """Those that are not on the portal yet, in folders that are shared with their party."""
    standing = _standing(documents)
    early = _too_early(documents)
    settings = settings_by({(each.party_id, each.folder) for each in documents})
    reasons = {
        each.id: _("déjà demandé sur le portail")
        if each.id in standing
        else _("bulletin d’un salarié informé depuis moins d’un mois")
        if each.party_id in early
        else (
            "" if settings[each.party_id, each.folder_id].on_portal else _("dans un répertoire qui n’est pas partagé")
        )
        for each in documents
    }
    return _sorted(documents, reasons)


def withdrawing_of(documents: Sequence[Document]) -> Forecast:
    """Those that stand on the portal, or wait to."""
    standing = _standing(documents)
    return _sorted(documents, {each.id: "" if each.id in standing else _("pas sur le portail") for each in documents})


def announcing_of(documents: Sequence[Document]) -> Forecast:
    """Those that are on the portal now: of another there is nothing to tell."""
    live = _standing(documents, Publication.live_at.is_not(None))
    settings = settings_by({(each.party_id, each.folder) for each in documents})
    reasons = {
        each.id: ""
        if each.id in live and settings[each.party_id, each.folder_id].on_portal
        else _("pas sur le portail")
        for each in documents
    }
    return _sorted(documents, reasons)


def moving_of(documents: Sequence[Document]) -> Forecast:
    """Those that no request for signature keeps where they are."""
    kept = held_by_request([each.id for each in documents])
    return _sorted(
        documents, {each.id: _("une signature est demandée") if each.id in kept else "" for each in documents}
    )


def _sorted(documents: Sequence[Document], reasons: dict[uuid.UUID, str]) -> Forecast:
    made = Forecast([each for each in documents if not reasons[each.id]])
    for reason in filter(None, reasons.values()):
        made.left[reason] = made.left.get(reason, 0) + 1
    return made


def _too_early(documents: Sequence[Document]) -> set[uuid.UUID]:
    """The employees whose first payslip may not be published yet."""
    ids = {each.party_id for each in documents if each.folder.document_class == PAYSLIP}
    return {who for who, day in earliest_of(list(ids)).items() if day is None or day > today()} if ids else set()


def _standing(documents: Sequence[Document], *conditions: ColumnElement[bool]) -> set[uuid.UUID]:
    query = select(Publication.document_id).where(
        Publication.document_id.in_([each.id for each in documents]), Publication.withdrawn_at.is_(None), *conditions
    )
    return set(db.session.scalars(query))
