"""Passwords are judged by their strength and drawn by the system's generator."""

import math
import re

import pytest
from flask import Flask

from shared.access import passwords
from shared.errors import Refused

OWN = ["Lumière & Fils SAS", "lumiere-fils.fr", "C00412", "Ateliers Dubois", "Camille Martinez"]


@pytest.mark.row("P-37")
@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("court-mais-à", None),
        ("trop court", "trop court"),
        ("motdepasse2026", "plus utilisés"),
        ("MotDePasse!!!!", "plus utilisés"),
        ("unbelievable", "courants"),
        ("aaaaaaaaaaaaaaaa", "répète"),
        ("abcdefghijklmnop", "suite"),
        ("azertyuiopqsdf", "courants"),
        ("lumiere-et-fils-2026", "reprend"),
        ("C00412C00412C00412", "reprend"),
        ("Ateliers Dubois 1", "reprend"),
        ("camillemartinez1", "reprend"),
        ("violet tracteur nuage", None),
        ("x" * 257, "trop long"),
    ],
)
def test_weak_ones_fail_with_a_reason(app: Flask, password: str, reason: str | None) -> None:
    if reason is None:
        passwords.check_new(password, OWN)
        return
    with pytest.raises(Refused, match=reason) as refused:
        passwords.check_new(password, OWN)
    assert refused.value.field == "password"


@pytest.mark.row("P-37")
def test_no_rule_of_composition(app: Flask) -> None:
    passwords.check_new("correcte agrafe batterie")
    passwords.check_new("7391 8264 0157 4460")


@pytest.mark.row("P-35")
def test_drawn_ones_are_long_various_and_easy_to_read() -> None:
    drawn = [passwords.draw() for _time in range(300)]
    assert len(set(drawn)) == 300
    letters = len(set("".join(drawn)) - {"-"})
    assert 16 * math.log2(letters) >= 60
    for one in drawn:
        assert re.fullmatch(r"([^\W_]{4}-){3}[^\W_]{4}", one) and not set(one) & set("0oO1lI i5sS2zZ6b9q")
    passwords.check_new(drawn[0])


def test_hashes_are_slow_salted_and_verified() -> None:
    one, two = passwords.hash_password("é tracteur"), passwords.hash_password("é tracteur")
    assert one != two and one.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.verify(one, "e\u0301 tracteur") and not passwords.verify(one, "è tracteur")
    assert not passwords.verify(None, "") and not passwords.verify("!", "x")
