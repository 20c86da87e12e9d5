"""What names say, and what they may not."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Refused
from shared.intake.naming import DEFAULT_PATTERNS, check_pattern, parse_name, safe_filename


def test_shipped_patterns() -> None:
    seen = parse_name("FAC_4_F-2026-0010_20261113.pdf")
    assert seen is not None
    assert (seen.kind, seen.party, seen.number, seen.day) == ("invoice", "4", "F-2026-0010", date(2026, 11, 13))
    slip = parse_name("C:\\export\\bul_E012_2026-10.PDF")
    assert slip is not None and (slip.kind, slip.party, slip.day) == ("payslip", "E012", date(2026, 10, 1))
    contract = parse_name("CTR_E012_Avenant télétravail.pdf")
    assert contract is not None and contract.label == "Avenant télétravail"
    assert parse_name("AV_4_AV-3_01022026.pdf").kind == "credit_note"  # type: ignore[union-attr]
    assert parse_name("facture.pdf") is None
    assert parse_name("FAC_4_F-1_20261399.pdf") is None
    assert parse_name("FAC__F-1_20261113.pdf") is None


def test_patterns_of_ones_own() -> None:
    patterns = [("Facture {number} - {party} ({date}).pdf", "invoice")]
    seen = parse_name("facture F_12 - C-4 (13.11.2026).pdf", patterns)
    assert seen is not None and (seen.number, seen.party, seen.day) == ("F_12", "C-4", date(2026, 11, 13))
    assert parse_name("Relevé_4.pdf", [("relevé_{party}.pdf", "statement")])
    assert parse_name("Relevé_4.pdf", [("relevé_{party}.pdf", "statement")])
    assert parse_name("a.+_4.pdf", [("a.+_{party}.pdf", "x")]) and not parse_name(
        "aaa_4.pdf", [("a.+_{party}.pdf", "x")]
    )


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "facture.pdf",
        "{siret}.pdf",
        "{party}{number}.pdf",
        "{party}_{party}.pdf",
        "{party.pdf",
        "{date}_{month}",
        "x" * 200,
    ],
)
def test_patterns_that_cannot_work(pattern: str) -> None:
    with pytest.raises(Refused):
        check_pattern(pattern)


def test_no_pattern_takes_for_ever() -> None:
    began = time.process_time()
    assert parse_name("a-" * 100 + "!", [("{party}-{number}-{label}-{date}.pdf", "x")] * 10) is None
    assert time.process_time() - began < 10


@given(st.text(max_size=60))
def test_any_name_is_answered(name: str) -> None:
    parse_name(name, DEFAULT_PATTERNS)


def test_names_that_may_be_kept() -> None:
    assert safe_filename("C:\\Mes documents\\Facture n° 12.pdf") == "Facture n° 12.pdf"
    assert safe_filename("a:b?.pdf") == "a-b-.pdf"
    assert safe_filename("a\uff0fb\u2215c.pdf") == "a-b-c.pdf"
    for name in ("", "...", "a/", "NUL.pdf", "x\u200b.pdf", "n" * 201):
        with pytest.raises(Refused):
            safe_filename(name)
