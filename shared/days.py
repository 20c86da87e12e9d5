"""Days in SQL: the database keeps instants, and its own zone is nobody's."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, cast, func

from shared.clock import COMPANY_ZONE


def day_of_column(moment: Any, zone: str = COMPANY_ZONE.key) -> ColumnElement[date]:
    """The day it was then where the company is, or in another zone."""
    return cast(func.timezone(zone, moment), Date)
