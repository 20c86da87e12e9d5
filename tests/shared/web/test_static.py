"""Files for the browser."""

import gzip

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from shared.web.static import ROOT, brand_url, load, static_url


@pytest.fixture
def css(gallery: Flask) -> str:
    with gallery.test_request_context():
        return static_url("app.css")


def test_a_bundle_is_compressed_and_kept_for_ever(client: FlaskClient, css: str) -> None:
    answer = client.get(css, headers={"Accept-Encoding": "gzip, br"})
    assert answer.status_code == 200
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert "Set-Cookie" not in answer.headers
    body = gzip.decompress(answer.data)
    assert b"--bs-body-bg" in body
    assert b".g-pill" in body
    assert client.get(css, headers={"Accept-Encoding": "identity"}).data == body


@pytest.mark.parametrize(("name", "own"), [("app.css", "guichet.css"), ("app.js", "guichet.js")])
def test_what_only_readers_need_is_not_served(name: str, own: str) -> None:
    read = (ROOT / own).read_text()
    remark = next(line.strip() for line in read.splitlines() if line.strip().startswith(("/*", "//")))
    served = load(name).body.decode()
    assert remark not in served


def test_an_unchanged_file_is_not_sent_again(client: FlaskClient, css: str) -> None:
    tag = client.get(css).headers["ETag"]
    assert client.get(css, headers={"If-None-Match": tag}).status_code == 304


def test_an_old_address_still_answers_but_briefly(client: FlaskClient, css: str) -> None:
    old = css.replace(load("app.css").digest, "0" * 12)
    answer = client.get(old)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize(
    "name",
    ["../wsgi.py", "..%2f..%2fwsgi.py", "src/bootstrap.scss", "src/icons.mjs", "absent.css", "vendor"],
)
def test_nothing_else_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/{'0' * 12}/{name}").status_code in (308, 404)


def test_the_brand_s_colours_come_from_the_address_alone(gallery: Flask, client: FlaskClient) -> None:
    with gallery.test_request_context():
        address = brand_url("#C0392B")
        assert address == url_for("brand", colours="c0392b")
    answer = client.get(address)
    assert answer.mimetype == "text/css"
    assert "--brand:#c0392b" in answer.text
    assert "immutable" in answer.headers["Cache-Control"]
    assert client.get("/static/marque/zzzzzz.css").status_code == 404


def test_the_page_wears_the_company_s_colour(client: FlaskClient) -> None:
    assert 'href="/static/marque/c0392b.css"' in client.get("/signin?colour=c0392b").text
    assert "/static/marque/" not in client.get("/signin").text
