"""How many parties can open each folder on the portal, without looking at every seat once a folder."""

import functools
from datetime import date
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, any_, case, exists, func, select
from sqlalchemy.orm import aliased

from shared.access.models import Account, Seat
from shared.clock import today
from shared.documents import effective
from shared.documents.models import Folder, FolderException
from shared.documents.visible import reaching, sitting
from shared.people.models import Party


def openers() -> ColumnElement[int]:
    """The parties that can open the folder today, exceptions included; wants `Folder` in the query.

    Seats that open every folder are counted once a family, those with a list of folders apart: few have one.
    """
    return _openers(today())


@functools.lru_cache(maxsize=2)
def _openers(day: date) -> ColumnElement[int]:
    """Built once a day: it takes longer to put together than to answer."""
    return case((Folder.on_portal, _reached(day) - _excepted("", day)), else_=_excepted("1", day))


def _reached(day: date) -> ColumnElement[int]:
    whole, listed = _whole(day), _listed(day)
    everywhere = select(whole.c.parties).where(whole.c.family_id == Folder.family_id).correlate(Folder)
    some = select(func.count(listed.c.party_id.distinct()))
    some = some.where(listed.c.family_id == Folder.family_id, Folder.id == any_(listed.c.folder_ids))
    return func.coalesce(everywhere.scalar_subquery(), 0) + some.correlate(Folder).scalar_subquery()


def _excepted(value: str, day: date) -> ColumnElement[int]:
    """The parties among them whose own « Portail » for the folder is this."""
    query = (
        _seats(day, func.count(Seat.party_id.distinct()))
        .join(FolderException, effective.excepted(Party.id))
        .where(Party.family_id == Folder.family_id, effective.own("on_portal") == value, reaching())
    )
    return query.correlate(Folder).scalar_subquery()


def _whole(day: date) -> CTE:
    # From the parties and not from their seats: none is then met twice, nor has to be told apart.
    open_to_all = select(Seat.party_id).where(Seat.folder_ids.is_(None), *sitting(day), _thawed(Seat))
    query = select(Party.family_id, func.count().label("parties")).where(Party.id.in_(open_to_all))
    return query.group_by(Party.family_id).cte("open_everywhere").prefix_with("MATERIALIZED")


def _listed(day: date) -> CTE:
    """Seats with a list of folders, at parties where nobody opens them all."""
    other = aliased(Seat)
    wider = exists().where(
        other.party_id == Seat.party_id, other.folder_ids.is_(None), *sitting(day, other), _thawed(other)
    )
    query = _seats(day, Party.family_id, Seat.party_id, Seat.folder_ids).where(Seat.folder_ids.is_not(None), ~wider)
    return query.cte("open_listed").prefix_with("MATERIALIZED")


def _seats(day: date, *columns: Any) -> Select[*tuple[Any, ...]]:
    joined = select(*columns).select_from(Seat).join(Party, Party.id == Seat.party_id)
    return joined.where(*sitting(day), _thawed(Seat))


def _thawed(seat: Any) -> ColumnElement[bool]:
    """Few accounts are frozen: they are read once, instead of the account of each seat."""
    frozen: ColumnElement[bool] = seat.account_id.not_in(select(Account.id).where(Account.frozen_at.is_not(None)))
    return frozen
