"""Dates, amounts and sizes on screen."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from flask import Flask
from flask_babel import force_locale

from shared.web.filters import ago, day, hour, moment, money, number, size, when

SUMMER = datetime(2026, 7, 14, 22, 30, tzinfo=UTC)


@pytest.mark.usefixtures("context")
def test_dates_are_in_the_reader_s_time_zone() -> None:
    assert day(SUMMER) == "15 juillet 2026"
    assert day(SUMMER, "short") == "15/07/2026"
    assert hour(SUMMER) == "00:30"
    assert moment(SUMMER) == "15 juillet 2026 à 00:30"
    assert moment(SUMMER, "short") == "15/07/2026 00:30"
    assert day(date(2026, 1, 5)) == "5 janvier 2026"


@pytest.mark.usefixtures("context")
def test_amounts_and_sizes_are_written_as_in_france() -> None:
    assert money(Decimal("1234.5")) == "1\u202f234,50\u00a0€"
    assert money(0) == "0,00\u00a0€"
    assert number(4210) == "4\u202f210"
    assert [size(n) for n in (0, 1, 999, 1000, 2_400_000, 999_600, 5 * 10**12)] == [
        "0\u00a0o", "1\u00a0o", "999\u00a0o", "1\u00a0ko", "2,4\u00a0Mo", "1\u00a0Mo", "5\u00a0To",
    ]  # fmt: skip


@pytest.mark.usefixtures("context")
def test_nothing_gives_nothing() -> None:
    assert [f(None) for f in (day, moment, hour, ago, when, money, number, size)] == [""] * 8


@pytest.mark.usefixtures("context")
def test_relative_times_keep_the_exact_instant_at_hand() -> None:
    with time_machine.travel(SUMMER, tick=False):
        assert ago(SUMMER - timedelta(seconds=20)) == "à l’instant"
        assert ago(SUMMER - timedelta(minutes=5)) == "il y a 5 minutes"
        assert ago(SUMMER + timedelta(days=3)) == "dans 3 jours"
        assert 'title="15 juillet 2026 à 00:25"' in when(SUMMER - timedelta(minutes=5))
        assert ">1 juillet 2026<" in when(SUMMER - timedelta(days=14)).replace("1er", "1")


def test_an_english_page_speaks_english(context: Flask) -> None:
    with force_locale("en"):
        assert day(SUMMER) == "July 15, 2026"
        assert money(Decimal("1234.5")) == "€1,234.50"
