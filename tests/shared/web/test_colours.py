"""Any brand colour gives pages that can be read."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.web.colours import DARK_GROUNDS, LIGHT_GROUNDS, contrast, is_colour, readable, theme_css

COLOURS = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")


def test_contrast_is_wcag_s() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1


def test_the_readable_colour_is_the_one_a_person_would_choose() -> None:
    assert readable("#14566b") == "#ffffff"
    assert readable("#ffd400") == "#000000"


@given(COLOURS)
def test_whatever_the_brand_its_text_can_be_read(colour: str) -> None:
    assert contrast(readable(colour), colour) >= 4.5
    light, dark = re.findall(r"\{(--brand:[^}]+)\}", theme_css(colour))[:2]
    for written, grounds in ((light, LIGHT_GROUNDS), (dark, DARK_GROUNDS)):
        tokens = dict(pair.split(":") for pair in written.split(";"))
        assert contrast(tokens["--brand-ink"], tokens["--brand"]) >= 4.5
        for ground in (*grounds, tokens["--brand-soft"]):
            assert contrast(tokens["--brand-text"], ground) >= 4.5
        assert all(contrast(tokens["--brand"], ground) >= 3 for ground in grounds)


def test_only_six_figures_are_a_colour() -> None:
    assert is_colour("#0aF3c9")
    assert not any(map(is_colour, ("red", "#fff", "#12345g", "#123456;", "#123456\n", "")))
