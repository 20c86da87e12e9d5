"""What a rule reads on a page, how months are written, and which names are one person's."""

from datetime import date

import pytest

from shared.intake.payslip_directory import agrees, matricule_key, name_words
from shared.intake.payslip_fields import read_field
from shared.intake.payslip_periods import period_in


@pytest.mark.parametrize(
    ("written", "month"),
    [
        ("du 01/10/2026 au 31/10/2026", 10),
        ("Du 26/09/26 au 25/10/26", 10),
        ("OCTOBRE 2026", 10),
        ("Paie de Août 2026", 8),
        ("déc. 26", 12),
        ("10/2026", 10),
        ("10.2026", 10),
        ("2026-10", 10),
        ("31/10/2026", 10),
        ("Février de 2026", 2),
    ],
)
def test_a_month_is_read_however_it_is_written(written: str, month: int) -> None:
    assert period_in(written) == date(2026, month, 1)


@pytest.mark.parametrize("written", ["", "2 300,00", "99/2026", "le solde", "Page 1/2"])
def test_what_is_no_month_is_none(written: str) -> None:
    assert period_in(written) is None


def test_a_label_gives_the_rest_of_its_line_or_the_next_one() -> None:
    text = "Matricule : E0012 Période : octobre 2026\nSalarié : LE GOFF Yann-Éric N° de sécu : •••\nCode\n77"
    assert read_field("matricule", {"label": "Matricule :"}, text, {}) == "E0012"
    assert read_field("name", {"label": "salarié"}, text, {}) == "LE GOFF Yann-Éric"
    assert read_field("matricule", {"label": "Code"}, text, {}) == "77"
    assert read_field("matricule", {"label": "Sal."}, text, {}) == ""
    assert read_field("matricule", {"box": [0, 0, 1, 1]}, text, {"matricule": "Sal. 0042"}) == "0042"


def test_zeros_and_separators_do_not_make_another_matricule() -> None:
    assert matricule_key("0012") == matricule_key("12") and matricule_key("E-0012") == matricule_key("e12")
    assert matricule_key("0") == matricule_key("000") != matricule_key("10")
    assert matricule_key("E012") != matricule_key("F012")


def test_names_agree_whatever_their_order_and_never_on_one_word() -> None:
    def same(one: str, other: str) -> bool:
        return agrees(name_words(one), name_words(other))

    assert same("M. MARTIN Camille", "Camille Martin") and same("LE GOFF Yann", "Yann Le Goff")
    assert same("MARTIN Camille Marie", "Camille Martin")
    assert not same("MARTIN", "Camille Martin") and not same("MARTIN Alix", "Camille Martin")
