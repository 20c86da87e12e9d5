"""Which addresses are taken, in what form they are kept, and what is said of the others."""

import pytest

from shared.errors import Refused
from shared.notifications.addresses import check_sender, domain_of, matching, normalise, typo_hint


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Camille.Martin@Exemple.FR ", "Camille.Martin@exemple.fr"),
        ("compta+factures@exemple.fr", "compta+factures@exemple.fr"),
        ("o'brien@exemple.fr", "o'brien@exemple.fr"),
        ("contact@électricité.fr", "contact@xn--lectricit-93aj.fr"),
        ("info@straße.de", "info@xn--strae-oqa.de"),
        ("mailto:a@exemple.fr", "a@exemple.fr"),
        ("x@rebond.example", "x@rebond.example"),
    ],
)
def test_a_good_address_is_kept_in_ascii(typed: str, kept: str) -> None:
    assert normalise(typed) == kept
    assert normalise(kept) == kept


@pytest.mark.row("P-62")
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "vide"),
        ("camille", "manque"),
        ("@exemple.fr", "manque"),
        ("camille@", "domaine"),
        ("camille@exemple", "domaine"),
        ("camille martin@exemple.fr", "espace"),
        ("Camille <camille@exemple.fr>", "chevrons"),
        ("a@exemple.fr; b@exemple.fr", "plusieurs"),
        ("a@b@exemple.fr", "plusieurs"),
        ("éloïse@exemple.fr", "accents"),
        ("a..b@exemple.fr", "valable"),
        ("a@exemple..fr", "valable"),
        ("a@-exemple.fr", "valable"),
        ('"a b"@exemple.fr', "espace"),
        ('"ab"@exemple.fr', "valable"),
        ("a@[127.0.0.1]", "valable"),
        ("a" * 65 + "@exemple.fr", "valable"),
        ("a@exemple.fr\r\nBcc: x@y.fr", "saut de ligne"),
        ("=?utf-8?q?x?=@exemple.fr", "=?"),
    ],
)
def test_a_bad_address_is_refused_with_the_reason(typed: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        normalise(typed, "email")
    assert said in refused.value.sentence and refused.value.field == "email"


def test_addresses_that_differ_by_case_only_are_one() -> None:
    assert matching("Camille@Exemple.fr ") == matching("camille@exemple.fr")
    assert domain_of("a@Exemple.FR") == "exemple.fr"


@pytest.mark.row("P-04")
def test_a_sender_outside_the_company_s_domains_is_refused_with_the_reason() -> None:
    assert check_sender("noreply@Exemple.fr", ["exemple.fr", ""]) == "noreply@exemple.fr"
    with pytest.raises(Refused, match=r"gmail\.com.*exemple\.fr"):
        check_sender("societe@gmail.com", ["exemple.fr"])
    with pytest.raises(Refused):
        check_sender("noreply", ["exemple.fr"])


def test_a_slip_in_a_usual_domain_is_pointed_out() -> None:
    assert typo_hint("camille@gmial.com") == "camille@gmail.com"
    assert typo_hint("camille@wanado.fr") == "camille@wanadoo.fr"
    for right in ("camille@gmail.com", "camille@exemple.fr", "camille@gmx.de", "camille", ""):
        assert typo_hint(right) is None
