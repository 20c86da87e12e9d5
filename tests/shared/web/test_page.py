"""Whole pages, and the blocks that HTMX asks for."""

import pytest
from flask.testing import FlaskClient

from shared.web.query import sorting, url_with


def htmx(target: str) -> dict[str, str]:
    return {"HX-Request": "true", "HX-Target": target}


def test_htmx_gets_the_block_that_the_view_lists(client: FlaskClient) -> None:
    whole, part = client.get("/office"), client.get("/office", headers=htmx("div#results"))
    assert "<html" in whole.text
    assert part.text.lstrip().startswith('<div class="g-table')
    assert part.text.strip() and part.text.split("<tbody>")[1].split("</tbody>")[0].count("<tr") == 6
    for answer in (whole, part):
        assert {"HX-Request", "HX-Target"} <= set(answer.headers["Vary"].split(", "))


@pytest.mark.parametrize("target", ["div#content", "div#title", "div#flashes", "body", "div", ""])
def test_htmx_gets_no_other_block(client: FlaskClient, target: str) -> None:
    assert "<html" in client.get("/office", headers=htmx(target)).text


def test_a_target_alone_is_not_htmx(client: FlaskClient) -> None:
    assert "<html" in client.get("/office", headers={"HX-Target": "div#results"}).text


def test_a_fragment_carries_the_flashed_messages(client: FlaskClient) -> None:
    text = client.get("/office?told=1", headers=htmx("div#results")).text
    assert '<div hx-swap-oob="beforeend:#toasts">' in text
    assert "Les 3 accès ont été créés." in text


def test_a_dialog_is_also_a_page(client: FlaskClient) -> None:
    whole, part = client.get("/confirm").text, client.get("/confirm", headers=htmx("div#dialog")).text
    assert "<h1" in whole and "<title>Fermer l’accès de ALPHA ? — Atelier Durand &amp; Fils</title>" in whole
    assert part.strip().startswith("<dialog") and "csrf_token" in part


def test_after_a_change_htmx_is_sent_elsewhere_whole(client: FlaskClient) -> None:
    token = client.get("/confirm").text.split('name="csrf_token" value="')[1].split('"')[0]
    plain = client.post("/saved", data={"away": "1", "csrf_token": token})
    assert (plain.status_code, plain.headers["Location"]) == (303, "/office")
    by_htmx = client.post("/saved", data={"away": "1"}, headers=htmx("form#x") | {"X-CSRFToken": token})
    assert (by_htmx.status_code, by_htmx.headers["HX-Redirect"]) == (204, "/office")


@pytest.mark.usefixtures("context")
def test_addresses_keep_the_view() -> None:
    assert url_with(after="y") == "/liste?q=a&sort=name&after=y"
    assert url_with(q=None, sort=None, after=None) == "/liste"
    assert url_with(q="é&=") == "/liste?sort=name&after=x&q=%C3%A9%26%3D"
    assert sorting("name") == ("ascending", "/liste?q=a&sort=-name")
    assert sorting("date") == ("none", "/liste?q=a&sort=date")
