"""The links of a batch of messages: their rows are durable before the first message leaves.

A link carries a token derived from its row; a retry finds the row of its first try again, and a new
activation or reset link ends the earlier ones.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from shared import links
from shared.access.models import Link, LinkPurpose
from shared.clock import now
from shared.documents.models import LinkTarget
from shared.extensions import uuid7


@dataclass(frozen=True)
class Wanted:
    """What one message needs: `document_ids` in order, `opens` those that may open without signing in."""

    row: RowMapping
    purpose: LinkPurpose | None
    document_ids: tuple[uuid.UUID, ...] = ()
    opens: frozenset[uuid.UUID] = frozenset()


@dataclass
class Linked:
    """The addresses for one message: the main one with its end, and one a document where each opens alone."""

    url: str = ""
    expires_at: datetime | None = None
    documents: dict[uuid.UUID, str] = field(default_factory=dict)


def links_for(
    connection: Connection, wanted: Sequence[Wanted], lifetimes: dict[LinkPurpose, timedelta]
) -> dict[uuid.UUID, Linked]:
    """Message id → its links. At most four statements for the batch."""
    needing = [each for each in wanted if each.purpose is not None]
    if not needing:
        return {}
    existing = _existing(connection, [each.row["id"] for each in needing])
    fresh: list[dict[str, Any]] = []
    answer: dict[uuid.UUID, Linked] = {}
    for each in needing:
        rows = existing.get(each.row["id"]) or [_row(each, *one, lifetimes) for one in _needed(each)]
        if each.row["id"] not in existing:
            fresh += rows
        answer[each.row["id"]] = _linked(rows)
    if fresh:
        _end_former(connection, fresh)
        connection.execute(insert(Link), fresh)
    return answer


def _needed(each: Wanted) -> list[tuple[LinkPurpose, uuid.UUID | None]]:
    """The main link first; then one for each document that opens alone, when there are several."""
    if each.purpose is not LinkPurpose.DOCUMENT:
        first = each.document_ids[0] if each.document_ids else None
        return [(each.purpose or LinkPurpose.TARGET, first)]
    if len(each.document_ids) == 1 and each.opens:
        return [(LinkPurpose.DOCUMENT, each.document_ids[0])]
    alone = [(LinkPurpose.DOCUMENT, i) for i in each.document_ids if i in each.opens]
    return [(LinkPurpose.TARGET, each.document_ids[0]), *alone]


def _row(
    each: Wanted, purpose: LinkPurpose, document_id: uuid.UUID | None, lifetimes: dict[LinkPurpose, timedelta]
) -> dict[str, Any]:
    row = each.row
    return {
        "id": uuid7(),
        "purpose": purpose,
        "account_id": row["account_id"],
        "access_id": row["access_id"],
        "party_id": row["party_id"],
        "staff_id": row["staff_id"],
        "document_id": document_id,
        "notification_id": row["id"],
        "target": row["link_target"] or LinkTarget.HOME.value,
        "created_at": now(),
        "expires_at": now() + lifetimes[purpose],
    }


def _existing(connection: Connection, ids: list[uuid.UUID]) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """Links of an earlier try that still work."""
    query = select(Link.id, Link.purpose, Link.document_id, Link.notification_id, Link.expires_at).where(
        Link.notification_id.in_(ids), Link.used_at.is_(None), Link.revoked_at.is_(None), Link.expires_at > now()
    )
    found: dict[uuid.UUID, list[dict[str, Any]]] = {}
    for row in connection.execute(query.order_by(Link.id)).mappings().all():
        found.setdefault(row["notification_id"], []).append(dict(row))
    return found


def _end_former(connection: Connection, fresh: list[dict[str, Any]]) -> None:
    """A newer activation or reset link ends the earlier ones of the same access or account."""
    for purpose, column, key in (
        (LinkPurpose.ACTIVATION, Link.access_id, "access_id"),
        (LinkPurpose.RESET, Link.account_id, "account_id"),
        (LinkPurpose.INVITATION, Link.staff_id, "staff_id"),
    ):
        ids = [row[key] for row in fresh if row["purpose"] is purpose and row[key] is not None]
        if ids:
            still = (Link.purpose == purpose, column.in_(ids), Link.used_at.is_(None), Link.revoked_at.is_(None))
            connection.execute(update(Link).where(*still).values(revoked_at=now()))


def _linked(rows: list[dict[str, Any]]) -> Linked:
    main, *alone = rows
    linked = Linked(_url(main), main["expires_at"])
    linked.documents = {row["document_id"]: _url(row) for row in alone}
    return linked


def _url(row: dict[str, Any]) -> str:
    return links.url(Link(id=row["id"], purpose=row["purpose"]))
