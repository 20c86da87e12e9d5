"""HTML is compressed, and its length tells nothing."""

import gzip

from flask.testing import FlaskClient


def test_a_page_is_compressed_for_whoever_takes_it(client: FlaskClient) -> None:
    packed = client.get("/office", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(packed.data)
    assert b"<h1>ALPHA" in gzip.decompress(packed.data)
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Content-Encoding" not in client.get("/office").headers


def test_the_same_page_varies_in_length(client: FlaskClient) -> None:
    lengths = {len(client.get("/print", headers={"Accept-Encoding": "gzip"}).data) for _ in range(30)}
    assert max(lengths) - min(lengths) > 20
