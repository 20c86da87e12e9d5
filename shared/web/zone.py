"""Times are shown where the company is."""

from sqlalchemy.exc import SQLAlchemyError

from shared.settings.reading import TIME_ZONE, company


def company_zone() -> str:
    """The company's time zone; the usual one while the database is away, for even an error page shows an hour."""
    try:
        return company().time_zone
    except SQLAlchemyError:
        return TIME_ZONE
