"""Tokens of mailed links, and what is sealed to be read back."""

import secrets
import uuid

import pytest
from flask import Flask

from shared import links
from shared.access.models import Link, LinkPurpose
from shared.secrets import seal, unseal


def test_a_token_names_its_row_for_its_purpose_only(app: Flask) -> None:
    link = Link(id=uuid.uuid4(), purpose=LinkPurpose.RESET)
    token = links.token(link)
    assert links.read(token, LinkPurpose.RESET) == links.read(token, "reset") == link.id
    assert links.token(link) == token and len(token) < 70
    for purpose in set(LinkPurpose) - {LinkPurpose.RESET}:
        assert links.read(token, purpose) is None
    assert links.url(link) == f"http://localhost/r/{token}"


@pytest.mark.parametrize("token", ["", ".", "a" * 66, "é", "AAAA.AAAA", "x" * 5000])
def test_what_we_did_not_make_names_nothing(app: Flask, token: str) -> None:
    assert links.read(token, "reset") is None


@pytest.mark.row("FR-13")
def test_ten_thousand_random_tokens_name_nothing(app: Flask) -> None:
    real = links.token(Link(id=uuid.uuid4(), purpose=LinkPurpose.RESET))
    head, _dot, _mark = real.partition(".")
    assert not any(links.read(f"{head}.{secrets.token_urlsafe(32)}", "reset") for _try in range(10_000))


def test_what_is_sealed_is_read_back_for_the_same_purpose_only(app: Flask) -> None:
    sealed = seal("acde-fghj", "initial")
    assert "acde" not in sealed and sealed != seal("acde-fghj", "initial")
    assert unseal(sealed, "initial") == "acde-fghj"
    for token, purpose in ((sealed, "smtp"), (sealed[:-2] + "xx", "initial"), ("", "initial")):
        with pytest.raises(ValueError, match="sealed"):
            unseal(token, purpose)
